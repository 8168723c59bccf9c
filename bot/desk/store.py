"""What the desk needs saved: cases as events, their folded state, in the turn's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from bot.errors import BotError

CaseReason = Literal["distress", "rights", "fraud", "dispute", "complaint", "negotiation", "limitation", "request"]
CaseEventKind = Literal["opened", "raised", "taken", "answered", "message", "note", "returned", "resolved"]
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
    """The fold of a case's events; `urgency` 0 is the most urgent."""

    id: str
    conversation_id: str
    creditor: str | None  # None before identity is verified
    speaker: str
    reason: CaseReason
    urgency: int
    wants: str  # one line, in plain words
    locale: str
    status: CaseStatus
    holder: str | None
    opened_at: datetime
    waiting_since: datetime | None
    outcome: str | None = None


class CaseTaken(BotError):
    """Another collector has the case."""


class DeskStore(Protocol):
    def add(self, state: CaseState, event: CaseEvent) -> None:
        """Append the event and write the state that the fold gives, together."""
        ...

    def lock(self, case_id: str) -> CaseState: ...
    def case(self, case_id: str) -> CaseState | None: ...
    def open_case(self, conversation_id: str) -> CaseState | None:
        """The conversation's case that is waiting or held."""
        ...

    def queue(self, speakers: Sequence[str] | None, limit: int = 200) -> list[CaseState]:
        """Waiting and held cases, most urgent first, then longest waiting. None: all speakers."""
        ...

    def events(self, case_id: str) -> list[CaseEvent]: ...
