"""The one clock. Whoever needs the time is given a Clock; nobody asks the system."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Protocol
from zoneinfo import ZoneInfo, available_timezones


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is moved; for tests, the demo and replays."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("a clock needs an aware datetime")
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def advance(self, by: timedelta) -> None:
        self._at += by

    def set(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)


@cache
def time_zones() -> frozenset[str]:
    """Every name of the IANA database; the files are looked through once."""
    return frozenset(available_timezones())


def local_date(clock: Clock, time_zone: str) -> date:
    """Today's date where `time_zone` (an IANA name) is kept."""
    return clock.now().astimezone(ZoneInfo(time_zone)).date()
