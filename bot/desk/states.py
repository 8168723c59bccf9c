"""A case and what happens to it, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bot.lending.policy_desk import CaseReason

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
