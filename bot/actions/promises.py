"""A promise to pay: its amount and day, reading it back, recording it, and moving one that is open."""

import uuid
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import partial

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.accounts import named
from bot.actions.agreed import standing_promises
from bot.actions.debts import PERSON
from bot.actions.doing import Doing
from bot.actions.effects import ActionTurn, chosen_account, own_accounts, today, verified_borrower
from bot.actions.parts import Parts, say
from bot.actions.plan_ground import Ground, barrier, ground
from bot.actions.plan_words import plain
from bot.actions.reminders import forget, remind_of
from bot.dialogue.commands import SlotValue
from bot.dialogue.messages import DynamicButton
from bot.dialogue.understanding import amounts
from bot.dialogue.understanding.shares import in_full
from bot.lending.debts import Account
from bot.lending.payments import Promise, Refusal, latest_promise, refuse_amount, refuse_date
from bot.money import Money, minor_decimals

Slots = Mapping[str, SlotValue]


def find(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """The promise that is to be moved: the one made last; says what stands in the way of it."""
    made = standing_promises(turn)
    account = next((one for one in own_accounts(turn) if made and one.id == made[-1].account_id), None)
    if account is None:
        return {"promise_moves": None, "payment_state": "none"}
    state = barrier(turn, parts, account) or "open"
    if state != "open":
        say(dispatcher, f"utter_plan_{state}")
    known: Slots = {"account_id": account.id, "currency": account.currency, "promise_moves": made[-1].id}
    if turn.tracker.slots.get("promise_date") == made[-1].due.isoformat():
        known = {**known, "promise_date": None}  # "I can't on Friday" names the day that was promised
    return {**known, "payment_state": state}


def _moving(turn: ActionTurn) -> Promise | None:
    """The open promise in whose place this one comes."""
    wanted = turn.tracker.slots.get("promise_moves")
    return next((promise for promise in standing_promises(turn) if promise.id == wanted), None)


def ask_amount(turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """Ask for the amount, unless the promise itself told it as a share of the debt or as all of it."""
    account = chosen_account(turn)
    told = _share(turn, account.statement.total) if account else None
    if account is None or told is not None:
        return {"promise_amount": told}
    overdue, total = account.statement.overdue, account.statement.total
    amounts = {"overdue": overdue, "all": total} if Money.zero(total.currency) < overdue < total else {"all": total}
    buttons = [
        DynamicButton(f"utter_button_promise_{name}", f"/SetSlots(promise_amount={amount.amount})")
        for name, amount in amounts.items()
    ]
    say(dispatcher, "utter_ask_promise_amount", buttons=[*buttons, PERSON])
    return {}


def _share(turn: ActionTurn, total: Money) -> str | None:
    understood = turn.understood
    if understood is None or "promise_to_pay" not in understood.carries:
        return None
    fraction = next((entity.value for entity in understood.entities if entity.name == "fraction"), None)
    if isinstance(fraction, Decimal):
        step = Decimal(1).scaleb(-minor_decimals(total.currency))
        return str((total * fraction).rounded(step).amount)
    beside = None if in_full(understood.text) else amounts.beside(understood.text, understood.entities)
    return str(beside) if beside else str(total.amount) if in_full(understood.text) else None


def validate_amount(turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    account, amount = chosen_account(turn), None
    if account:
        amount = _money(turn.tracker.slots.get("promise_amount"), account)
    if account is None or amount is None:
        say(dispatcher, "utter_amount_unclear")
        return {"promise_amount": None}
    refusal = refuse_amount(amount, account.statement.total)
    if refusal is None:
        return {"promise_amount": str(amount.amount)}
    say(dispatcher, f"utter_promise_{refusal}", total=account.statement.total)
    return {"promise_amount": None}


def _money(told: object, account: Account) -> Money | None:
    """An amount in the account's currency, down to its smallest unit; None when it is none."""
    try:
        amount = Decimal(str(told))
    except InvalidOperation:
        return None
    if not amount.is_finite() or abs(amount) >= Decimal("1e12"):
        return None
    return Money(amount, account.currency).rounded(Decimal(1).scaleb(-minor_decimals(account.currency)))


def validate_date(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    day, told = today(turn, parts), turn.tracker.slots.get("promise_date")
    due = _date(told)
    refusal: Refusal | None = refuse_date(due, day) if due else None
    if due is not None and refusal is None:
        return {"promise_date": due.isoformat()}
    say(dispatcher, f"utter_promise_{refusal}" if refusal else "utter_date_unclear", latest=latest_promise(day))
    return {"promise_date": None}


def _date(told: object) -> date | None:
    try:
        return date.fromisoformat(str(told))
    except ValueError:
        return None


def ask_confirmed(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """Read the promise back; more than what they called safe is pointed out, and what it stands beside."""
    found = ground(turn, parts)
    amount, due = _promised(turn)
    if found is None or amount is None or due is None:
        return {"promise_confirmed": False}
    if found.surplus is not None and amount > found.surplus:
        say(dispatcher, "utter_promise_above_safe", surplus=plain(found.surplus))
    before, account = _moving(turn), named(found.account)
    _tell_beside(turn, parts, found, before, dispatcher)
    if before is None:
        say(dispatcher, "utter_ask_promise_confirmed", amount=amount, due=due, account=account)
    else:
        was, was_due = before.amount, before.due
        say(
            dispatcher,
            "utter_ask_promise_moved",
            account=account,
            amount=amount,
            due=due,
            was=was,
            was_due=was_due,
        )
    return {}


def _tell_beside(
    turn: ActionTurn, parts: Parts, found: Ground, before: Promise | None, dispatcher: CollectingDispatcher
) -> None:
    """A plan goes on beside a promise, and so does another promise that this one does not replace."""
    for other in standing_promises(turn):
        if other.account_id == found.account.id and other != before:
            say(dispatcher, "utter_promise_open", amount=other.amount, due=other.due, account=named(found.account))
    ahead = [row for row in found.plan.still_to_pay() if row[1] >= today(turn, parts)] if found.plan else []
    if ahead:
        say(dispatcher, "utter_promise_beside_plan", amount=ahead[0][0], due=ahead[0][1])


def _promised(turn: ActionTurn) -> tuple[Money | None, date | None]:
    """Amount and day; one that is moved keeps what was not named anew."""
    account, slots, before = chosen_account(turn), turn.tracker.slots, _moving(turn)
    amount = _money(slots.get("promise_amount"), account) if account else None
    due = _date(slots.get("promise_date"))
    return (amount or before.amount, due or before.due) if before else (amount, due)


def record(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """Write the promise down, once what stands in the way was looked at again."""
    borrower, account = verified_borrower(turn), chosen_account(turn)
    if borrower is None or account is None:
        return {}
    turn.work.lending.lock_borrower(borrower.id)
    barred = barrier(turn, parts, account)
    amount, due = _promised(turn)
    moves, before = turn.tracker.slots.get("promise_moves"), _moving(turn)
    if barred:
        say(dispatcher, f"utter_plan_{barred}")
    elif (moves and before is None) or amount is None or due is None:
        say(dispatcher, "utter_promise_not_recorded")  # it was settled or moved elsewhere in the meantime
    else:
        _write(parts, turn, Promise(uuid.uuid4().hex, account.id, borrower.id, amount, due, turn.now), before)
        say(dispatcher, "utter_promise_recorded", amount=amount, due=due)
    return {"promise_moves": None}


def _write(parts: Parts, turn: ActionTurn, promise: Promise, before: Promise | None) -> None:
    """Save it in place of the one before, whose reminder moves along."""
    turn.work.lending.add_promise(promise)
    turn.note(promise=promise.id)
    if before is None:
        return
    turn.work.lending.settle_promise(before.id, "rescheduled")
    turn.note(rescheduled=before.id)
    if forget(turn, before):
        remind_of(parts, turn, promise)


def stays(turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """The promise that was not moved is told once more."""
    before = _moving(turn)
    if before is not None:
        say(dispatcher, "utter_promise_stays", amount=before.amount, due=before.due)
    return {"promise_moves": None}


def cancel(turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
    """Take back the promise made last; nothing is owed for that, and no reminder of it comes."""
    borrower = verified_borrower(turn)
    if borrower is not None:
        turn.work.lending.lock_borrower(borrower.id)
    made = standing_promises(turn)
    if not made:
        say(dispatcher, "utter_no_promise")
        return
    forget(turn, made[-1])
    turn.work.lending.settle_promise(made[-1].id, "cancelled")
    turn.note(cancelled=made[-1].id)
    say(dispatcher, "utter_promise_cancelled", amount=made[-1].amount, due=made[-1].due)


def actions(parts: Parts) -> list[Action]:
    return [
        Doing("action_find_promise", partial(find, parts)),
        Doing("action_ask_promise_amount", ask_amount),
        Doing("validate_promise_amount", validate_amount),
        Doing("validate_promise_date", partial(validate_date, parts)),
        Doing("action_ask_promise_confirmed", partial(ask_confirmed, parts)),
        Doing("action_record_promise", partial(record, parts)),
        Doing("action_promise_stays", stays),
        Doing("action_cancel_promise", cancel),
    ]
