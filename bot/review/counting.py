"""Counting conversations in one pass: those that have everything in common are looked at once, and only counted."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from functools import reduce
from itertools import chain
from operator import or_
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.review.measures import MEASURES, Measure, Signs, answers, signs_of
from bot.review.rates import Rate
from bot.review.search_store import Sought

# Facets by which people are told apart; nobody chose them by how they would fare.
GROUPS = ("locale", "channel", "creditor")
COUNTED = (
    "outcome", "plan", "hold", "case", "waited", "solved", "hardship", "unclear", "intent", "lateness", "hour",
    "locale", "channel", "satisfaction",
)  # fmt: skip
_MOST_ALIKE = 20_000  # that are remembered before they are looked at


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """A facet with all its values; conversations that have the same share it."""

    facet: str
    values: Sequence[str]


@dataclass(frozen=True, slots=True)
class Row:
    """What search knows of one conversation. `exactly` is apart: hardly any two have the same seconds."""

    last_at: datetime
    speaker: str
    told: tuple[Told, ...]
    exactly: Sequence[str] = ()


class FigureStore(Protocol):
    """Implemented by `storage`."""

    def rows(self, what: Sought, limit: int) -> Iterable[Row]:
        """What a search finds by its tokens and bounds, newest first; words are not looked up in the texts."""
        ...


@dataclass(slots=True)
class Tally:
    """How often each combination of signs came up: one addition for each conversation, whatever is measured."""

    signs: Counter[Signs] = field(default_factory=Counter)
    waits: list[int] = field(default_factory=list)

    @property
    def count(self) -> int:
        return self.signs.total()

    def rates(self) -> dict[Measure, Rate]:
        whole, part = Counter[Measure](), Counter[Measure]()
        for signs, times in self.signs.items():
            asked, true = answers(signs)
            whole.update(dict.fromkeys(asked, times))
            part.update(dict.fromkeys(true, times))
        return {measure: Rate(part[measure], whole[measure]) for measure in MEASURES}


class _SignsOf(dict[Told, Signs]):
    def __init__(self, today: date) -> None:
        self._today = today.isoformat()

    def __missing__(self, told: Told) -> Signs:
        self[told] = signs_of(told.facet, told.values, self._today)
        return self[told]


class Counts:
    """Everything that is counted in one pass; what several have in common is put together by value afterwards."""

    def __init__(self, zones: Mapping[str, str], today: date) -> None:
        self._clocks: dict[str, tzinfo] = {speaker: ZoneInfo(zone) for speaker, zone in zones.items()}
        self._signs = _SignsOf(today)
        self._alike: Counter[tuple[tuple[Told, ...], date]] = Counter()
        self._times: Counter[Told] = Counter()
        self._groups: dict[Told, Tally] = defaultdict(Tally)
        self.everybody = Tally()
        self.days: dict[date, Tally] = defaultdict(Tally)
        self.solves: list[int] = []
        self.rights: dict[str, list[str]] = defaultdict(list)

    def count(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._alike[row.told, self._day(row)] += 1
            if row.exactly:
                self._time(row)
            if len(self._alike) == _MOST_ALIKE:
                self._look()
        self._look()

    def _look(self) -> None:
        """Look at all that was only counted so far, each that several have in common once."""
        self._times.update(chain.from_iterable(facets for (facets, _), times in self._alike.items() if times == 1))
        for (facets, day), times in self._alike.items():
            signs = reduce(or_, map(self._signs.__getitem__, facets), 0)
            tallies = [self.everybody, self.days[day]]
            for told in facets:
                if told.facet in GROUPS:
                    tallies.append(self._groups[told])
                if times > 1:
                    self._times[told] += times
            for tally in tallies:
                tally.signs[signs] += times
        self._alike.clear()

    def _day(self, row: Row) -> date:
        return row.last_at.astimezone(self._clocks.get(row.speaker, UTC)).date()

    def _time(self, row: Row) -> None:
        """Keep what took how long: each value is a kind, a number that tells it apart, and the rest by kind."""
        for value in row.exactly:
            kind, _, *rest = value.split(":")
            if kind == "wait":
                for waits in self._waits_of(row):
                    waits.append(int(rest[0]))
            elif kind == "solve":
                self.solves.append(int(rest[0]))
            elif kind == "right":
                self.rights[rest[0]].append(rest[1])

    def _waits_of(self, row: Row) -> list[list[int]]:
        """Those of everybody, and of the groups to which whoever waited belongs."""
        return [
            self.everybody.waits,
            *(self._groups[told].waits for told in row.told if told.facet in GROUPS),
        ]

    def counts(self) -> dict[str, Counter[str]]:
        """Of each facet that is counted, how many conversations have each value."""
        found: dict[str, Counter[str]] = {facet: Counter() for facet in COUNTED}
        for facet, value, times in self._values():
            if facet in found:
                found[facet][value] += times
        return found

    def kept(self) -> dict[str, Counter[str]]:
        """How often paid → plan status → plans."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for facet, value, times in self._values():
            if facet == "kept":
                frequency, _, status = value.partition(":")
                found[frequency][status] += times
        return found

    def points(self) -> Rate:
        """The points of all who answered, of the most that they could have given."""
        scores = [
            (int(value), times)
            for facet, value, times in self._values()
            if facet == "satisfaction" and value.isdecimal()
        ]
        return Rate(sum(score * times for score, times in scores), 5 * sum(times for _, times in scores))

    def groups(self) -> dict[str, dict[str, Tally]]:
        """By facet and value."""
        found: dict[str, dict[str, Tally]] = {facet: defaultdict(Tally) for facet in GROUPS}
        for told, tally in self._groups.items():
            for value in told.values:
                found[told.facet][value].signs.update(tally.signs)
                found[told.facet][value].waits.extend(tally.waits)
        return found

    def _values(self) -> Iterator[tuple[str, str, int]]:
        return ((told.facet, value, times) for told, times in self._times.items() for value in told.values)
