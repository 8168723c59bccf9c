"""What every action works with: the parts that assembly gives it, and the turn that it runs in."""

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol

from rasa_sdk.executor import CollectingDispatcher

from bot.conversations.channels import ChannelStore
from bot.conversations.ports import Turn
from bot.desk.store import DeskWork
from bot.dialogue.messages import DynamicButton, Utterance, Value
from bot.lending.policy import Policies


class ActionWork(DeskWork, Protocol):
    """The turn's transaction as actions see it."""

    @property
    def channels(self) -> ChannelStore: ...


@dataclass(frozen=True, slots=True)
class Parts:
    """Shared by all actions for the life of the process; holds no state of any conversation."""

    policies: Policies
    locales: tuple[str, ...]  # that have a catalogue
    public_url: str = ""  # how borrowers reach this server; before pages that a creditor's file names by path


_turn: ContextVar[Turn[ActionWork]] = ContextVar("turn")


def current_turn() -> Turn[ActionWork]:
    """The turn on whose transaction the running action works."""
    return _turn.get()


def say(
    dispatcher: CollectingDispatcher,
    response: str,
    *,
    buttons: Sequence[DynamicButton] = (),
    card: Mapping[str, Any] | None = None,
    **args: Value,
) -> None:
    """Say a response with typed values; it is put into words later, in the borrower's language."""
    dispatcher.utter_message(response=response, buttons=list(buttons), json_message=card, args=args)


def utter(dispatcher: CollectingDispatcher, utterance: Utterance) -> None:
    """Say an utterance that was put together elsewhere."""
    dispatcher.utter_message(
        response=utterance.response,
        buttons=list(utterance.buttons),
        json_message=utterance.card,
        args=dict(utterance.args),
    )
