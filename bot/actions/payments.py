"""Payments: ways to pay, a promise to pay, and a wish for a settlement."""

import json
import uuid
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import partial

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.accounts import named
from bot.actions.doing import Doing
from bot.actions.effects import ActionTurn, chosen_account, today, verified_borrower
from bot.actions.parts import Parts, say
from bot.actions.plan_ground import barrier, current_hardship, ground
from bot.actions.plan_words import plain
from bot.dialogue.commands import SlotValue
from bot.dialogue.messages import Listed, Names
from bot.lending.debts import Account
from bot.lending.payments import Promise, Refusal, latest_promise, refuse_amount, refuse_date
from bot.money import Money, minor_decimals

Slots = Mapping[str, SlotValue]


def check(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """Whether payments may be talked about for this account; says what stands in the way."""
    account = chosen_account(turn)
    if account is None:
        return {"payment_state": "no_account"}
    state = barrier(turn, parts, account) or ("open" if account.statement.total else "clear")
    if state != "open":
        say(dispatcher, f"utter_plan_{state}")
    return {"payment_state": state, "currency": account.currency}


def ways(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """How to pay, in the lender's own words; after a report of hardship not the whole debt first."""
    account, borrower = chosen_account(turn), verified_borrower(turn)
    if account is None or borrower is None:
        return {}
    policy, statement = parts.policies.for_account(account), account.statement
    plan = next((p for p in turn.work.lending.agreements(borrower.id, "live") if p.account_id == account.id), None)
    left = plan.still_to_pay() if plan else []
    if left:
        amount, due = left[0]
        say(dispatcher, "utter_pay_plan", account=named(account), amount=amount, due=due)
    elif current_hardship(turn, borrower):
        say(dispatcher, "utter_pay_any_amount", account=named(account))
    else:
        say(
            dispatcher,
            "utter_pay_amounts",
            account=named(account),
            overdue=statement.overdue,
            total=statement.total,
            as_of=statement.as_of,
        )
    known = tuple(Names(way) for way in policy.ways_to_pay)
    if known:
        say(dispatcher, "utter_pay_ways", ways=Listed(known))
    else:
        say(dispatcher, "utter_pay_ways_unknown")
    say(dispatcher, "utter_pay_safely")
    return {}


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
    """Read the promise back; more than what they called safe is pointed out."""
    found = ground(turn, parts)
    amount, due = _promised(turn)
    if found is None or amount is None or due is None:
        return {"promise_confirmed": False}
    if found.surplus is not None and amount > found.surplus:
        say(dispatcher, "utter_promise_above_safe", surplus=plain(found.surplus))
    ahead = [row for row in found.plan.still_to_pay() if row[1] >= today(turn, parts)] if found.plan else []
    if ahead:
        say(dispatcher, "utter_promise_beside_plan", amount=ahead[0][0], due=ahead[0][1])
    say(dispatcher, "utter_ask_promise_confirmed", amount=amount, due=due, account=named(found.account))
    return {}


def _promised(turn: ActionTurn) -> tuple[Money | None, date | None]:
    account, slots = chosen_account(turn), turn.tracker.slots
    amount = _money(slots.get("promise_amount"), account) if account else None
    return amount, _date(slots.get("promise_date"))


def record(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """Write the promise down, once what stands in the way was looked at again."""
    borrower, account = verified_borrower(turn), chosen_account(turn)
    amount, due = _promised(turn)
    if borrower is None or account is None or amount is None or due is None:
        return {}
    turn.work.lending.lock_borrower(borrower.id)
    barred = barrier(turn, parts, account)
    if barred:
        say(dispatcher, f"utter_plan_{barred}")
        return {}
    promise = Promise(uuid.uuid4().hex, account.id, borrower.id, amount, due, turn.now)
    turn.work.lending.add_promise(promise)
    turn.note(promise=promise.id)
    say(dispatcher, "utter_promise_recorded", amount=amount, due=due)
    return {}


def settlement(turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """A lower sum is for a person to decide; what is wished goes on the card."""
    words = turn.understood.text if turn.understood else None
    account = chosen_account(turn)
    if account:
        say(dispatcher, "utter_settlement_person", total=account.statement.total)
    facts = json.dumps({"words": words[:200]}) if words else None
    return {"handoff_reason": "negotiation", "handoff_wants": "settlement", "handoff_facts": facts}


def actions(parts: Parts) -> list[Action]:
    return [
        Doing("action_check_payment", partial(check, parts)),
        Doing("action_ways_to_pay", partial(ways, parts)),
        Doing("validate_promise_amount", validate_amount),
        Doing("validate_promise_date", partial(validate_date, parts)),
        Doing("action_ask_promise_confirmed", partial(ask_confirmed, parts)),
        Doing("action_record_promise", partial(record, parts)),
        Doing("action_ask_settlement", settlement),
    ]
