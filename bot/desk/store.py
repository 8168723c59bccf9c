"""What the desk needs saved: cases as events, their folded state, in the turn's transaction."""

from collections.abc import Collection
from typing import Protocol

from bot.access import StaffStore
from bot.conversations.store import Work
from bot.desk.acting_store import ActingStore
from bot.desk.endings_store import CallbackStore, SurveyStore
from bot.desk.mention_store import MentionStore
from bot.desk.queue_store import QueueStore
from bot.desk.states import GENERAL, CaseEvent, CaseEventKind, CaseState, CaseStatus, Quiet
from bot.errors import BotError
from bot.files.store import FileStore
from bot.lending.policy_desk import CaseReason, Wish
from bot.lending.store import LendingStore

__all__ = [
    "GENERAL", "CaseEvent", "CaseEventKind", "CaseReason", "CaseState", "CaseStatus", "CaseTaken", "DeskStore",
    "DeskWork", "NoSuchCase", "Quiet", "Wish",
]  # fmt: skip


class CaseTaken(BotError):
    """Another collector has the case."""

    def __init__(self, case_id: str, holder: str) -> None:
        super().__init__(f"case {case_id} is held by {holder}")
        self.case_id, self.holder = case_id, holder


class NoSuchCase(BotError):
    """No case has this id."""


class DeskStore(Protocol):
    def add(self, state: CaseState, event: CaseEvent) -> None:
        """Append the event and write the state that the fold gives, together."""
        ...

    def lock(self, case_id: str) -> CaseState:
        """Take the case's row until the transaction ends; raises NoSuchCase."""
        ...

    def case(self, case_id: str) -> CaseState | None: ...
    def open_case(self, conversation_id: str) -> CaseState | None:
        """The conversation's case that is waiting or held; there is never more than one."""
        ...

    def cases(self, conversation_id: str) -> list[CaseState]:
        """All cases of the conversation, oldest first."""
        ...

    def cases_of_borrower(self, borrower_id: str) -> list[CaseState]:
        """All cases of the borrower's conversations, oldest first."""
        ...

    def ahead(self, state: CaseState, teams: Collection[str] | None = None) -> int:
        """How many waiting cases of the same speaker (and of these teams) come before this one in the queue."""
        ...

    def held_by(self, staff_id: str) -> int:
        """How many cases somebody holds."""
        ...

    def events(self, case_id: str) -> list[CaseEvent]: ...


class DeskWork(Work, Protocol):
    """The transaction as the desk sees it."""

    @property
    def lending(self) -> LendingStore: ...
    @property
    def desk(self) -> DeskStore: ...
    @property
    def queue(self) -> QueueStore: ...
    @property
    def acting(self) -> ActingStore: ...
    @property
    def files(self) -> FileStore: ...
    @property
    def staff(self) -> StaffStore: ...
    @property
    def bookings(self) -> CallbackStore: ...
    @property
    def mentions(self) -> MentionStore: ...
    @property
    def surveys(self) -> SurveyStore: ...
