"""When people are at the desk: whether it is open now, and when it opens next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from bot.lending.policy_rules import OfficeHours

# Holidays in a row and a closed weekend are shorter; a desk without any opening in this time has none.
LOOK_AHEAD_DAYS = 31
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Opening:
    """`next` is the next opening, in the desk's time zone; None while open, or when no day ahead is open."""

    open_now: bool
    next: datetime | None


def opening(hours: OfficeHours, at: datetime) -> Opening:
    """Whether the desk is open at `at` (aware), and from when it is if not."""
    here = at.astimezone(ZoneInfo(hours.time_zone))
    starts = []
    for start, end in _spans_from(hours, here.date()):
        if start <= here < end:
            return Opening(True, None)
        if start > here:
            starts.append(start)
    return Opening(False, min(starts, default=None))


def _spans_from(hours: OfficeHours, first: date) -> Iterator[tuple[datetime, datetime]]:
    # From the day before: a night shift ends on the day after it began.
    for ahead in range(-1, LOOK_AHEAD_DAYS):
        yield from _spans_on(hours, first + timedelta(days=ahead))


def _spans_on(hours: OfficeHours, day: date) -> Iterator[tuple[datetime, datetime]]:
    if hours.holidays and day in _holidays(hours.holidays):
        return
    zone = ZoneInfo(hours.time_zone)
    for span in hours.spans:
        if WEEKDAYS[day.weekday()] in span.days:
            last = day if span.opens < span.closes else day + timedelta(days=1)
            yield _moment(day, span.opens, zone), _moment(last, span.closes, zone)


def _moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone)


@lru_cache(maxsize=64)
def _holidays(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country)
