"""Payments: ways to pay, which account first, what has arrived, and a wish for a settlement."""

import json
from collections.abc import Mapping
from functools import partial

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import pay_first, received
from bot.actions.accounts import named
from bot.actions.doing import Doing
from bot.actions.effects import ActionTurn, chosen_account, verified_borrower
from bot.actions.parts import Parts, say
from bot.actions.plan_ground import barrier, current_hardship
from bot.dialogue.commands import SlotValue
from bot.dialogue.messages import Listed, Names

Slots = Mapping[str, SlotValue]


def check(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """Whether payments may be talked about for this account; says what stands in the way."""
    account = chosen_account(turn)
    if account is None:
        return {"payment_state": "no_account", "promise_moves": None}
    state = barrier(turn, parts, account) or ("open" if account.statement.total else "clear")
    if state != "open":
        say(dispatcher, f"utter_plan_{state}")
    return {"payment_state": state, "currency": account.currency, "promise_moves": None}


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
        Doing("action_tell_pay_first", partial(pay_first.tell, parts)),
        Doing("action_tell_received", partial(received.tell, parts)),
        Doing("action_ask_settlement", settlement),
    ]
