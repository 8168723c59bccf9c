"""What the turn needs saved, and the transaction it runs in. Implemented by `storage`."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, TypeVar

from bot.dialogue.messages import Incoming
from bot.dialogue.tracker import Tracker
from bot.jobs.store import JobStore
from bot.record.events import RecordStore


@dataclass(frozen=True, slots=True)
class Conversation:
    """One chat: one sender on one channel account."""

    id: str
    account: str
    sender: str
    speaker: str  # the creditor or agency that the channel account speaks for
    locale: str
    locale_chosen: bool  # the borrower picked it, so that nothing switches it by guess
    borrower_id: str | None
    verified_until: datetime | None
    last_input_at: datetime | None
    held_by: str | None  # the collector who has the chat: flows are silent

    def verified(self, now: datetime) -> bool:
        return self.borrower_id is not None and self.verified_until is not None and now < self.verified_until

    @property
    def address(self) -> str:
        """The channel address, as holds name it."""
        return f"{self.account}/{self.sender}"


@dataclass(frozen=True, slots=True)
class StoredInput:
    """`failures` counts tries at handling that ended in an error."""

    id: int
    conversation_id: str
    incoming: Incoming
    received_at: datetime
    failures: int


@dataclass(frozen=True, slots=True)
class Taken:
    """The oldest unhandled input, the state that it meets (None in a new chat), and whether another one waits."""

    input: StoredInput
    tracker: Tracker | None
    more: bool


@dataclass(frozen=True, slots=True)
class Received:
    conversation_id: str
    input_id: int
    duplicate: bool


OutboxState = Literal["queued", "sending", "sent", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message on its way out: `seq` is that of its event; `unasked`: nobody's input called for it."""

    id: int
    conversation_id: str
    seq: int
    unasked: bool
    state: OutboxState
    attempts: int


class InboxStore(Protocol):
    def receive(self, incoming: Incoming, speaker: str, locale: str, at: datetime) -> Received:
        """T1: store the raw input once, creating its conversation if there is none."""
        ...

    def oldest_unhandled(self, conversation_id: str) -> StoredInput | None: ...
    def take(self, conversation_id: str) -> Taken | None:
        """What a turn begins with; the conversation must be locked, so that its tracker is the latest."""
        ...

    def handled(self, input_id: int, at: datetime) -> None: ...
    def failed(self, input_id: int, error: str, *, put_aside: bool) -> None: ...
    def waiting(self, limit: int) -> list[str]:
        """Conversations with unhandled input, longest waiting first (after a restart)."""
        ...


class ConversationStore(Protocol):
    def find(self, account: str, sender: str) -> Conversation | None:
        """The chat of a sender on a channel account, if they ever wrote."""
        ...

    def get(self, conversation_id: str) -> Conversation | None: ...
    def lock(self, conversation_id: str) -> Conversation:
        """Take the conversation's row until the transaction ends."""
        ...

    def of_borrower(self, borrower_id: str) -> list[Conversation]:
        """The borrower's chats, on every channel, the one written in last first."""
        ...

    def save(self, conversation: Conversation) -> None: ...
    def tracker(self, conversation_id: str) -> Tracker | None: ...
    def save_tracker(self, tracker: Tracker) -> None: ...


class OutboxStore(Protocol):
    def put(self, conversation_id: str, seqs: Sequence[int], *, unasked: bool, at: datetime) -> None:
        """Queue messages that were just recorded, by the seq of their events, keeping their order."""
        ...

    def waiting(self, now: datetime, limit: int) -> list[str]:
        """Conversations that may have something to send, longest waiting first."""
        ...

    def claim(self, conversation_id: str, now: datetime) -> list[Outgoing]:
        """Take the conversation's queued messages, oldest first, none while an earlier one is being sent."""
        ...

    def sent(self, outgoing_id: int, at: datetime, remote_id: str | None = None) -> None: ...
    def failed(self, outgoing_id: int, error: str, retry_at: datetime | None) -> None: ...
    def unfetched(self, conversation_id: str, up_to: int) -> bool:
        """Whether a message with seq ≤ `up_to` is not yet marked as sent."""
        ...

    def fetched(self, conversation_id: str, up_to: int, at: datetime) -> list[int]:
        """Mark every message with seq ≤ `up_to` as sent, on a channel that fetches; returns their seqs."""
        ...

    def cancel_unasked(self, conversation_id: str) -> int: ...
    def cancel_unasked_of(self, borrower_id: str) -> int:
        """Cancel what is queued unasked in every chat of a borrower; how many messages."""
        ...


class Work(Protocol):
    """One transaction and every store in it."""

    @property
    def inbox(self) -> InboxStore: ...
    @property
    def conversations(self) -> ConversationStore: ...
    @property
    def outbox(self) -> OutboxStore: ...
    @property
    def record(self) -> RecordStore: ...
    @property
    def jobs(self) -> JobStore: ...


W = TypeVar("W", bound=Work)
W_co = TypeVar("W_co", bound=Work, covariant=True)
W_contra = TypeVar("W_contra", bound=Work, contravariant=True)


class Database(Protocol[W_co]):
    """Only entry points open transactions; leaving the block commits, an exception rolls back."""

    def transaction(self) -> AbstractContextManager[W_co]: ...
    def reading(self) -> AbstractContextManager[W_co]: ...
