"""Arithmetic that both date grammars share: the next 15th, the Friday of next week, the last day of March."""

from calendar import monthrange
from datetime import date, timedelta


def make(year: int, month: int, day: int) -> date | None:
    """The date, or None when there is no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def month_shifted(today: date, months: int) -> tuple[int, int]:
    """Year and month, so many months from `today`'s."""
    index = today.year * 12 + today.month - 1 + months
    return index // 12, index % 12 + 1


def day_of_month(today: date, day: int, months: int = 0) -> date | None:
    """That day of the month which is `months` away; a day that the month lacks becomes its last."""
    year, month = month_shifted(today, months)
    return make(year, month, min(day, monthrange(year, month)[1])) if 1 <= day <= 31 else None


def next_day(today: date, day: int) -> date | None:
    """The first such day of a month, today or later."""
    here = day_of_month(today, day)
    return here if here is None or here >= today else day_of_month(today, day, 1)


def day_in_month(today: date, month: int, day: int, *, past: bool = False) -> date | None:
    """The next such day of the year, or with `past` the last one."""
    if not 1 <= month <= 12:
        return None
    last = day == 0
    years = (today.year, today.year - 1) if past else (today.year, today.year + 1, today.year + 2)
    for year in years:
        found = make(year, month, monthrange(year, month)[1] if last else day)
        if found and (found <= today if past else found >= today):
            return found
    return None


def last_of_month(today: date, months: int = 0) -> date:
    year, month = month_shifted(today, months)
    return date(year, month, monthrange(year, month)[1])


def weekday(today: date, day: int, weeks: int | None = None) -> date:
    """Monday is 0; the next one after today, or the one in the week that is `weeks` away."""
    if weeks is None:
        return today + timedelta((day - today.weekday() - 1) % 7 + 1)
    return today + timedelta(day - today.weekday() + 7 * weeks)


def full_year(year: int, today: date) -> int:
    """A year of two digits as the last such one that is not in the future by more than ten years."""
    if year >= 100:
        return year
    century = today.year // 100 * 100
    return century + year if century + year <= today.year + 10 else century - 100 + year
