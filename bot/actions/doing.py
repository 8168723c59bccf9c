"""rasa-sdk actions made of a name and a function of the turn."""

from collections.abc import Callable, Mapping
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.effects import ActionTurn
from bot.actions.parts import current_turn
from bot.dialogue.commands import SlotValue

Do = Callable[[ActionTurn, CollectingDispatcher], Mapping[str, SlotValue] | None]


class Doing(Action):
    """Runs `do` on the current turn; what it returns are the slots to set."""

    def __init__(self, name: str, do: Do) -> None:
        self._name = name
        self._do = do

    def name(self) -> str:
        return self._name

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,  # noqa: ARG002 - rasa-sdk's signature; the turn has the state
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[Any]:
        slots = self._do(current_turn(), dispatcher) or {}
        return [SlotSet(name, value) for name, value in slots.items()]
