"""What review needs to find conversations. Implemented by `storage`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.access import StaffStore
from bot.conversations.store import Work
from bot.lending.store import LendingStore
from bot.record.audit import AuditStore
from bot.record.checkpoint import CheckpointStore
from bot.review.proof_store import ProofStore
from bot.review.protection_store import ProtectionStore


@dataclass(frozen=True, slots=True)
class Span:
    """Times of the last input, `until` exclusive, for these speakers: a day begins where the lender is."""

    speakers: tuple[str, ...]
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """What to look for; None leaves a side open.

    `creditors`: only borrowers of these, and conversations of which nobody knows yet whose they are.
    `spans`: within any of them.
    """

    speakers: tuple[str, ...] | None = None
    borrower_ids: tuple[str, ...] | None = None
    locale: str | None = None
    creditors: tuple[str, ...] | None = None
    spans: tuple[Span, ...] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A conversation in a list: enough to choose it by, no personal data."""

    conversation_id: str
    account: str
    speaker: str
    locale: str
    borrower_id: str | None
    started_at: datetime
    last_at: datetime
    length: int  # events in its chain
    held_by: str | None


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the last row's time and id."""

    last_at: datetime
    conversation_id: str


class ReviewStore(Protocol):
    def find(self, what: Filter, after: Cursor | None, limit: int) -> Sequence[Found]:
        """Newest first by (last_at, conversation_id)."""
        ...

    def every(self, after: str = "", limit: int = 500) -> Sequence[str]:
        """Ids of all conversations in their own order, for verification of everything."""
        ...


class ReviewWork(Work, Protocol):
    """The transaction as review sees it."""

    @property
    def lending(self) -> LendingStore: ...
    @property
    def staff(self) -> StaffStore: ...
    @property
    def audit(self) -> AuditStore: ...
    @property
    def review(self) -> ReviewStore: ...
    @property
    def checkpoints(self) -> CheckpointStore: ...
    @property
    def proofs(self) -> ProofStore: ...
    @property
    def protection(self) -> ProtectionStore: ...
