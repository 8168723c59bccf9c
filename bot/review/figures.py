"""Figures over conversations: how far people came, how it ended, and whether any group fares worse than others."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.review.counting import Counts, Row, Tally
from bot.review.measures import MEASURES, Measure
from bot.review.rates import Lasting, Rate, lasting

FUNNEL = MEASURES[:5]  # each after the one before
_BY_DAY: Sequence[Measure] = ("agreed", "person", "not_understood")


@dataclass(frozen=True, slots=True)
class Period:
    """Conversations whose last message fell in these days, `last` included."""

    first: date
    last: date
    count: int
    agreed: int
    person: int
    not_understood: int


@dataclass(frozen=True, slots=True)
class Honoured:
    """A right: how often it was invoked, had its effect at once, or took a person; who still waits."""

    right: str
    count: int
    at_once: int
    by_person: Lasting | None
    waiting: int


@dataclass(frozen=True, slots=True)
class Group:
    """One value of a facet: its rates, and which of them differ from everybody else's by more than chance."""

    value: str
    count: int
    rates: Mapping[Measure, Rate]
    apart: frozenset[Measure]
    waited: Lasting | None


@dataclass(frozen=True, slots=True)
class Figures:
    count: int
    rates: Mapping[Measure, Rate]
    counts: Mapping[str, Mapping[str, int]]  # facet → value → conversations, most first
    days: Sequence[Period]
    weeks: Sequence[Period]
    groups: Mapping[str, Sequence[Group]]
    waited: Lasting | None  # for a person
    solved: Lasting | None
    rights: Sequence[Honoured]
    kept: Mapping[str, Mapping[str, int]]  # how often paid → plan status → plans
    scores: Rate  # the points of all who answered, of the most that they could have given


def figures(rows: Iterable[Row], zones: Mapping[str, str], today: date) -> Figures:
    """Everything from one pass; days are those of each speaker's time zone, as in search."""
    found = Counts(zones, today)
    found.count(rows)
    return Figures(
        count=found.everybody.count,
        rates=found.everybody.rates(),
        counts={facet: dict(counter.most_common()) for facet, counter in found.counts().items()},
        days=_periods(found.days, lambda day: (day, day)),
        weeks=_periods(found.days, _week),
        groups={facet: _groups(tallies, found.everybody) for facet, tallies in found.groups().items()},
        waited=lasting(found.everybody.waits),
        solved=lasting(found.solves),
        rights=[_honoured(right, found.rights[right]) for right in _most(found.rights)],
        kept={frequency: dict(states) for frequency, states in sorted(found.kept().items())},
        scores=found.points(),
    )


def _week(day: date) -> tuple[date, date]:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def _periods(days: Mapping[date, Tally], bounds: Callable[[date], tuple[date, date]]) -> list[Period]:
    """Every period from the first to the last, also those in which nothing was said."""
    counted: dict[tuple[date, date], Counter[str]] = defaultdict(Counter)
    for day, tally in days.items():
        rates = tally.rates()
        counted[bounds(day)]["count"] += tally.count
        for name in _BY_DAY:
            counted[bounds(day)][name] += rates[name].part
    if not counted:
        return []
    (at, _), (end, _) = min(counted), max(counted)
    found = []
    while at <= end:
        first, last = bounds(at)
        told = counted.get((first, last), Counter())
        found.append(Period(first, last, told["count"], *(told[name] for name in _BY_DAY)))
        at = last + timedelta(days=1)
    return found


def _groups(tallies: Mapping[str, Tally], everybody: Tally) -> list[Group]:
    found = []
    every = everybody.rates()
    for value, tally in sorted(tallies.items(), key=lambda item: (-item[1].count, item[0])):
        own = tally.rates()
        others = {m: Rate(every[m].part - own[m].part, every[m].whole - own[m].whole) for m in MEASURES}
        apart = frozenset(
            measure for measure in MEASURES if others[measure].whole and own[measure].apart_from(others[measure])
        )
        found.append(Group(value, tally.count, own, apart, lasting(tally.waits)))
    return found


def _most(rights: Mapping[str, Sequence[str]]) -> list[str]:
    return sorted(rights, key=lambda right: (-len(rights[right]), right))


def _honoured(right: str, told: Sequence[str]) -> Honoured:
    by_person = [int(seconds) for seconds in told if seconds not in ("0", "open")]
    return Honoured(right, len(told), told.count("0"), lasting(by_person), told.count("open"))
