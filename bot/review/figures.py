"""Figures over conversations: how far people came, how it ended, and whether any group fares worse than others."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Literal, Protocol, get_args
from zoneinfo import ZoneInfo

from bot.review.rates import Lasting, Rate, lasting
from bot.review.search_store import Sought

Measure = Literal[
    "verified", "saw_balance", "offered", "agreed", "first_kept", "person", "not_understood", "satisfied"
]
MEASURES: tuple[Measure, ...] = get_args(Measure)
FUNNEL = MEASURES[:5]  # each after the one before
# Facets by which people are told apart; nobody chose them by how they would fare.
GROUPS = ("locale", "channel", "creditor")
COUNTED = (
    "outcome", "plan", "hold", "case", "waited", "solved", "hardship", "unclear", "intent", "lateness", "hour",
    "locale", "channel", "satisfaction",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """What search knows of one conversation: each facet with its values."""

    last_at: datetime
    speaker: str
    facets: Mapping[str, Sequence[str]]

    def has(self, facet: str, *values: str) -> bool:
        return any(value in values for value in self.facets.get(facet, ()))

    def exact(self, what: str) -> Iterator[list[str]]:
        """What is kept for the figures of one kind: its parts after the kind and the number that tells it apart."""
        for value in self.facets.get("exactly", ()):
            kind, _, *parts = value.split(":")
            if kind == what:
                yield parts


class FigureStore(Protocol):
    """Implemented by `storage`."""

    def rows(self, what: Sought, limit: int) -> Iterable[Row]:
        """What a search finds by its tokens and bounds, newest first; words are not looked up in the texts."""
        ...


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


# Which measures are asked of a conversation, and which of these are true of it.
_Answers = tuple[tuple[Measure, ...], tuple[Measure, ...]]


@dataclass(slots=True)
class _Tally:
    """How often each combination of answers came up: one addition for each conversation, whatever is measured."""

    answers: Counter[_Answers] = field(default_factory=Counter)
    waits: list[int] = field(default_factory=list)

    @property
    def count(self) -> int:
        return self.answers.total()

    def rates(self) -> dict[Measure, Rate]:
        whole, part = Counter[Measure](), Counter[Measure]()
        for (asked, true), times in self.answers.items():
            whole.update(dict.fromkeys(asked, times))
            part.update(dict.fromkeys(true, times))
        return {measure: Rate(part[measure], whole[measure]) for measure in MEASURES}


class _Counts:
    """Everything that is counted in one pass."""

    def __init__(self, zones: Mapping[str, str], today: date) -> None:
        self._clocks: dict[str, tzinfo] = {speaker: ZoneInfo(zone) for speaker, zone in zones.items()}
        self._today = today
        self.everybody = _Tally()
        self.counts: dict[str, Counter[str]] = {facet: Counter() for facet in COUNTED}
        self.groups: dict[str, dict[str, _Tally]] = {facet: defaultdict(_Tally) for facet in GROUPS}
        self.days: dict[date, _Tally] = defaultdict(_Tally)
        self.solves: list[int] = []
        self.rights: dict[str, list[str]] = defaultdict(list)
        self.kept: dict[str, Counter[str]] = defaultdict(Counter)
        self.points = Rate(0, 0)

    def add(self, row: Row) -> None:
        asked = tuple(measure for measure in MEASURES if _TESTS[measure][0](row, self._today))
        answers = asked, tuple(measure for measure in asked if _TESTS[measure][1](row))
        waits = [int(seconds) for [seconds] in row.exact("wait")]
        day = row.last_at.astimezone(self._clocks.get(row.speaker, UTC)).date()
        theirs = [tallies[value] for facet, tallies in self.groups.items() for value in row.facets.get(facet, ())]
        for tally in (self.everybody, self.days[day], *theirs):
            tally.answers[answers] += 1
            tally.waits += waits
        for facet, values in row.facets.items():
            if facet in self.counts:
                for value in values:
                    self.counts[facet][value] += 1
        self._time(row)

    def _time(self, row: Row) -> None:
        self.solves += (int(seconds) for [seconds] in row.exact("solve"))
        for right, seconds in row.exact("right"):
            self.rights[right].append(seconds)
        for plan in row.facets.get("kept", ()):
            frequency, _, status = plan.partition(":")
            self.kept[frequency][status] += 1
        if scores := [int(score) for score in row.facets.get("satisfaction", ()) if score.isdecimal()]:
            self.points = Rate(self.points.part + sum(scores), self.points.whole + 5 * len(scores))


def figures(rows: Iterable[Row], zones: Mapping[str, str], today: date) -> Figures:
    """Everything from one pass; days are those of each speaker's time zone, as in search."""
    found = _Counts(zones, today)
    for row in rows:
        found.add(row)
    return Figures(
        count=found.everybody.count,
        rates=found.everybody.rates(),
        counts={facet: dict(counter.most_common()) for facet, counter in found.counts.items()},
        days=_periods(found.days, lambda day: (day, day)),
        weeks=_periods(found.days, _week),
        groups={facet: _groups(tallies, found.everybody) for facet, tallies in found.groups.items()},
        waited=lasting(found.everybody.waits),
        solved=lasting(found.solves),
        rights=[_honoured(right, found.rights[right]) for right in _most(found.rights)],
        kept={frequency: dict(states) for frequency, states in sorted(found.kept.items())},
        scores=found.points,
    )


def _week(day: date) -> tuple[date, date]:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def _periods(days: Mapping[date, _Tally], bounds: Callable[[date], tuple[date, date]]) -> list[Period]:
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


def _groups(tallies: Mapping[str, _Tally], everybody: _Tally) -> list[Group]:
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


def _anybody(row: Row, today: date) -> bool:  # noqa: ARG001 - asked of every conversation
    return True


def _verified(row: Row, today: date | None = None) -> bool:  # noqa: ARG001 - of any day
    return not row.has("outcome", "unverified")


def _due(row: Row, today: date) -> bool:
    """Whether the first instalment of a plan that was agreed here has been due."""
    return any(day < today.isoformat() for day in row.facets.get("first_due", ()))


# Of whom each measure is asked, and when it is true of them.
_TESTS: Mapping[Measure, tuple[Callable[[Row, date], bool], Callable[[Row], bool]]] = {
    "verified": (_anybody, _verified),
    "saw_balance": (_verified, lambda row: row.has("flag", "saw_balance")),
    "offered": (_verified, lambda row: row.has("plan", "offered", "own_idea", "agreed")),
    "agreed": (_verified, lambda row: row.has("plan", "agreed")),
    "first_kept": (_due, lambda row: row.has("plan", "first_kept")),
    "person": (_anybody, lambda row: row.has("outcome", "person")),
    "not_understood": (_anybody, lambda row: row.has("flag", "not_understood")),
    "satisfied": (
        lambda row, _: bool(row.facets.get("satisfaction")),
        lambda row: row.has("satisfaction", "4", "5"),
    ),
}
_BY_DAY: Sequence[Measure] = ("agreed", "person", "not_understood")
