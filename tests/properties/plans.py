"""What must hold of every agreement at the moment at which it is made."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bot.lending import holds
from bot.lending.affordability import Month, month_of, surplus
from bot.lending.calendar import LEAST_NOTICE_DAYS, is_business_day
from bot.lending.debts import past_limitation
from bot.lending.hardship import is_current
from bot.lending.holds import Hold, SubjectKind
from bot.lending.plans import Agreement
from bot.lending.schedules import step_units
from bot.money import Money, total
from bot.storage.work import Work
from tests.conversations.driver import Chat
from tests.properties.visit import Visit


@dataclass(frozen=True, slots=True)
class Standing:
    """The holds in force and the live plans of a borrower, at one moment."""

    holds: tuple[Hold, ...]
    live: Mapping[str, Agreement]


def standing(work: Work, visit: Visit, chat: Chat) -> Standing:
    subjects: list[tuple[SubjectKind, str]] = [
        ("borrower", visit.borrower.id),
        ("address", f"{chat.channel}:{chat.speaker}/{chat.sender}"),
        *(("account", account.id) for account, _ in work.lending.accounts(visit.borrower.id)),
    ]
    live = work.lending.agreements(visit.borrower.id, "live")
    return Standing(tuple(work.lending.holds(subjects)), {plan.id: plan for plan in live})


def check_agreements(work: Work, visit: Visit, before: Standing) -> None:
    """Everything that was agreed since `before`, beside what was there."""
    live = work.lending.agreements(visit.borrower.id, "live")
    assert len({plan.account_id for plan in live}) == len(live), "two live plans on one account"
    for plan in live:
        if plan.id not in before.live:
            _check_sum(plan)
            _check_dates(plan, visit)
            _check_steps(plan, visit, work)
            _check_allowed(plan, visit, work, before)
            _check_budget(plan, live, visit, work)
            assert plan.words.strip(), "an agreement without the words that were shown"


def _check_sum(plan: Agreement) -> None:
    rows = plan.schedule.instalments
    currency = plan.schedule.total.currency
    assert total((row.amount for row in rows), currency) == plan.schedule.total
    assert all(row.amount.amount > 0 for row in rows)
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))


def _check_dates(plan: Agreement, visit: Visit) -> None:
    policy = visit.app.policies.for_creditor(visit.borrower.creditor)
    days = [row.due for row in plan.schedule.instalments]
    assert days == sorted(set(days)), f"due dates are not strictly increasing: {days}"
    free = [day for day in days if not is_business_day(day, policy.holidays)]
    assert not free, f"due on days on which banks are closed: {free}"
    assert days[0] >= _today(visit) + timedelta(days=LEAST_NOTICE_DAYS)
    latest = _today(visit) + timedelta(days=31 * policy.plans.longest_months + policy.plans.first_due_within_days)
    assert days[-1] <= latest, f"the plan of {_today(visit)} ends on {days[-1]}"


def _check_steps(plan: Agreement, visit: Visit, work: Work) -> None:
    """All but the last instalment are on the step; the first of a plan in two parts is on the currency's."""
    policy = visit.app.policies.for_creditor(visit.borrower.creditor)
    currency = plan.schedule.total.currency
    amounts = [row.amount.minor for row in plan.schedule.instalments]
    step = policy.plans.step if len(amounts) > 2 else policy.rounding_step
    off = [amount for amount in amounts[:-1] if amount % step_units(step, currency)]
    assert not off, f"instalments off the step: {amounts}"


def _check_allowed(plan: Agreement, visit: Visit, work: Work, before: Standing) -> None:
    others = {account.id for account, _ in work.lending.accounts(visit.borrower.id)} - {plan.account_id}
    stopping = holds.stopping((hold for hold in before.holds if hold.subject not in others), "plans")
    assert stopping is None, f"a plan was agreed under {stopping}"
    account = next(a for a, _ in work.lending.accounts(visit.borrower.id) if a.id == plan.account_id)
    assert not past_limitation(account, visit.app.policies.for_account(account), _today(visit))
    assert plan.schedule.total - plan.schedule.added == account.statement.total


def _check_budget(plan: Agreement, live: list[Agreement], visit: Visit, work: Work) -> None:
    report = work.lending.latest_hardship(visit.borrower.id)
    if report is None or not is_current(report, visit.app.clock.now()):
        return
    spare = surplus(report.means)
    if spare is None or spare.currency != plan.schedule.total.currency:
        return
    months: dict[Month, Money] = defaultdict(lambda: Money.zero(spare.currency))
    for each in live:
        for row in each.schedule.instalments:
            if row.amount.currency == spare.currency:
                months[month_of(row.due)] += row.amount
    over = {month_of(row.due) for row in plan.schedule.instalments if months[month_of(row.due)] > spare}
    assert not over, f"more than the stated {spare} falls due in {sorted(over)}"


def _today(visit: Visit) -> date:
    return visit.app.clock.now().astimezone(ZoneInfo(visit.borrower.time_zone)).date()
