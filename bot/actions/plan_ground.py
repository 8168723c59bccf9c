"""What plan talk stands on in a turn: the verified borrower's chosen account, and what may be said of a plan."""

from typing import Literal

from bot.actions.effects import ActionTurn, chosen_account, holds_in_force, own_accounts, today, verified_borrower
from bot.actions.parts import Parts
from bot.lending import ground as grounds
from bot.lending.debts import Account
from bot.lending.ground import Barrier, Ground
from bot.lending.hardship import Hardship, prospect
from bot.lending.identity import Borrower
from bot.lending.schedules import RateUnknown

__all__ = ["Ground", "PlanState", "barrier", "current_hardship", "ground", "plan_state"]

# no_account, held, old (past its limitation period), exists (a live plan), clear (nothing owed), no_rate: no plan.
# ask_means: nothing is known of what they can spare. nothing, tight: known, and no plan fits. open: offers fit.
PlanState = Literal[
    "no_account", "held", "old", "exists", "clear", "no_rate", "ask_means", "nothing", "tight", "open"
]


def current_hardship(turn: ActionTurn, borrower: Borrower) -> Hardship | None:
    return grounds.current_hardship(turn.work.lending, borrower, turn.now)


def ground(turn: ActionTurn, parts: Parts) -> Ground | None:
    """Everything that a plan for the chosen account starts from; None without a verified borrower's own account.

    Raises RateUnknown when interest goes on at a rate that the lender's data does not give.
    """
    borrower, account = verified_borrower(turn), chosen_account(turn)
    if borrower is None or account is None:
        return None
    policy = parts.policies.for_account(account)
    return grounds.ground_of(turn.work.lending, borrower, account, policy, turn.now, today(turn, parts))


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


def barrier(turn: ActionTurn, parts: Parts, account: Account) -> Barrier | None:
    """Why there may be no talk of plans or payments: a hold, or an age at which agreeing could revive the debt."""
    policy = parts.policies.for_account(account)
    return grounds.barrier(holds_in_force(turn), account, own_accounts(turn), policy, today(turn, parts))


def _outlook(found: Ground) -> PlanState:
    if found.plan:
        return "exists"
    if not found.account.statement.total:
        return "clear"
    if found.hardship is None:
        return "ask_means"
    outlook = prospect(found.surplus, len(found.offers()))
    return outlook if outlook in ("nothing", "tight") else "open"
