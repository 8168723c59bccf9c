"""Due dates: near payday, on working days, and monthly ones never twice in a calendar month."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lending.calendar import (
    LEAST_NOTICE_DAYS,
    Every,
    Start,
    UnknownCountry,
    add_months,
    business_day,
    due_dates,
    due_day,
    first_due,
    is_business_day,
)

days = st.dates(date(2025, 1, 1), date(2034, 12, 31))
countries = st.sampled_from(["CN", "TW", "US", "GB", "IN"])


def test_a_declared_working_sunday_is_a_business_day() -> None:
    assert is_business_day(date(2026, 2, 14), "CN")  # Saturday worked in for Spring Festival
    assert not is_business_day(date(2026, 2, 17), "CN")


def test_no_calendar_is_guessed_for_an_unknown_country() -> None:
    with pytest.raises(UnknownCountry, match="XX"):
        is_business_day(date(2026, 1, 5), "XX")


def test_two_days_after_a_payday_on_the_8th_is_the_10th() -> None:
    start = first_due(date(2026, 11, 21), 8, "CN")
    assert due_dates(start, "monthly", 3, "CN") == [date(2026, 12, 10), date(2027, 1, 11), date(2027, 2, 11)]


def test_the_31st_becomes_the_last_business_day_of_shorter_months() -> None:
    dates = due_dates(Start(date(2027, 1, 31), 31), "monthly", 4, "GB")
    # 31 January is a Sunday and 28 February too: both go back rather than into the next month.
    assert dates == [date(2027, 1, 29), date(2027, 2, 26), date(2027, 3, 31), date(2027, 4, 30)]


@pytest.mark.parametrize(("payday", "due"), [(1, 3), (28, 30), (29, 31), (30, 1), (31, 2)])
def test_the_due_day_follows_payday_into_the_next_month(payday: int, due: int) -> None:
    assert due_day(payday) == due


def test_a_month_added_to_the_31st_stays_in_the_month() -> None:
    assert add_months(date(2027, 1, 31), 1) == date(2027, 2, 28)
    assert add_months(date(2027, 2, 28), 1, 31) == date(2027, 3, 31)


@given(day=days, country=countries)
def test_a_business_day_is_near_open_and_in_the_same_month(day: date, country: str) -> None:
    found = business_day(day, country)
    assert is_business_day(found, country)
    assert found.month == day.month
    assert abs(found - day) <= timedelta(days=14)


@given(today=days, payday=st.one_of(st.none(), st.integers(1, 31)), country=countries)
def test_the_first_due_date_gives_notice_and_comes_within_the_policys_45_days(
    today: date, payday: int | None, country: str
) -> None:
    (first,) = due_dates(first_due(today, payday, country), "monthly", 1, country)
    assert LEAST_NOTICE_DAYS <= (first - today).days <= 45


@given(today=days, payday=st.integers(1, 31), country=countries, count=st.integers(1, 60))
def test_monthly_dates_fall_once_in_each_calendar_month(today: date, payday: int, country: str, count: int) -> None:
    dates = due_dates(first_due(today, payday, country), "monthly", count, country)
    months = [day.year * 12 + day.month for day in dates]
    assert months == list(range(months[0], months[0] + count))


@given(today=days, every=st.sampled_from(["weekly", "fortnightly"]), country=countries, count=st.integers(2, 60))
def test_weekly_dates_grow_and_stay_near_their_week(today: date, every: Every, country: str, count: int) -> None:
    start = first_due(today, None, country)
    dates = due_dates(start, every, count, country)
    step = timedelta(weeks=1 if every == "weekly" else 2)
    assert all(later > earlier for earlier, later in pairwise(dates))
    assert all(is_business_day(day, country) for day in dates)
    assert all(abs(day - (start.day + step * n)) <= timedelta(days=14) for n, day in enumerate(dates))
