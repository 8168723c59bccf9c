"""When a borrower who wished for it is reminded of an instalment or promise: days before, in their morning."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.lending.payments import Promise
from bot.lending.plans import Agreement

# Kinds of work for later; their key is the plan's id, or the promise's.
INSTALMENT_REMINDER = "instalment_reminder"
INSTALMENT_MISSED = "instalment_missed"
PROMISE_REMINDER = "promise_reminder"
MORNING = time(10)


def next_reminder(plan: Agreement, days_before: int, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The first moment (UTC) still ahead at which an unpaid instalment is to be told of; None: no more."""
    mornings = (_morning(due - timedelta(days=days_before), zone) for _, due in plan.still_to_pay())
    return next((at for at in mornings if at > now), None)


def promise_reminder(promise: Promise, days_before: int, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The morning (UTC) on which a promise is told of; nearer to its day where time is short; None: too late."""
    mornings = (_morning(promise.due - timedelta(days=days), zone) for days in range(days_before, -1, -1))
    return next((at for at in mornings if at > now), None)


def _morning(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, MORNING, zone).astimezone(UTC)


def coming_up(plan: Agreement, days_before: int, today: date) -> date | None:
    """The due date of the unpaid instalment that is so near that a reminder of it is due; None: none is."""
    near = (due for _, due in plan.still_to_pay() if today <= due <= today + timedelta(days=days_before))
    return next(near, None)
