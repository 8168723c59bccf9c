"""What two people agree on: a change that one proposes and another agrees to or refuses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from bot.errors import BotError

ChangeKind = Literal["role", "retention", "policy", "erasure", "release"]
ProposalStatus = Literal["open", "agreed", "refused", "withdrawn", "expired"]


class AlreadyProposed(BotError):
    """An open proposal about the same waits for its answer."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """`before` and `after` hold only what is to change, as JSON values; `before` is empty for what is new."""

    id: str
    kind: ChangeKind
    subject: str  # staff:<id>, policies, or whose data: borrower:<id>, conversation:<id>
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    reason: str
    proposed_by: str  # staff id
    proposed_at: datetime
    expires_at: datetime
    status: ProposalStatus = "open"
    decided_by: str | None = None  # None while it is open, and where time alone ended it
    decided_at: datetime | None = None
    decision: str = ""
    secret: str | None = None  # a new password's hash, kept until it is decided


class TwoPeopleStore(Protocol):
    """Implemented by `storage`."""

    def add(self, proposal: Proposal) -> None:
        """Raises AlreadyProposed where an open one has the same subject."""
        ...

    def lock(self, proposal_id: str) -> Proposal | None:
        """Take the row until the transaction ends."""
        ...

    def save(self, proposal: Proposal) -> None: ...
    def waiting(self) -> list[Proposal]:
        """Open ones, oldest first."""
        ...

    def decided(self, limit: int = 50) -> list[Proposal]:
        """Those that are no longer open, newest decision first."""
        ...
