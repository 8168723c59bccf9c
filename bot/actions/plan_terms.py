"""Terms under discussion as one text slot, from which exactly the same schedule is drawn up again."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from bot.actions.plan_ground import Ground
from bot.lending.own_idea import draft
from bot.lending.plans import OwnIdea
from bot.lending.schedules import Frequency, Schedule
from bot.money import Money


def write_idea(idea: OwnIdea) -> dict[str, Any]:
    """The idea in JSON; amounts as decimal strings of the account's currency, dates in ISO form."""
    return {
        "amount": str(idea.amount.amount) if idea.amount else None,
        "count": idea.count,
        "frequency": idea.frequency,
        "first_due": idea.first_due.isoformat() if idea.first_due else None,
        "down": str(idea.down_payment.amount) if idea.down_payment else None,
        "rest_on": idea.rest_on.isoformat() if idea.rest_on else None,
    }


def read_idea(written: dict[str, Any], currency: str) -> OwnIdea:
    return OwnIdea(
        amount=_money(written.get("amount"), currency),
        count=written.get("count"),
        frequency=cast(Frequency, written.get("frequency") or "monthly"),
        first_due=_date(written.get("first_due")),
        down_payment=_money(written.get("down"), currency),
        rest_on=_date(written.get("rest_on")),
    )


def _money(text: str | None, currency: str) -> Money | None:
    return Money(Decimal(text), currency) if text else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def write_terms(idea: OwnIdea, schedule: Schedule, at: datetime) -> str:
    """The slot's text; `at` is when they were put to the borrower."""
    return json.dumps({"idea": write_idea(idea), "check": _check(schedule), "at": at.isoformat()})


def read_terms(slot: object, found: Ground) -> Schedule | None:
    """The schedule that was put to the borrower; None when figures, day or budget have changed since."""
    if not isinstance(slot, str):
        return None
    written = json.loads(slot)
    schedule = draft(found.basis, read_idea(written["idea"], found.account.currency))
    if schedule is None or _check(schedule) != written["check"] or not found.basis.bears(schedule):
        return None
    return schedule


def _check(schedule: Schedule) -> list[str]:
    """What tells that it is the same schedule: every amount and date follows from these."""
    first, last = schedule.first, schedule.last
    return [str(schedule.total), str(len(schedule.instalments)), str(first.due), str(first.amount), str(last.due)]
