"""Office hours in the desk's own time zone: spans, weekends, holidays, night shifts, clock changes."""

from datetime import UTC, datetime, time

from bot.desk.hours import opening
from bot.lending.policy_rules import OfficeHours, OpenSpan, Weekday

WEEK: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")


def office(
    zone: str = "Asia/Shanghai", opens: time = time(8, 30), closes: time = time(18), **more: str
) -> OfficeHours:
    return OfficeHours(time_zone=zone, spans=(OpenSpan(days=WEEK, opens=opens, closes=closes),), **more)


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
