"""What plan talk stands on: the verified borrower's account, its policy, their means, and what forbids a plan."""

from dataclasses import dataclass
from typing import Literal

from bot.actions.effects import ActionTurn, chosen_account, holds_in_force, own_accounts, today, verified_borrower
from bot.actions.parts import Parts
from bot.lending import holds
from bot.lending.affordability import Budget, surplus
from bot.lending.debts import Account, past_limitation
from bot.lending.hardship import Hardship, is_current, prospect
from bot.lending.identity import Borrower
from bot.lending.plans import Agreement, Basis, Offer, offers
from bot.lending.policy import Policy
from bot.lending.schedules import Owed, RateUnknown
from bot.money import Money

# no_account, held, old (past its limitation period), exists (a live plan), clear (nothing owed), no_rate: no plan.
# ask_means: nothing is known of what they can spare. nothing, tight: known, and no plan fits. open: offers fit.
PlanState = Literal[
    "no_account", "held", "old", "exists", "clear", "no_rate", "ask_means", "nothing", "tight", "open"
]


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


def current_hardship(turn: ActionTurn, borrower: Borrower) -> Hardship | None:
    report = turn.work.lending.latest_hardship(borrower.id)
    return report if report and is_current(report, turn.now) else None


def ground(turn: ActionTurn, parts: Parts) -> Ground | None:
    """Everything that a plan for the chosen account starts from; None without a verified borrower's own account.

    Raises RateUnknown when interest goes on at a rate that the lender's data does not give.
    """
    borrower, account = verified_borrower(turn), chosen_account(turn)
    if borrower is None or account is None:
        return None
    policy = parts.policies.for_account(account)
    hardship = current_hardship(turn, borrower)
    live = tuple(turn.work.lending.agreements(borrower.id, "live"))
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
        today=today(turn, parts),
        policy_version=policy.version,
        rule=f"{account.creditor}.yml#plans",
        budget=budget,
        payday=hardship.means.payday if hardship else None,
    )
    return Ground(borrower, account, policy, basis, hardship, live)


def plan_state(turn: ActionTurn, parts: Parts) -> tuple[PlanState, Ground | None]:
    """What may be said about a plan for the chosen account; what forbids one comes before what fits."""
    account = chosen_account(turn)
    if account is None:
        return "no_account", None
    barred = barrier(turn, parts, account)
    if barred is not None:
        return barred, None
    try:
        found = ground(turn, parts)
    except RateUnknown:
        return "no_rate", None
    if found is None:
        return "no_account", None
    return _outlook(found), found


def barrier(turn: ActionTurn, parts: Parts, account: Account) -> Literal["held", "old"] | None:
    """Why there may be no talk of plans or payments: a hold, or an age at which agreeing could revive the debt."""
    others = {other.id for other in own_accounts(turn)} - {account.id}
    here = [hold for hold in holds_in_force(turn) if hold.subject not in others]
    if holds.stopping(here, "plans"):
        return "held"
    policy = parts.policies.for_account(account)
    return "old" if past_limitation(account, policy, today(turn, parts)) else None


def _outlook(found: Ground) -> PlanState:
    if found.plan:
        return "exists"
    if not found.account.statement.total:
        return "clear"
    if found.hardship is None:
        return "ask_means"
    outlook = prospect(found.surplus, len(found.offers()))
    return outlook if outlook in ("nothing", "tight") else "open"
