"""A reminder comes in the morning, where the borrower lives, before a date that is not paid yet."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lending.payments import Promise
from bot.lending.reminders import coming_up, next_reminder, promise_reminder
from tests.lending.test_standing import FIRST, PLAN, due, yuan

ZONE = ZoneInfo("Asia/Shanghai")
SOON = datetime(2026, 1, 20, tzinfo=UTC)


def test_it_comes_at_ten_where_the_borrower_lives() -> None:
    assert next_reminder(PLAN, 3, ZONE, SOON) == datetime(2026, 1, 29, 2, tzinfo=UTC)


def test_what_is_paid_is_not_reminded_of() -> None:
    assert next_reminder(replace(PLAN, paid=yuan(500)), 3, ZONE, SOON) == datetime(2026, 2, 28, 2, tzinfo=UTC)
    assert next_reminder(replace(PLAN, paid=yuan(2000)), 3, ZONE, SOON) is None


@pytest.mark.parametrize(
    ("today", "near"),
    [(date(2026, 1, 28), None), (date(2026, 1, 29), FIRST), (FIRST, FIRST), (date(2026, 2, 2), None)],
)
def test_a_date_is_near_from_the_reminder_until_its_day(today: date, near: date | None) -> None:
    assert coming_up(PLAN, 3, today) == near


@given(st.integers(0, 180 * 24), st.integers(1, 14), st.integers(0, 2100))
def test_every_reminder_has_a_date_to_tell_of(hours: int, days: int, paid: int) -> None:
    plan, now = replace(PLAN, paid=yuan(paid)), SOON + timedelta(hours=hours - 1000)
    at = next_reminder(plan, days, ZONE, now)
    if at is None:
        assert all(due - timedelta(days=days) <= now.date() + timedelta(days=1) for _, due in plan.still_to_pay())
        return
    there = at.astimezone(ZONE)
    assert at > now
    assert (there.hour, there.minute) == (10, 0)
    assert coming_up(plan, days, there.date()) in {due(number) for number in (1, 2, 3, 4)}


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (datetime(2026, 1, 20, tzinfo=UTC), datetime(2026, 1, 29, 2, tzinfo=UTC)),
        (datetime(2026, 1, 29, 3, tzinfo=UTC), datetime(2026, 1, 30, 2, tzinfo=UTC)),
        (datetime(2026, 2, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, 2, tzinfo=UTC)),
        (datetime(2026, 2, 1, 3, tzinfo=UTC), None),
    ],
)
def test_a_promise_is_told_of_days_before_or_as_soon_as_there_is_a_morning(
    now: datetime, told: datetime | None
) -> None:
    promise = Promise("a promise", "an account", "a borrower", yuan(100), date(2026, 2, 1), SOON)
    assert promise_reminder(promise, 3, ZONE, now) == told
