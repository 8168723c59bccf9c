"""What a supervisor sees of all queues at once: who waits, who works, how long it takes, how it was found."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from statistics import median

from bot.access import Staff
from bot.desk import surveys
from bot.desk.endings_store import Survey
from bot.desk.queue import TeamLoad, bounds_of, figures
from bot.desk.queue_store import Load, QueueFilter, Waited
from bot.desk.routing import lateness
from bot.desk.states import CaseState
from bot.desk.store import DeskWork

LOOKED_AT = 1000  # open cases among which the late ones are looked for, most urgent first
SHOWN = 30


@dataclass(frozen=True, slots=True)
class Person:
    """One who answers cases; `load` is None while they hold none. By name: nobody is ranked."""

    staff: Staff
    here: bool
    load: Load | None

    @property
    def held(self) -> int:
        return self.load.held if self.load else 0


@dataclass(frozen=True, slots=True)
class HourOfDay:
    """Cases opened in this hour of any day of the time looked at, and how long these waited for a first answer."""

    hour: int
    opened: int
    answered: int
    missed: int  # whose deadline passed before the first answer
    median_wait: timedelta | None
    longest_wait: timedelta | None


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """`scores` counts the answers from 1 to 5."""

    asked: int
    scores: Mapping[int, int]

    @property
    def answered(self) -> int:
        return sum(self.scores.values())


@dataclass(frozen=True, slots=True)
class TeamView:
    teams: Mapping[str, TeamLoad]
    people: tuple[Person, ...]
    late: tuple[CaseState, ...]  # past their deadline, most urgent first
    waiting: tuple[CaseState, ...]  # those who wait longest, longest first
    held: tuple[CaseState, ...]  # what colleagues have, longest unanswered first
    hours: tuple[HourOfDay, ...]
    satisfaction: Satisfaction
    bad: tuple[Survey, ...]  # bad scores that no supervisor has looked at yet


def team_view(work: DeskWork, reader: Staff, since: datetime, now: datetime, zone: tzinfo) -> TeamView:
    """All that is open within the reader's bounds, and what was since `since`, by the hours of `zone`."""
    bounds = bounds_of(reader)
    found = figures(work, reader, now)
    cases = work.queue.page(bounds, QueueFilter(), None, LOOKED_AT)
    return TeamView(
        teams=found.teams,
        people=_people(work, reader, found.people, found.present),
        late=tuple(case for case in cases if lateness(case, now) == "late")[:SHOWN],
        waiting=_longest([case for case in cases if case.status == "waiting"]),
        held=_longest([case for case in cases if case.status == "held"]),
        hours=_by_hour(work.queue.waited(bounds, since, now), zone, now),
        satisfaction=_satisfaction(work.surveys.between(reader.speakers, since, now), reader),
        bad=tuple(surveys.bad_ones(work, reader)),
    )


def _people(
    work: DeskWork, reader: Staff, loads: Mapping[str, Load], present: frozenset[str]
) -> tuple[Person, ...]:
    """Colleagues with whom the reader shares a lender, and whoever holds a case of theirs."""
    everyone = [one for one in work.staff.everyone() if one.may("desk.answer") and not one.disabled]
    shown = [one for one in everyone if one.id in loads or _meet(reader, one)]
    people = (Person(one, one.id in present, loads.get(one.id)) for one in shown)
    return tuple(sorted(people, key=lambda person: person.staff.name.casefold()))


def _meet(one: Staff, other: Staff) -> bool:
    pairs = ((one.speakers, other.speakers), (one.creditors, other.creditors))
    return all(left is None or right is None or set(left) & set(right) for left, right in pairs)


def _longest(cases: Iterable[CaseState]) -> tuple[CaseState, ...]:
    """Those whose borrower waits first; whoever has been answered comes last."""
    order = sorted(cases, key=lambda case: (case.waiting_since is None, case.waiting_since or case.opened_at))
    return tuple(order[:SHOWN])


def _by_hour(waited: Iterable[Waited], zone: tzinfo, now: datetime) -> tuple[HourOfDay, ...]:
    hours: dict[int, list[Waited]] = {hour: [] for hour in range(24)}
    for case in waited:
        hours[case.opened_at.astimezone(zone).hour].append(case)
    return tuple(_hour(hour, cases, now) for hour, cases in hours.items())


def _hour(hour: int, cases: Sequence[Waited], now: datetime) -> HourOfDay:
    waits = [case.answered_at - case.opened_at for case in cases if case.answered_at]
    return HourOfDay(
        hour=hour,
        opened=len(cases),
        answered=len(waits),
        missed=sum(1 for case in cases if _missed(case, now)),
        median_wait=timedelta(seconds=median(wait.total_seconds() for wait in waits)) if waits else None,
        longest_wait=max(waits, default=None),
    )


def _missed(case: Waited, now: datetime) -> bool:
    """Whether the first answer came after its deadline, or has not come though it is past."""
    ended = case.answered_at or case.closed_at or now
    return case.answer_by is not None and ended > case.answer_by


def _satisfaction(asked: Sequence[Survey], reader: Staff) -> Satisfaction:
    theirs = [survey for survey in asked if reader.covers(survey.speaker, survey.creditor)]
    scores = {score: sum(1 for survey in theirs if survey.score == score) for score in range(1, 6)}
    return Satisfaction(len(theirs), scores)
