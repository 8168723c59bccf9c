"""Figures over conversations: how far people came, how it ended, and whether any group fares worse than the rest."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import sqrt
from typing import Literal, Protocol, get_args
from zoneinfo import ZoneInfo

Measure = Literal["verified", "offered", "agreed", "person", "not_understood", "satisfied"]
MEASURES: tuple[Measure, ...] = get_args(Measure)
# Facets by which people are told apart; nobody chose them by how they would fare.
GROUPS = ("locale", "channel", "creditor")
COUNTED = ("outcome", "plan", "hold", "flag", "locale", "channel", "lateness", "satisfaction")
_Z = 1.959964  # of a normal distribution: 95 in 100 lie within


@dataclass(frozen=True, slots=True)
class Row:
    """What search knows of one conversation: each facet with its values."""

    last_at: datetime
    facets: Mapping[str, Sequence[str]]

    def has(self, facet: str, *values: str) -> bool:
        return any(value in values for value in self.facets.get(facet, ()))


class FigureStore(Protocol):
    """Implemented by `storage`."""

    def rows(
        self,
        since: datetime,
        until: datetime,
        speakers: Sequence[str] | None,
        creditors: Sequence[str] | None,
        limit: int,
    ) -> Iterable[Row]:
        """Conversations whose last input fell in the time, newest first; None: no bound."""
        ...


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of how many, with Wilson's interval of 95% (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927)."""

    part: int
    whole: int

    @property
    def share(self) -> float:
        return self.part / self.whole if self.whole else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """From 0 to 1; everything is possible where nobody was counted."""
        if not self.whole:
            return 0.0, 1.0
        n, p = self.whole, self.share
        middle = p + _Z**2 / (2 * n)
        spread = _Z * sqrt(p * (1 - p) / n + _Z**2 / (4 * n * n))
        below, above = (middle - spread) / (1 + _Z**2 / n), (middle + spread) / (1 + _Z**2 / n)
        return max(0.0, below), min(1.0, above)

    def apart_from(self, other: "Rate") -> bool:
        """Whether the two intervals do not even touch: more than chance."""
        (low, high), (others_low, others_high) = self.interval, other.interval
        return high < others_low or others_high < low


@dataclass(frozen=True, slots=True)
class Group:
    """One value of a facet: its rates, and which of them differ from those of everybody else by more than chance."""

    value: str
    count: int
    rates: Mapping[Measure, Rate]
    apart: frozenset[Measure]


@dataclass(frozen=True, slots=True)
class Figures:
    count: int
    rates: Mapping[Measure, Rate]
    counts: Mapping[str, Mapping[str, int]]  # facet → value → conversations, most first
    days: Sequence[tuple[date, int, int]]  # each with its conversations, and those in which a plan was agreed
    groups: Mapping[str, Sequence[Group]]


@dataclass(slots=True)
class _Tally:
    """Counts for each measure: how many it is asked of, and of how many it is true."""

    count: int = 0
    whole: Counter[Measure] = field(default_factory=Counter)
    part: Counter[Measure] = field(default_factory=Counter)

    def add(self, row: Row) -> None:
        self.count += 1
        for measure in MEASURES:
            asked, true = _TESTS[measure]
            if asked(row):
                self.whole[measure] += 1
                self.part[measure] += true(row)

    def rates(self) -> dict[Measure, Rate]:
        return {measure: Rate(self.part[measure], self.whole[measure]) for measure in MEASURES}

    def without(self, other: "_Tally") -> "_Tally":
        return _Tally(self.count - other.count, self.whole - other.whole, self.part - other.part)


def figures(rows: Iterable[Row], zone: str) -> Figures:
    """Everything from one pass; days are those of `zone`."""
    clock = ZoneInfo(zone)
    everybody, days, agreed = _Tally(), Counter[date](), Counter[date]()
    counts: dict[str, Counter[str]] = {facet: Counter() for facet in COUNTED}
    groups: dict[str, dict[str, _Tally]] = {facet: {} for facet in GROUPS}
    for row in rows:
        everybody.add(row)
        day = row.last_at.astimezone(clock).date()
        days[day] += 1
        agreed[day] += row.has("plan", "agreed")
        for facet, counter in counts.items():
            counter.update(row.facets.get(facet, ()))
        for facet, tallies in groups.items():
            for value in row.facets.get(facet, ()):
                tallies.setdefault(value, _Tally()).add(row)
    return Figures(
        count=everybody.count,
        rates=everybody.rates(),
        counts={facet: dict(counter.most_common()) for facet, counter in counts.items()},
        days=[(day, days[day], agreed[day]) for day in sorted(days)],
        groups={facet: _groups(tallies, everybody) for facet, tallies in groups.items()},
    )


def _groups(tallies: Mapping[str, _Tally], everybody: _Tally) -> list[Group]:
    found = []
    for value, tally in sorted(tallies.items(), key=lambda item: (-item[1].count, item[0])):
        own, others = tally.rates(), everybody.without(tally).rates()
        apart = frozenset(
            measure for measure in MEASURES if others[measure].whole and own[measure].apart_from(others[measure])
        )
        found.append(Group(value, tally.count, own, apart))
    return found


def _anybody(row: Row) -> bool:  # noqa: ARG001 - asked of every conversation
    return True


def _verified(row: Row) -> bool:
    return not row.has("outcome", "unverified")


# Of whom each measure is asked, and when it is true of them.
_TESTS: Mapping[Measure, tuple[Callable[[Row], bool], Callable[[Row], bool]]] = {
    "verified": (_anybody, _verified),
    "offered": (_verified, lambda row: row.has("plan", "offered", "own_idea", "agreed")),
    "agreed": (_verified, lambda row: row.has("plan", "agreed")),
    "person": (_anybody, lambda row: row.has("outcome", "person")),
    "not_understood": (_anybody, lambda row: row.has("flag", "not_understood")),
    "satisfied": (lambda row: bool(row.facets.get("satisfaction")), lambda row: row.has("satisfaction", "4", "5")),
}
