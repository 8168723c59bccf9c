"""What the turn asks of others. `actions` and `desk` implement these; `assembly` connects them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Protocol

from bot.conversations.store import Conversation, StoredInput, W, W_contra
from bot.dialogue.commands import ActionResult as ActionResult
from bot.dialogue.commands import SlotValue
from bot.dialogue.tracker import Tracker
from bot.dialogue.understanding import Understood
from bot.record.events import NewEvent


@dataclass(frozen=True, slots=True)
class Edited:
    """Of which message an edit or deletion is, where that is known; `last`: nothing came from them after it."""

    seq: int | None
    last: bool


@dataclass(slots=True)
class Turn(Generic[W]):
    """One input being handled. Actions replace `conversation` (verification, language) and add to `events`."""

    work: W
    conversation: Conversation
    tracker: Tracker
    input: StoredInput
    now: datetime
    understood: Understood | None = None  # None for a press, a file or the start of a chat
    edited: Edited | None = None  # for an edit or deletion
    events: list[NewEvent] = field(default_factory=list)  # recorded with this turn, before what the bot says

    def note(self, **facts: Any) -> None:
        """Put JSON facts into this turn's `turn` event: rules used, policy versions, ids of what was made."""
        self.facts.update(facts)

    facts: dict[str, Any] = field(default_factory=dict)


class Actions(Protocol[W]):
    """Runs a named action on the turn's transaction; UnknownAction if nobody registered that name."""

    def names(self) -> frozenset[str]: ...
    def run(self, name: str, turn: Turn[W]) -> ActionResult: ...


@dataclass(frozen=True, slots=True)
class Invoked:
    """A right that was recognised and done: which flow speaks about it, and whether the stack is dropped."""

    right: str
    flow: str
    clears_stack: bool
    goes_on: bool = False  # what else the message asks for is served after it
    slots: Sequence[tuple[str, SlotValue]] = ()


class Rights(Protocol[W]):
    """Looks at every message in every state before anything else; places holds on the turn's transaction."""

    def invoke(self, turn: Turn[W]) -> Invoked | None: ...


class Session(Protocol[W]):
    """Brings slots in line with stored facts and time before anything else is read from them."""

    def refresh(self, turn: Turn[W]) -> ActionResult:
        """Renews or ends verification; commands it returns (prove who you are again) run before the input's own."""
        ...


class Talk(Protocol):
    """The state of the flows, as others than the turn may change it."""

    def abandon(self, tracker: Tracker) -> None:
        """Drop whatever is under way and what it was told."""
        ...


class Handoffs(Protocol[W_contra]):
    """Where input goes while a collector has the chat."""

    def deliver(self, work: W_contra, conversation: Conversation, seq: int, at: datetime) -> None:
        """Tell the case that the borrower's message with event `seq` has come."""
        ...
