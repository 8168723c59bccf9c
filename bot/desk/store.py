"""What the desk needs saved: cases as events, their folded state, in the turn's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from bot.conversations.store import Work
from bot.errors import BotError
from bot.files.store import FileStore
from bot.lending.store import LendingStore

CaseReason = Literal["distress", "rights", "fraud", "dispute", "complaint", "negotiation", "limitation", "request"]
# What the borrower wants, in a word that each language has a line for (templates/staff/labels.html).
Wish = Literal[
    "person", "distress", "death", "fraud", "dispute", "representative", "insolvency", "wrong_person",
    "third_party", "already_paid", "complaint", "angry", "messages_again", "contact_otherwise",
    "representative_told", "own_data", "consider", "own_terms", "settlement", "document", "plan_skip",
    "plan_move", "plan_lower", "plan_stop", "plan_change", "hold_review", "minor", "moratorium", "promised",
    "papers", "answer_late", "unreachable",
]  # fmt: skip
CaseEventKind = Literal[
    "opened", "raised", "taken", "answered", "message", "note", "lifted", "settled", "returned", "resolved"
]
CaseStatus = Literal["waiting", "held", "returned", "resolved"]


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

    def ahead(self, state: CaseState) -> int:
        """How many waiting cases of the same speaker come before this one in the queue."""
        ...

    def events(self, case_id: str) -> list[CaseEvent]: ...


class DeskWork(Work, Protocol):
    """The transaction as the desk sees it."""

    @property
    def lending(self) -> LendingStore: ...
    @property
    def desk(self) -> DeskStore: ...
    @property
    def files(self) -> FileStore: ...
