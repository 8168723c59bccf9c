"""What the lender booked: payments that its figures do not show yet, and whether one has arrived."""

from datetime import date, timedelta

from rasa_sdk.executor import CollectingDispatcher

from bot.actions.accounts import leave_overview, named
from bot.actions.effects import ActionTurn, own_accounts, today, verified_borrower
from bot.actions.parts import Parts, say
from bot.dialogue.messages import Label, Listed
from bot.lending.debts import Account
from bot.lending.payments import Payment

_LATELY = timedelta(days=30)


def received(turn: ActionTurn, account: Account, after: date, until: date | None = None) -> Listed | None:
    """Payments on the account after a day, in the order of their days; None where there is none."""
    booked = turn.work.lending.payments_since(account.id, after)
    shown = [payment for payment in booked if until is None or payment.paid_on <= until]
    return Listed(tuple(_label(payment) for payment in shown)) if shown else None


def _label(payment: Payment) -> Label:
    if payment.amount.amount < 0:
        return Label("utter_payment_came_back", {"amount": -payment.amount, "on": payment.paid_on})
    return Label("utter_payment_received", {"amount": payment.amount, "on": payment.paid_on})


def tell(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
    """What has arrived of late, account by account, and what to do about a payment that is not among it."""
    leave_overview(turn)
    since = today(turn, parts) - _LATELY
    for account in own_accounts(turn):
        _tell_of(turn, account, since, dispatcher)
    borrower = verified_borrower(turn)
    raised = turn.work.lending.disputes(borrower.id) if borrower else []
    looked_for = [one for one in raised if (one.kind, one.status) == ("already_paid", "open")]
    if looked_for:
        last = looked_for[-1]
        say(dispatcher, "utter_dispute_under_way", ticket=last.ticket, answer_by=last.answer_by)
    else:
        say(dispatcher, "utter_received_next")


def _tell_of(turn: ActionTurn, account: Account, since: date, dispatcher: CollectingDispatcher) -> None:
    statement, label = account.statement, named(account)
    booked = received(turn, account, since)
    if booked:
        say(dispatcher, "utter_received_lately", account=label, payments=booked)
    elif statement.last_payment and statement.last_payment_on:
        paid, on = statement.last_payment, statement.last_payment_on
        say(dispatcher, "utter_received_last", account=label, amount=paid, on=on, as_of=statement.as_of)
    else:
        say(dispatcher, "utter_received_none", account=label, as_of=statement.as_of)
