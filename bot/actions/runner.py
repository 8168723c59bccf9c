"""rasa-sdk's executor, run in process on the turn's transaction. All that is odd about it is dealt with here."""

import logging
from collections.abc import Coroutine, Iterable
from typing import Any

from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

from bot.actions.parts import ActionWork, _turn
from bot.conversations.ports import Turn
from bot.dialogue.commands import ActionResult, SlotValue
from bot.dialogue.messages import Utterance
from bot.dialogue.tracker import Tracker
from bot.errors import BotError

# It announces each of some forty registrations at INFO.
logging.getLogger("rasa_sdk.executor").setLevel(logging.WARNING)


class UnknownAction(BotError):
    """A flow names an action that nobody registered."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no action is called {name}")
        self.name = name


class ActionWaited(BotError):
    """An action awaited something that would really wait; a turn's transaction is no place for that."""


class BadActionEvent(BotError):
    """An action returned something other than a slot event; rasa-sdk would only log it."""


class Runner:
    """Implements conversations' Actions over instances that carry their own parts."""

    def __init__(self, actions: Iterable[Action]) -> None:
        self._executor = ActionExecutor()
        for action in actions:
            # An instance, not the class: that is how an action gets its parts.
            self._executor.register_action(action)
        self._names = frozenset(self._executor.actions)

    def names(self) -> frozenset[str]:
        return self._names

    def run(self, name: str, turn: Turn[ActionWork]) -> ActionResult:
        if name not in self._names:
            raise UnknownAction(name)
        dispatcher = CollectingDispatcher()
        call = {
            "next_action": name,
            "tracker": _tracker_state(turn.tracker),
            # The executor takes an empty domain for a missing one and raises.
            "domain": {"version": "3.1"},
        }
        token = _turn.set(turn)
        try:
            result = _drive(self._executor.run(call, dispatcher=dispatcher))
        finally:
            _turn.reset(token)
        return ActionResult(
            slots=[_slot(name, event) for event in (result.events if result else [])],
            utterances=[_utterance(message) for message in dispatcher.messages],
        )


def _tracker_state(tracker: Tracker) -> dict[str, Any]:
    # A copy: rasa-sdk's validation changes the slots and events that it is given.
    return {
        "sender_id": tracker.conversation_id,
        "slots": {name: _copied(value) for name, value in tracker.slots.items()},
        "latest_message": {},
        "events": [],
        "latest_action_name": None,
    }


def _copied(value: SlotValue) -> SlotValue:
    return list(value) if isinstance(value, list) else value


def _drive(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine that never really waits to its end, without an event loop."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    coroutine.close()
    raise ActionWaited("an action awaited input or output")


def _slot(action: str, event: dict[str, Any]) -> tuple[str, SlotValue]:
    if event.get("event") != "slot":
        raise BadActionEvent(f"{action} returned the event {event.get('event')!r}; only slots are taken")
    return event["name"], event["value"]


def _utterance(message: dict[str, Any]) -> Utterance:
    return Utterance(
        response=message["response"],
        args=message.get("args", {}),
        buttons=tuple(message["buttons"]),
        card=message["custom"] or None,
    )
