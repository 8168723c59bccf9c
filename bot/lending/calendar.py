"""When instalments fall due: near payday, on working days, never two of a monthly plan in one calendar month."""

import calendar as months
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

import holidays

from bot.errors import BotError

Every = Literal["weekly", "fortnightly", "monthly"]
# A salary or a transfer can take two days to arrive.
DAYS_AFTER_PAYDAY = 2
# Nobody is asked to pay on the day after agreeing.
LEAST_NOTICE_DAYS = 3
# Where payday is not known, the first instalment is two weeks away.
DEFAULT_NOTICE_DAYS = 14


class UnknownCountry(BotError):
    """No calendar of public holidays is known for this code."""

    def __init__(self, code: str) -> None:
        super().__init__(f"no public holidays are known for {code!r}")
        self.code = code


@lru_cache(maxsize=4096)
def _works(code: str, day: date) -> bool:
    with warnings.catch_warnings():
        # Past the years for which movable holidays are published, the fixed ones and weekends still count.
        warnings.simplefilter("ignore")
        return _country(code).is_working_day(day)


@lru_cache(maxsize=64)
def _country(code: str) -> holidays.HolidayBase:
    country, _, subdivision = code.partition("-")
    try:
        return holidays.country_holidays(country, subdiv=subdivision or None)
    except NotImplementedError as error:
        raise UnknownCountry(code) from error


def is_business_day(day: date, country: str) -> bool:
    """Whether banks work on `day` in `country` (ISO 3166 code, "US-CA" with a subdivision).

    Weekend days that a government declares working days count as such.
    """
    return _works(country, day)


def is_public_holiday(day: date, country: str) -> bool:
    """Whether `day` is a public holiday in `country`; weekends are none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return day in _country(country)


def business_day(day: date, country: str) -> date:
    """`day`, or the next business day; the one before if the next is in another month."""
    later = _nearest(day, country, 1)
    return later if later.month == day.month else _nearest(day, country, -1)


def _nearest(day: date, country: str, step: int) -> date:
    while not _works(country, day):
        day += timedelta(days=step)
    return day


def on_day(year: int, month: int, day: int) -> date:
    """The `day` of a month, or the month's last day where it is shorter."""
    return date(year, month, min(day, months.monthrange(year, month)[1]))


def add_months(day: date, count: int, day_of_month: int | None = None) -> date:
    """`day` moved by whole months, on `day_of_month` (its own unless given) or the month's last day."""
    index = day.year * 12 + day.month - 1 + count
    return on_day(index // 12, index % 12 + 1, day_of_month or day.day)


def due_day(payday: int) -> int:
    """The day of the month on which instalments fall due for somebody paid on `payday` (1 to 31)."""
    shifted = payday + DAYS_AFTER_PAYDAY
    return shifted if shifted <= 31 else shifted - 31


@dataclass(frozen=True, slots=True)
class Start:
    """Where a schedule begins: the first nominal day, and the day of the month that it keeps to."""

    day: date
    day_of_month: int


def first_due(today: date, payday: int | None, country: str) -> Start:
    """The first due day after `today` with enough notice, just after payday where that is known."""
    if payday is None:
        day = today + timedelta(days=DEFAULT_NOTICE_DAYS)
        return Start(day, day.day)
    wanted = due_day(payday)
    month = 0
    while True:
        day = add_months(today, month, wanted)
        if (business_day(day, country) - today).days >= LEAST_NOTICE_DAYS:
            return Start(day, wanted)
        month += 1


def due_dates(start: Start, every: Every, count: int, country: str) -> list[date]:
    """`count` business days from `start`, each later than the one before."""
    dates: list[date] = []
    for nominal in _nominal(start, every, count):
        day = business_day(nominal, country)
        if dates and day <= dates[-1]:  # a week of holidays pushed two weekly dates together
            day = _nearest(dates[-1] + timedelta(days=1), country, 1)
        dates.append(day)
    return dates


def _nominal(start: Start, every: Every, count: int) -> Iterator[date]:
    if every == "monthly":
        for number in range(count):
            yield add_months(start.day, number, start.day_of_month)
        return
    step = timedelta(weeks=1 if every == "weekly" else 2)
    for number in range(count):
        yield start.day + step * number
