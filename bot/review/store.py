"""What review needs to find conversations. Implemented by `storage`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.access import StaffStore
from bot.conversations.store import Work
from bot.lending.store import LendingStore
from bot.record.audit import AuditStore
from bot.record.checkpoint import CheckpointStore
from bot.review.counting import FigureStore
from bot.review.policy_store import PolicySetStore
from bot.review.proof_store import ProofStore
from bot.review.protection_store import ProtectionStore
from bot.review.search_store import SearchStore
from bot.review.two_people_store import TwoPeopleStore


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


class ReviewStore(Protocol):
    def rows(self, conversation_ids: Sequence[str]) -> Mapping[str, Found]:
        """Conversations as a list shows them, by id."""
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
    def search(self) -> SearchStore: ...
    @property
    def checkpoints(self) -> CheckpointStore: ...
    @property
    def proofs(self) -> ProofStore: ...
    @property
    def figures(self) -> FigureStore: ...
    @property
    def protection(self) -> ProtectionStore: ...
    @property
    def two_people(self) -> TwoPeopleStore: ...
    @property
    def policy_sets(self) -> PolicySetStore: ...
