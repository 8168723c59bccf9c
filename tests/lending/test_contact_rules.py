"""When a borrower may be written to unasked: their own hours and days, the caps, holds first."""

from datetime import UTC, date, datetime, time, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.lending.calendar import is_public_holiday
from bot.lending.contact_rules import Held, Never, NotBefore, Now, Preference, may_contact, preferred
from bot.lending.holds import Hold, HoldReason
from bot.lending.policy_rules import WEEKDAYS, Cap, ContactRules, Hours, Weekday

ZONES = ["Asia/Shanghai", "Asia/Taipei", "America/New_York", "America/Chicago", "Europe/London", "Asia/Kolkata"]
EIGHT_TO_SEVEN = Hours(opens=time(8), closes=time(19))
HOLD = Hold(
    "h1", "borrower", "b1", "stop_contact", "reminders", datetime(2026, 11, 1, tzinfo=UTC), None, ("borrower",)
)

START = datetime(2025, 1, 1, tzinfo=UTC)
moments = st.integers(0, 3 * 365 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes, seconds=7))
spans = st.tuples(st.times(), st.times()).filter(lambda pair: pair[0] < pair[1])
rules = st.builds(
    ContactRules,
    hours=spans.map(lambda pair: Hours(opens=pair[0], closes=pair[1])),
    days=st.lists(st.sampled_from(WEEKDAYS), min_size=1, unique=True).map(tuple),
    on_holidays=st.booleans(),
    caps=st.lists(st.builds(Cap, most=st.integers(1, 4), per_days=st.integers(1, 10)), max_size=3).map(tuple),
)
earlier = st.lists(st.integers(0, 20 * 24 * 60), max_size=12)


@settings(max_examples=300)
@given(moments, st.sampled_from(ZONES), rules, earlier, st.sampled_from(["CN", "US", "GB"]))
def test_whatever_is_allowed_keeps_every_rule(
    now: datetime, zone: str, rule: ContactRules, minutes: list[int], country: str
) -> None:
    sent = [now - timedelta(minutes=ago) for ago in minutes]
    answer = may_contact(now, zone, rule, country, sent, [])
    # Every day has its opening, so that no set of hours, days and caps leaves nothing.
    assert isinstance(answer, Now | NotBefore)
    at = answer.at if isinstance(answer, NotBefore) else now
    assert at >= now
    assert isinstance(answer, Now) == (at == now)
    assert _allowed(at, zone, rule, sent, country)


@settings(max_examples=150)
@given(moments, st.sampled_from(ZONES), rules, earlier)
def test_nothing_earlier_would_have_been_allowed(
    now: datetime, zone: str, rule: ContactRules, minutes: list[int]
) -> None:
    sent = [now - timedelta(minutes=ago) for ago in minutes]
    answer = may_contact(now, zone, rule, "CN", sent, [])
    if isinstance(answer, NotBefore):
        wait = answer.at - now
        for part in range(50):
            assert not _allowed(now + wait * part / 50, zone, rule, sent, "CN")


def _allowed(at: datetime, zone: str, rule: ContactRules, sent: list[datetime], country: str) -> bool:
    local = at.astimezone(ZoneInfo(zone))
    in_hours = rule.hours.opens <= local.time() < rule.hours.closes and WEEKDAYS[local.weekday()] in rule.days
    on_day = rule.on_holidays or not is_public_holiday(local.date(), country)
    capped = all(sum(at - timedelta(days=cap.per_days) < s for s in sent) < cap.most for cap in rule.caps)
    return in_hours and on_day and capped


@given(moments, st.sampled_from(ZONES), rules, st.sampled_from(get_args(HoldReason)))
def test_a_hold_comes_before_every_other_rule(
    now: datetime, zone: str, rule: ContactRules, reason: HoldReason
) -> None:
    assert may_contact(now, zone, rule, "CN", [], [HOLD]) == Held(HOLD)


@pytest.mark.parametrize(
    ("at", "zone", "wait"),
    [
        ("2026-11-21T02:29:00+00:00", "Asia/Kolkata", "2026-11-21T02:30:00+00:00"),
        ("2026-11-21T02:30:00+00:00", "Asia/Kolkata", None),
        ("2026-11-21T13:30:00+00:00", "Asia/Kolkata", "2026-11-22T02:30:00+00:00"),
        # The day on which New York's clocks go back: 8:00 is an hour later in UTC than the day before.
        ("2026-11-01T12:30:00+00:00", "America/New_York", "2026-11-01T13:00:00+00:00"),
    ],
)
def test_the_hours_are_those_of_the_borrower_s_clock(at: str, zone: str, wait: str | None) -> None:
    now = datetime.fromisoformat(at)
    answer = may_contact(now, zone, ContactRules(hours=EIGHT_TO_SEVEN), "IN", [], [])
    assert answer == (NotBefore(datetime.fromisoformat(wait)) if wait else Now())


def test_a_cap_waits_until_its_span_has_passed() -> None:
    now = datetime(2026, 11, 20, 6, tzinfo=UTC)
    rule = ContactRules(hours=EIGHT_TO_SEVEN, caps=(Cap(most=1, per_days=2),))
    sent = [now - timedelta(hours=20)]
    assert may_contact(now, "Asia/Shanghai", rule, "CN", sent, []) == NotBefore(now + timedelta(hours=28))


def test_a_public_holiday_is_kept() -> None:
    spring_festival = date(2026, 2, 17)
    now = datetime(2026, 2, 17, 4, tzinfo=UTC)
    rule = ContactRules(hours=EIGHT_TO_SEVEN, on_holidays=False)
    answer = may_contact(now, "Asia/Shanghai", rule, "CN", [], [])
    assert isinstance(answer, NotBefore)
    assert answer.at.date() > spring_festival


def test_rules_that_leave_no_moment_say_so() -> None:
    now = datetime(2026, 11, 20, 6, tzinfo=UTC)
    night = Hours(opens=time(2, 10), closes=time(2, 20))
    rule = ContactRules(hours=night, days=("sun",), caps=(Cap(most=1, per_days=366),))
    sent = [now + timedelta(days=300)]
    assert isinstance(may_contact(now, "Europe/London", rule, "GB", sent, []), Never)


hour_spans = spans.map(lambda pair: Hours(opens=pair[0], closes=pair[1]))
weekdays = st.lists(st.sampled_from(WEEKDAYS), unique=True).map(tuple)


@given(hour_spans, st.none() | hour_spans, weekdays)
def test_a_wish_only_ever_narrows_the_rules(hours: Hours, wished: Hours | None, days: tuple[Weekday, ...]) -> None:
    rules = ContactRules(hours=hours, days=("mon", "tue", "wed", "thu", "fri"), caps=(Cap(most=1, per_days=1),))
    narrowed = preferred(rules, Preference("b1", wished, days, START))
    if narrowed is None:
        no_hour = wished is not None and max(wished.opens, hours.opens) >= min(wished.closes, hours.closes)
        assert no_hour or not set(days) & set(rules.days)
        return
    assert narrowed.hours.within(hours)
    assert wished is None or narrowed.hours.within(wished)
    assert set(narrowed.days) <= set(rules.days)
    assert not days or set(narrowed.days) <= set(days)
    assert narrowed.caps == rules.caps


def test_no_wish_changes_nothing() -> None:
    rules = ContactRules(hours=Hours(opens=time(8), closes=time(20)))
    assert preferred(rules, None) is rules
