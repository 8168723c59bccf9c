"""When people are at the desk: whether it is open now, when it opens next, and working time added to an instant."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.lending.calendar import is_public_holiday
from bot.lending.policy_hours import OfficeHours
from bot.lending.policy_rules import WEEKDAYS, Hours

# Holidays in a row and a closed weekend are shorter; a desk without any opening in this time has none.
LOOK_AHEAD_DAYS = 31
# The working time of a deadline is hours, or days: a desk that is open once a week still gets there.
_LONGEST_DAYS = 400


@dataclass(frozen=True, slots=True)
class Opening:
    """`next` is the next opening, in the desk's time zone; None while open, or when no day ahead is open."""

    open_now: bool
    next: datetime | None


@dataclass(frozen=True, slots=True)
class Span:
    """Open from `start` until before `end`, both in UTC."""

    start: datetime
    end: datetime


def opening(hours: OfficeHours, at: datetime) -> Opening:
    """Whether the desk is open at `at` (aware), and from when it is if not."""
    span = next(open_spans(hours, at, LOOK_AHEAD_DAYS), None)
    if span is None:
        return Opening(False, None)
    if span.start <= at:
        return Opening(True, None)
    return Opening(False, span.start.astimezone(ZoneInfo(hours.time_zone)))


def add_working_time(hours: OfficeHours, at: datetime, span: timedelta) -> datetime:
    """The instant (UTC) by which the desk will have been open for `span` after `at` (aware).

    For a desk that is not open so much within a year the clock alone counts.
    """
    left = span
    for opened in open_spans(hours, at, _LONGEST_DAYS):
        start = max(opened.start, at)
        if opened.end - start >= left:
            return start + left if left else at.astimezone(UTC)
        left -= opened.end - start
    return at.astimezone(UTC) + span


def open_spans(hours: OfficeHours, at: datetime, days: int) -> Iterator[Span]:
    """What is open at or after `at`, in order and without overlap, looking so many days ahead."""
    zone = ZoneInfo(hours.time_zone)
    first = at.astimezone(zone).date()
    last: Span | None = None
    # From the day before: a night shift ends on the day after it began.
    for ahead in range(-1, days):
        for span in sorted(_spans_on(hours, first + timedelta(days=ahead), zone), key=lambda one: one.start):
            if last and span.start <= last.end:
                last = Span(last.start, max(last.end, span.end))
                continue
            if last and last.end > at:
                yield last
            last = span
    if last and last.end > at:
        yield last


def _spans_on(hours: OfficeHours, day: date, zone: ZoneInfo) -> Iterator[Span]:
    for span in _hours_of(hours, day):
        last = day if span.opens < span.closes else day + timedelta(days=1)
        start, end = _moment(day, span.opens, zone), _moment(last, span.closes, zone)
        if start < end:  # clocks that are put forward may leave nothing of it
            yield Span(start, end)


def _hours_of(hours: OfficeHours, day: date) -> list[Hours]:
    special: list[Hours] = [one for one in hours.special if one.day == day]
    if special:
        return special
    if day in hours.closed or (hours.holidays and is_public_holiday(day, hours.holidays)):
        return []
    return [span for span in hours.spans if WEEKDAYS[day.weekday()] in span.days]


def _moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)
