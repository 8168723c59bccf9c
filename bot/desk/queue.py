"""The queue as one reader sees it: pages, counts for the filters, and workload."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.access import Staff
from bot.desk.queue_store import Bounds, Cursor, Load, QueueFilter, Tally
from bot.desk.store import CaseState, DeskWork

PAGE = 50


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Cases in the queue's order; `next` is where the page after this one begins, None after the last."""

    cases: tuple[CaseState, ...]
    next: Cursor | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many open cases a reader may see, in all and by what the filters ask for; `wanted` fit the filter."""

    total: int = 0
    wanted: int = 0
    mine: int = 0
    unassigned: int = 0
    due_soon: int = 0
    late: int = 0
    teams: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    creditors: Mapping[str, int] = field(default_factory=dict)  # of those where the creditor is known


@dataclass(frozen=True, slots=True)
class TeamLoad:
    """What a team has now."""

    waiting: int
    held: int
    due_soon: int
    late: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Workload now, by team and by person. Nobody is ranked, and no money is counted."""

    teams: Mapping[str, TeamLoad]
    people: Mapping[str, Load]  # by staff id; whoever holds nothing is not in it
    present: frozenset[str]


def bounds_of(reader: Staff) -> Bounds:
    return Bounds(reader.id, reader.speakers, reader.creditors, reader.teams)


def read(
    work: DeskWork, reader: Staff, wanted: QueueFilter, after: Cursor | None = None, limit: int = PAGE
) -> QueuePage:
    """One page of what the reader asks for, from after `after` on."""
    found = work.queue.page(bounds_of(reader), wanted, after, limit + 1)
    cases = tuple(found[:limit])
    last = cases[-1] if len(found) > limit else None
    return QueuePage(cases, Cursor(last.urgency, last.waiting_since, last.id) if last else None)


def counts(work: DeskWork, reader: Staff, wanted: QueueFilter, now: datetime) -> Counts:
    """Of everything that is open within the reader's bounds."""
    tallies = work.queue.tallies(bounds_of(reader), now)
    return Counts(
        total=sum(tally.cases for tally in tallies),
        wanted=sum(tally.cases for tally in tallies if _fits(tally, wanted)),
        mine=sum(tally.cases for tally in tallies if tally.mine),
        unassigned=sum(tally.cases for tally in tallies if tally.status == "waiting"),
        due_soon=sum(tally.due_soon for tally in tallies),
        late=sum(tally.late for tally in tallies),
        teams=_by(tallies, "team"),
        languages=_by(tallies, "language"),
        reasons=_by(tallies, "reason"),
        creditors=_by(tallies, "creditor"),
    )


def figures(work: DeskWork, reader: Staff, now: datetime) -> Figures:
    """For a supervisor: what is open within their bounds, and who is there."""
    bounds = bounds_of(reader)
    return Figures(
        teams=_teams(work.queue.tallies(bounds, now)),
        people={load.staff: load for load in work.queue.loads(bounds)},
        present=work.staff.present(now),
    )


def _fits(tally: Tally, wanted: QueueFilter) -> bool:
    exact = (
        (wanted.team, tally.team),
        (wanted.language, tally.language),
        (wanted.reason, tally.reason),
        (wanted.creditor, tally.creditor),
    )
    return (
        all(asked is None or asked == given for asked, given in exact)
        and (not wanted.mine or tally.mine)
        and (not wanted.unassigned or tally.status == "waiting")
    )


def _by(tallies: Iterable[Tally], name: str) -> Mapping[str, int]:
    found: Counter[str] = Counter()
    for tally in tallies:
        if getattr(tally, name) is not None:
            found[getattr(tally, name)] += tally.cases
    return dict(sorted(found.items()))


def _teams(tallies: Sequence[Tally]) -> Mapping[str, TeamLoad]:
    named = sorted({tally.team for tally in tallies})
    return {team: _load([tally for tally in tallies if tally.team == team]) for team in named}


def _load(tallies: Sequence[Tally]) -> TeamLoad:
    return TeamLoad(
        waiting=sum(tally.cases for tally in tallies if tally.status == "waiting"),
        held=sum(tally.cases for tally in tallies if tally.status == "held"),
        due_soon=sum(tally.due_soon for tally in tallies),
        late=sum(tally.late for tally in tallies),
    )
