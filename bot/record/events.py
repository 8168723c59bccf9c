"""Events of a conversation as they are kept: content, salt, and a hash that covers the one before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

EventKind = Literal[
    "user",  # what the borrower sent, as they sent it
    "turn",  # how it was understood and what it did: commands, flows, actions, slots, policy version
    "bot",  # what the bot said: words, buttons, response name and values, why
    "agent",  # what a collector said
    "notice",  # a neutral line in the chat: a collector joined, handed back
    "case",  # a handoff case changed state
    "delivery",  # sent, delivered, failed
    "access",  # verified, lapsed, locked
]


@dataclass(frozen=True, slots=True)
class NewEvent:
    kind: EventKind
    body: Mapping[str, Any]  # JSON values only


@dataclass(frozen=True, slots=True)
class Event:
    """`seq` counts from 1 within the conversation. `body` and `salt` are None once erased."""

    conversation_id: str
    seq: int
    kind: EventKind
    at: datetime
    body: Mapping[str, Any] | None
    salt: bytes | None
    digest: bytes  # SHA-256(salt ‖ canonical body)
    hash: bytes  # SHA-256 over conversation, seq, kind, at, digest and the hash before


class RecordStore(Protocol):
    def append(self, conversation_id: str, events: Sequence[NewEvent], at: datetime) -> list[Event]:
        """Append under the conversation's lock, extending the chain; returns them with their seq."""
        ...

    def events(
        self,
        conversation_id: str,
        after: int = 0,
        limit: int | None = None,
        kinds: Sequence[EventKind] | None = None,
    ) -> list[Event]: ...

    def newest(self, conversation_id: str, limit: int, before: int | None = None) -> list[Event]:
        """The last `limit` events, or the last of those with a seq below `before`; oldest first."""
        ...

    def marked(
        self, conversation_id: str, marks: Mapping[EventKind, Sequence[str]], limit: int, after: int = 0
    ) -> list[Event]:
        """The newest events after `after` whose canonical body holds one of the marks of their kind; oldest first.

        No marks: every event of that kind. Read in one pass, so that a long conversation costs it once.
        """
        ...

    def event(self, conversation_id: str, seq: int) -> Event | None: ...

    def erase(self, conversation_id: str, seqs: Sequence[int]) -> None:
        """Take away content and salt for good; the chain still verifies."""
        ...

    def head(self, conversation_id: str) -> tuple[int, bytes]:
        """Length and hash of the chain as the conversation's row keeps them."""
        ...
