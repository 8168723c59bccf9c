"""When a borrower who wished for it is reminded of an instalment: days before, in the morning where they live."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.lending.plans import Agreement

# Kinds of work for later; their key is the plan's id.
INSTALMENT_REMINDER = "instalment_reminder"
INSTALMENT_MISSED = "instalment_missed"
MORNING = time(10)


def next_reminder(plan: Agreement, days_before: int, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The first moment (UTC) still ahead at which an unpaid instalment is to be told of; None: no more."""
    for _, due in plan.still_to_pay():
        at = datetime.combine(due - timedelta(days=days_before), MORNING, zone).astimezone(UTC)
        if at > now:
            return at
    return None


def coming_up(plan: Agreement, days_before: int, today: date) -> date | None:
    """The due date of the unpaid instalment that is so near that a reminder of it is due; None: none is."""
    near = (due for _, due in plan.still_to_pay() if today <= due <= today + timedelta(days=days_before))
    return next(near, None)
