"""What the desk needs saved: cases as events, their folded state, in the turn's transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from bot.access import StaffStore
from bot.conversations.store import Work
from bot.desk.acting_store import ActingStore
from bot.desk.endings_store import CallbackStore, SurveyStore
from bot.errors import BotError
from bot.files.store import FileStore
from bot.lending.policy_desk import CaseReason, Wish
from bot.lending.store import LendingStore

__all__ = [
    "GENERAL", "CaseEvent", "CaseEventKind", "CaseReason", "CaseState", "CaseStatus", "CaseTaken", "DeskStore",
    "DeskWork", "NoSuchCase", "Quiet", "Wish",
]  # fmt: skip

CaseEventKind = Literal[
    "opened", "raised", "taken", "answered", "message", "note", "lifted", "settled", "returned", "resolved",
    "transferred", "superseded",
    "message_left", "callback_booked", "callback_cancelled", "callback_due", "callback_missed",
    "silent", "overdue", "escalated", "after_hours", "left", "scored",
    "acted", "offer_answered",
]  # fmt: skip
CaseStatus = Literal["waiting", "held", "returned", "resolved"]
# In a talk, who has said nothing for too long; "supervisor": the collector, so long that a supervisor is to see it.
Quiet = Literal["borrower", "collector", "supervisor"]
GENERAL = "general"  # the team of a case that no route was made for


@dataclass(frozen=True, slots=True)
class CaseEvent:
    case_id: str
    number: int  # from 1 within the case
    kind: CaseEventKind
    at: datetime
    staff: str | None  # who did it; None: the borrower or the bot
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CaseState:
    """The fold of a case's events; `urgency` 0 is the most urgent.

    `waiting_since`: since when the borrower waits for a word from a person; None when it's their turn to speak.
    """

    id: str
    conversation_id: str
    creditor: str | None  # None before identity is verified
    speaker: str
    reason: CaseReason
    urgency: int
    wants: str  # a Wish; another text is shown as it is
    locale: str
    status: CaseStatus
    holder: str | None
    opened_at: datetime
    waiting_since: datetime | None
    outcome: str | None = None
    number: int = 1  # of the newest event
    closed_at: datetime | None = None  # when it was returned or resolved
    team: str = GENERAL
    answer_warn: datetime | None = None  # from when on the first answer is nearly due
    answer_by: datetime | None = None
    resolve_warn: datetime | None = None
    resolve_by: datetime | None = None
    answered_at: datetime | None = None  # the first answer of a person
    borrower_id: str | None = None  # whose case it is; None: nobody was known yet
    served_by: str | None = None  # who holds it, or held it last
    reserved_for: str | None = None  # whom a borrower who came back meets first, until `reserved_until`
    reserved_until: datetime | None = None
    callback_at: datetime | None = None  # when the borrower is to hear from a person, as they chose
    quiet: Quiet | None = None

    @property
    def open(self) -> bool:
        return self.status in ("waiting", "held")


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

    def queue(self, speakers: Sequence[str] | None, limit: int = 200) -> list[CaseState]:
        """Waiting and held cases by urgency, then waiting_since (None last). None: all speakers."""
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
    def acting(self) -> ActingStore: ...
    @property
    def files(self) -> FileStore: ...
    @property
    def staff(self) -> StaffStore: ...
    @property
    def callbacks(self) -> CallbackStore: ...
    @property
    def surveys(self) -> SurveyStore: ...
