"""What is saved around a talk with a person: the times of callbacks, and what borrowers said of the talk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

By = Literal["chat", "phone"]


@dataclass(frozen=True, slots=True)
class Booking:
    """A time that a borrower has chosen: within it a person of the team comes back to them, `by` chat or phone."""

    speaker: str
    team: str
    starts_at: datetime
    ends_at: datetime
    case_id: str
    by: By
    booked_at: datetime


@dataclass(frozen=True, slots=True)
class Survey:
    """How a borrower found a talk, 1 to 5. `score` None: not answered, or skipped once `answered_at` is there.

    `comment_seq` is the event of the borrower's message that they left as a comment.
    """

    case_id: str
    conversation_id: str
    speaker: str
    creditor: str | None
    staff: str | None
    asked_at: datetime
    answered_at: datetime | None = None
    score: int | None = None
    comment_seq: int | None = None
    seen_by: str | None = None
    seen_at: datetime | None = None


class CallbackStore(Protocol):
    def taken(self, speaker: str, team: str, since: datetime, until: datetime) -> Mapping[datetime, int]:
        """How often each starting time from `since` to before `until` is chosen; no key where nobody did."""
        ...

    def book(self, booking: Booking, per_slot: int) -> bool:
        """Take a place in that time for the case, in place of any other time that it had; False when it is full.

        The case's conversation must be locked; other chats may book the same time at once.
        """
        ...

    def of_case(self, case_id: str) -> Booking | None: ...
    def of_cases(self, case_ids: Sequence[str]) -> Mapping[str, Booking]:
        """The bookings of many cases at once, for a queue."""
        ...

    def release(self, case_id: str) -> bool:
        """Give the case's time back; whether it had one."""
        ...


class SurveyStore(Protocol):
    def ask(self, survey: Survey) -> bool:
        """Note that it is asked; False when this case was asked about before."""
        ...

    def of_case(self, case_id: str) -> Survey | None: ...
    def answer(self, case_id: str, score: int | None, at: datetime) -> None: ...
    def comment(self, case_id: str, seq: int) -> None: ...
    def see(self, case_id: str, staff: str, at: datetime) -> bool:
        """A supervisor has seen it; False when somebody had before."""
        ...

    def unseen(self, speakers: Sequence[str] | None, worst: int, limit: int = 50) -> list[Survey]:
        """Answers of at most `worst` that no supervisor has seen yet, newest first. None: all speakers."""
        ...

    def between(self, speakers: Sequence[str] | None, since: datetime, until: datetime) -> list[Survey]:
        """Everything asked from `since` to before `until`, oldest first, for figures."""
        ...
