"""Whether a borrower may be written to now, unasked. Answers to what they wrote are never held back here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.lending.calendar import is_public_holiday
from bot.lending.holds import Hold, stopping
from bot.lending.policy_rules import WEEKDAYS, Cap, ContactRules, Hours, Weekday

LOOK_AHEAD = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Now:
    """It may be sent."""


@dataclass(frozen=True, slots=True)
class NotBefore:
    """It must wait until `at` (UTC), and be asked about again then."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """A hold stops it for as long as the hold is in force."""

    hold: Hold


@dataclass(frozen=True, slots=True)
class Never:
    """The rules leave no moment within the next year."""


Answer = Now | NotBefore | Held | Never


def may_contact(
    now: datetime,
    time_zone: str,
    rules: ContactRules,
    holidays: str,
    sent: Sequence[datetime],
    holds: Iterable[Hold],
) -> Answer:
    """Whether an unasked message may go to a borrower in `time_zone` at `now`.

    `sent` are the times of earlier unasked messages to the same person; `holidays` is the country whose
    public holidays they keep.
    """
    if hold := stopping(holds, "reminders"):
        return Held(hold)
    zone, earlier = ZoneInfo(time_zone), sorted(sent)
    at, limit = now, now + LOOK_AHEAD
    while at <= limit:
        later = _when_open(_under_caps(at, rules.caps, earlier), zone, rules, holidays)
        if later == at:
            return Now() if at == now else NotBefore(at)
        at = later
    return Never()


def _under_caps(at: datetime, caps: Sequence[Cap], sent: Sequence[datetime]) -> datetime:
    """The first moment from `at` on at which one more message keeps within every cap."""
    for cap in caps:
        span = timedelta(days=cap.per_days)
        counted = [moment for moment in sent if moment > at - span]
        if len(counted) >= cap.most:
            at = max(at, counted[-cap.most] + span)
    return at


def _when_open(at: datetime, zone: ZoneInfo, rules: ContactRules, holidays: str) -> datetime:
    """`at` if it lies in contact hours; else the next opening, or the next midnight to look again from."""
    local = at.astimezone(zone)
    day, clock = local.date(), local.time()
    open_today = WEEKDAYS[day.weekday()] in rules.days
    open_today = open_today and (rules.on_holidays or not is_public_holiday(day, holidays))
    if open_today and rules.hours.opens <= clock < rules.hours.closes:
        return at
    if open_today and clock < rules.hours.opens:
        opening = datetime.combine(day, rules.hours.opens, zone)
    else:
        opening = datetime.combine(day + timedelta(days=1), datetime.min.time(), zone)
    opening = opening.astimezone(UTC)
    # Clocks that are put back repeat an hour; time must still go forward.
    return opening if opening > at else at + timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Preference:
    """When a borrower wants to be written to, by their own clock; empty days: any day."""

    borrower_id: str
    hours: Hours | None
    days: tuple[Weekday, ...]
    stated_at: datetime


def preferred(rules: ContactRules, preference: Preference | None) -> ContactRules | None:
    """The rules narrowed to what the borrower wants; None when the two leave no hour or no day."""
    if preference is None:
        return rules
    hours = rules.hours
    if preference.hours is not None:
        opens = max(hours.opens, preference.hours.opens)
        closes = min(hours.closes, preference.hours.closes)
        if opens >= closes:
            return None
        hours = Hours(opens=opens, closes=closes)
    days = tuple(day for day in rules.days if not preference.days or day in preference.days)
    return rules.model_copy(update={"hours": hours, "days": days}) if days else None
