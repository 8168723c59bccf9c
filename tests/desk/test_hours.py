"""Office hours in the desk's own time zone: spans, weekends, holidays, days of their own, clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.conversations.telling import told_when
from bot.desk.hours import add_working_time, open_spans, opening
from bot.dialogue.messages import DayMonth, Label
from bot.lending.policy_hours import OfficeHours, OpenSpan, SpecialDay
from bot.lending.policy_rules import WEEKDAYS, Weekday

WEEK: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")


def office(
    zone: str = "Asia/Shanghai", opens: time = time(8, 30), closes: time = time(18), **more: object
) -> OfficeHours:
    spans = (OpenSpan(days=WEEK, opens=opens, closes=closes),)
    return OfficeHours.model_validate({"time_zone": zone, "spans": spans, **more})


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_open_until_the_minute_of_closing() -> None:
    assert opening(office(), at(20, 0, 30)).open_now  # Friday 08:30 in Shanghai
    assert opening(office(), at(20, 9, 59)).open_now
    assert not opening(office(), at(20, 10, 0)).open_now


def test_after_friday_comes_monday() -> None:
    found = opening(office(), at(20, 10, 0))
    assert found.next is not None
    assert found.next.isoformat() == "2026-11-23T08:30:00+08:00"


def test_early_in_the_day_opens_today() -> None:
    found = opening(office(), at(19, 23, 0))  # Friday 07:00 in Shanghai
    assert found.next is not None
    assert found.next.isoformat() == "2026-11-20T08:30:00+08:00"


def test_holidays_are_skipped() -> None:
    found = opening(office("America/New_York", holidays="US"), at(25, 23))  # the eve of Thanksgiving
    assert found.next is not None
    assert found.next.date().isoformat() == "2026-11-27"
    assert not opening(office("America/New_York", holidays="US"), at(26, 16)).open_now


def test_the_clock_change_moves_with_the_office() -> None:
    before, after = (
        opening(office("Europe/London"), at(23, 7, month=10)),
        opening(office("Europe/London"), at(26, 7, month=10)),
    )
    assert before.next is not None
    assert after.next is not None
    assert (before.next.astimezone(UTC).hour, after.next.astimezone(UTC).hour) == (7, 8)


def test_days_of_the_offices_own_are_closed_or_open_as_it_says() -> None:
    monday = date(2026, 11, 23)
    saturday = SpecialDay(day=date(2026, 11, 21), opens=time(10), closes=time(12))
    hours = office(closed=(monday,), special=(saturday,))
    first, second = opening(hours, at(20, 10, 0)), opening(hours, at(21, 4))
    assert [found.next.isoformat() for found in (first, second) if found.next] == [
        "2026-11-21T10:00:00+08:00",
        "2026-11-24T08:30:00+08:00",
    ]
    with pytest.raises(ValidationError, match="2026-11-23 stands in closed and in special"):
        office(closed=(monday,), special=(SpecialDay(day=monday, opens=time(10), closes=time(12)),))


def test_a_holiday_with_hours_of_its_own_is_open() -> None:
    eve = SpecialDay(day=date(2026, 12, 25), opens=time(9), closes=time(12))
    assert opening(office("Europe/London", holidays="GB", special=(eve,)), at(25, 10, month=12)).open_now


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Asia/Shanghai", Label("utter_day_and_time", {"day": DayMonth(date(2026, 11, 23)), "time": time(8, 30)})),
        ("America/New_York", Label("utter_tomorrow_and_time", {"time": time(19, 30)})),
    ],
)
def test_the_next_opening_is_told_by_the_borrowers_own_clock(zone: str, said: Label) -> None:
    saturday_evening = at(21, 14)  # 22:00 in Shanghai, 09:00 in New York
    opens = opening(office(), saturday_evening).next
    assert opens is not None
    assert told_when(opens, saturday_evening, ZoneInfo(zone)) == said
    here = opens.astimezone(ZoneInfo(zone))
    assert told_when(opens, opens - timedelta(minutes=1), ZoneInfo(zone)) == here.time()


def test_a_night_in_the_repeated_hour_counts_it_twice() -> None:
    night = OfficeHours(time_zone="Europe/London", spans=(OpenSpan(days=("sun",), opens=time(0), closes=time(4)),))
    ends = add_working_time(night, at(24, 23, month=10), timedelta(hours=5))  # clocks go back on the 25th
    assert ends == at(25, 4, month=10)


spans = st.builds(
    lambda opens, minutes, days: OpenSpan(days=tuple(days), opens=opens, closes=_later(opens, minutes)),
    st.times(max_value=time(23, 0)).map(lambda moment: moment.replace(second=0, microsecond=0)),
    st.integers(1, 600),
    st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=7, unique=True),
)
desks = st.builds(
    lambda zone, some, closed, country: OfficeHours(
        time_zone=zone, spans=tuple(some), closed=tuple(closed), holidays=country
    ),
    st.sampled_from(["Asia/Shanghai", "Europe/London", "America/New_York", "Australia/Lord_Howe", "UTC"]),
    st.lists(spans, min_size=1, max_size=3),
    st.lists(st.dates(date(2026, 10, 1), date(2026, 11, 30)), max_size=3),
    st.sampled_from([None, "GB", "CN"]),
)
moments = st.integers(0, 60 * 24 * 270).map(lambda minutes: at(1, 0, month=3) + timedelta(minutes=minutes))
times = st.integers(0, 60 * 60).map(lambda minutes: timedelta(minutes=minutes))


def _later(opens: time, minutes: int) -> time:
    total = min(opens.hour * 60 + opens.minute + minutes, 24 * 60 - 1)
    return time(total // 60, total % 60)


@settings(max_examples=150, deadline=None)
@given(desks, moments, times, times)
def test_working_time_is_the_time_that_was_open(
    hours: OfficeHours, at: datetime, first: timedelta, more: timedelta
) -> None:
    ends = add_working_time(hours, at, first)
    opened = list(open_spans(hours, at, 400))
    assert all(one.end < other.start for one, other in pairwise(opened))
    if sum((span.end - max(span.start, at) for span in opened), timedelta()) < first + more:
        return  # the clock alone counts
    worked = (min(span.end, ends) - max(span.start, at) for span in opened if span.start < ends)
    assert ends >= at
    assert sum(worked, timedelta()) == first
    assert add_working_time(hours, ends, more) == add_working_time(hours, at, first + more)


@settings(max_examples=100, deadline=None)
@given(desks, moments)
def test_what_opens_next_is_open_and_nothing_before_it_is(hours: OfficeHours, at: datetime) -> None:
    found = opening(hours, at)
    if found.next is None:
        return
    assert opening(hours, found.next).open_now
    assert not opening(hours, found.next - timedelta(microseconds=1)).open_now
    assert not opening(hours, at + (found.next - at) / 2).open_now
