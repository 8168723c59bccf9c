"""What the queue asks of storage: pages of it, counts, the next case for somebody, and how long people wait."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from bot.desk.states import CaseState, CaseStatus
from bot.errors import BadInput
from bot.lending.policy_desk import CaseReason

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Whose cases somebody sees: None is no bound; what they hold, or held last, is theirs in any team."""

    reader: str
    speakers: tuple[str, ...] | None = None
    creditors: tuple[str, ...] | None = None
    teams: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What of the queue is asked for; None (or False) asks for everything."""

    team: str | None = None
    language: str | None = None
    reason: str | None = None
    creditor: str | None = None
    mine: bool = False
    unassigned: bool = False


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place in the queue of the last case of a page."""

    urgency: int
    waiting_since: datetime | None
    id: str

    def text(self) -> str:
        """For an address; `parse` reads it back."""
        micros = "" if self.waiting_since is None else (self.waiting_since - _EPOCH) // _MICROSECOND
        return f"{self.urgency}_{micros}_{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """The cursor that `text` gave; BadInput for anything else."""
        urgency, _, rest = text.partition("_")
        micros, _, case_id = rest.partition("_")
        if len(urgency) != 1 or not case_id.isalnum():
            raise BadInput("after", "is no place in the queue")
        try:
            since = _EPOCH + int(micros) * _MICROSECOND if micros else None
            return cls(int(urgency), since, case_id)
        except (ValueError, OverflowError) as error:
            raise BadInput("after", "is no place in the queue") from error


@dataclass(frozen=True, slots=True)
class Tally:
    """How many open cases are alike in all of this, and how many of them are nearly due or late."""

    team: str
    language: str
    reason: CaseReason
    creditor: str | None
    status: CaseStatus
    mine: bool
    cases: int
    due_soon: int
    late: int


@dataclass(frozen=True, slots=True)
class Load:
    """What one member of staff holds now."""

    staff: str
    held: int
    unanswered: int  # of these, in how many the borrower waits for a word
    longest_since: datetime | None  # since when the one that waits longest does


@dataclass(frozen=True, slots=True)
class Waited:
    """A case that was opened, and when a person first answered in it, if one did."""

    team: str
    reason: CaseReason
    opened_at: datetime
    answered_at: datetime | None
    answer_by: datetime | None
    closed_at: datetime | None


class QueueStore(Protocol):
    def page(self, bounds: Bounds, wanted: QueueFilter, after: Cursor | None, limit: int) -> list[CaseState]:
        """Waiting and held cases by urgency, then waiting_since (None last), then id."""
        ...

    def tallies(self, bounds: Bounds, now: datetime) -> list[Tally]:
        """All that is open within the bounds, counted."""
        ...

    def next_for(
        self,
        bounds: Bounds,
        languages: Collection[str] | None,
        reasons: Collection[str],
        now: datetime,
        *,
        waiting: bool,
    ) -> CaseState | None:
        """The first waiting case that somebody can take, its conversation locked.

        Passes over what others hold a lock on, unless `waiting`; what it returns may have been taken in the
        meantime and must be read again under its own lock.
        """
        ...

    def loads(self, bounds: Bounds) -> list[Load]:
        """Who holds how much."""
        ...

    def waited(self, bounds: Bounds, since: datetime, until: datetime) -> Sequence[Waited]:
        """Every case that was opened in this time, oldest first."""
        ...
