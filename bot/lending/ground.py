"""What a plan for one account stands on, whoever offers it: its policy, their means, what forbids it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from bot.lending import holds
from bot.lending.affordability import Budget, busiest_month, surplus
from bot.lending.debts import Account, past_limitation
from bot.lending.hardship import Hardship, is_current
from bot.lending.holds import Hold
from bot.lending.identity import Borrower
from bot.lending.plans import Agreement, Basis, Offer, offers
from bot.lending.policy import Policy
from bot.lending.schedules import Owed
from bot.lending.store import LendingStore
from bot.money import Money

# A hold that stops plan talk; an age at which agreeing or paying could revive the debt.
Barrier = Literal["held", "old"]


@dataclass(frozen=True, slots=True)
class Ground:
    borrower: Borrower
    account: Account
    policy: Policy
    basis: Basis
    hardship: Hardship | None  # the latest report, if it is recent enough
    live: tuple[Agreement, ...]  # on all of the borrower's accounts

    @property
    def plan(self) -> Agreement | None:
        """The live plan on this account."""
        return next((plan for plan in self.live if plan.account_id == self.account.id), None)

    @property
    def surplus(self) -> Money | None:
        return self.basis.budget.monthly if self.basis.budget else None

    def offers(self) -> tuple[Offer, ...]:
        return offers(self.basis)

    def least_a_month(self) -> Money | None:
        """What the slowest plan takes a month at most, whatever they can spare; None when there is no plan."""
        possible = offers(replace(self.basis, budget=None))
        return busiest_month(possible[-1].schedule.instalments) if possible else None


def current_hardship(lending: LendingStore, borrower: Borrower, now: datetime) -> Hardship | None:
    report = lending.latest_hardship(borrower.id)
    return report if report and is_current(report, now) else None


def ground_of(
    lending: LendingStore, borrower: Borrower, account: Account, policy: Policy, now: datetime, today: date
) -> Ground:
    """Everything that a plan for the account starts from; `today` is where the borrower lives.

    Raises RateUnknown when interest goes on at a rate that the lender's data does not give.
    """
    hardship = current_hardship(lending, borrower, now)
    live = tuple(lending.agreements(borrower.id, "live"))
    spare = surplus(hardship.means) if hardship else None
    mine = spare is not None and spare.currency == account.currency
    budget = (
        Budget.over(spare, (plan.schedule.instalments for plan in live)) if spare is not None and mine else None
    )
    basis = Basis(
        owed=Owed.of(
            account.statement, accrues=policy.plans.interest_during_plan == "accrues", order=policy.allocation
        ),
        rules=policy.plans,
        country=policy.holidays,
        today=today,
        policy_version=policy.version,
        rule=f"{account.creditor}.yml#plans",
        budget=budget,
        payday=hardship.means.payday if hardship else None,
    )
    return Ground(borrower, account, policy, basis, hardship, live)


def barrier(
    in_force: Iterable[Hold], account: Account, own: Iterable[Account], policy: Policy, today: date
) -> Barrier | None:
    """Why there may be no talk of plans or payments for an account; holds on others of `own` do not count."""
    others = {other.id for other in own} - {account.id}
    here = [hold for hold in in_force if hold.subject not in others]
    if holds.stopping(here, "plans"):
        return "held"
    return "old" if past_limitation(account, policy, today) else None
