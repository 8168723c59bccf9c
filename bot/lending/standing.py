"""How plans and promises stand by what was paid: kept, missed, broken.

Nothing counts as missed before the lender says that everything paid up to a day is known (`through`), and the grace
that was promised is over by then.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.lending.debts import Account
from bot.lending.payments import Payment, Promise, PromiseStatus
from bot.lending.plans import Agreement, PlanStatus
from bot.money import Money, total

if TYPE_CHECKING:
    from bot.lending.policy import PlanRules


@dataclass(frozen=True, slots=True)
class Terms:
    """An account with what was agreed and promised on it, and what was paid."""

    account: Account
    plan: Agreement | None  # the latest agreement, unless it was cancelled
    promises: tuple[Promise, ...]  # but those cancelled or rescheduled; by due date
    payments: tuple[Payment, ...]  # by day
    zones: Mapping[str, str]  # borrower id → time zone, of whoever agreed or promised


@dataclass(frozen=True, slots=True)
class Standing:
    """A plan as payments leave it."""

    paid: Money
    missed: int
    status: PlanStatus


def plan_standing(terms: Terms, through: date | None, rules: "PlanRules", *, held: bool) -> Standing | None:
    """How the plan stands, by what was paid since the day of agreeing, oldest instalment first; None without one.

    While a hold stops plan talk a plan does not break. One that broke stands again when what was missed came in.
    """
    plan = terms.plan
    if plan is None:
        return None
    agreed_on = plan.agreed_at.astimezone(ZoneInfo(terms.zones[plan.borrower_id])).date()
    counted = [one.amount for one in terms.payments if one.paid_on >= agreed_on]
    paid = max(total(counted, plan.paid.currency), Money.zero(plan.paid.currency))
    left = [due for _, due in replace(plan, paid=paid).still_to_pay()]
    if not left:
        return Standing(paid, 0, "completed")
    grace = timedelta(days=rules.grace_days if plan.grace_days is None else plan.grace_days)
    known = {due for _, due in plan.still_to_pay()[: plan.missed]}
    missed = sum(due in known or (through is not None and due + grace <= through) for due in left)
    most = rules.missed_before_broken if plan.missed_before_broken is None else plan.missed_before_broken
    breaks = missed >= most and (plan.status == "broken" or not held)
    return Standing(paid, missed, "broken" if breaks else "live")


def promises_standing(terms: Terms, through: date | None, rules: "PlanRules") -> dict[str, PromiseStatus]:
    """Promise id → kept, broken, or open. A payment keeps one promise only, the earliest that it can."""
    grace = timedelta(days=rules.grace_days)
    purse = _net(terms.payments)
    found: dict[str, PromiseStatus] = {}
    for promise in terms.promises:
        made_on = promise.made_at.astimezone(ZoneInfo(terms.zones[promise.borrower_id])).date()
        last = promise.due + grace
        if _spend(purse, promise.amount, made_on, last):
            found[promise.id] = "kept"
        elif promise.status == "broken" or (through is not None and last <= through):
            found[promise.id] = "broken"
        else:
            found[promise.id] = "open"
    return found


def _net(payments: Sequence[Payment]) -> list[tuple[date, Money]]:
    """Payments without what came back, which is taken from the latest ones before it."""
    purse: list[tuple[date, Money]] = []
    for payment in payments:
        if payment.amount.amount > 0:
            purse.append((payment.paid_on, payment.amount))
            continue
        _take(purse, -payment.amount, reversed(range(len(purse))))
    return purse


def _spend(purse: list[tuple[date, Money]], amount: Money, first: date, last: date) -> bool:
    """Take an amount out of what was paid within these days; False, and nothing taken, where it is not enough."""
    within = [index for index, (day, _) in enumerate(purse) if first <= day <= last]
    if total((purse[index][1] for index in within), amount.currency) < amount:
        return False
    _take(purse, amount, iter(within))
    return True


def _take(purse: list[tuple[date, Money]], amount: Money, order: Iterator[int]) -> None:
    for index in order:
        day, there = purse[index]
        share = min(there, amount)
        purse[index] = day, there - share
        amount -= share
