"""What the verified borrower agreed or promised that is under way."""

from bot.actions.effects import ActionTurn, own_accounts, verified_borrower
from bot.lending.payments import Promise, open_promises
from bot.lending.plans import Agreement


def live_plans(turn: ActionTurn) -> list[Agreement]:
    """The verified borrower's plans under way on their own accounts."""
    borrower, own = verified_borrower(turn), {account.id for account in own_accounts(turn)}
    live = turn.work.lending.agreements(borrower.id, "live") if borrower else []
    return [plan for plan in live if plan.account_id in own]


def standing_promises(turn: ActionTurn) -> list[Promise]:
    """The verified borrower's open promises on their own accounts, the latest made last."""
    borrower, own = verified_borrower(turn), {account.id for account in own_accounts(turn)}
    made = turn.work.lending.promises(borrower.id) if borrower else []
    return [promise for promise in open_promises(made) if promise.account_id in own]
