"""What the lender booked that its figures do not show yet."""

from datetime import date

from bot.actions.effects import ActionTurn
from bot.dialogue.messages import Label, Listed
from bot.lending.debts import Account
from bot.lending.payments import Payment


def received(turn: ActionTurn, account: Account, after: date, until: date | None = None) -> Listed | None:
    """Payments on the account after a day, in the order of their days; None where there is none."""
    booked = turn.work.lending.payments_since(account.id, after)
    shown = [payment for payment in booked if until is None or payment.paid_on <= until]
    return Listed(tuple(_label(payment) for payment in shown)) if shown else None


def _label(payment: Payment) -> Label:
    if payment.amount.amount < 0:
        return Label("utter_payment_came_back", {"amount": -payment.amount, "on": payment.paid_on})
    return Label("utter_payment_received", {"amount": payment.amount, "on": payment.paid_on})
