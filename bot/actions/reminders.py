"""Reminders of instalments: only whoever wishes for them gets them."""

from collections.abc import Iterator
from functools import partial

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.doing import Doing
from bot.actions.effects import ActionTurn, holds_in_force, own_accounts, time_zone, verified_borrower
from bot.actions.parts import Parts, say
from bot.dialogue.messages import Count
from bot.lending.debts import Account
from bot.lending.plans import Agreement
from bot.lending.reminders import INSTALMENT_REMINDER, next_reminder


def remind(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
    """Have every plan's dates told before they come."""
    plans = list(_plans(turn))
    if not plans:
        say(dispatcher, "utter_no_plan")
        return
    if any(hold.reason == "stop_contact" for hold in holds_in_force(turn)):
        say(dispatcher, "utter_reminders_stopped")
        return
    days = [_schedule(parts, turn, plan, account) for plan, account in plans]
    say(dispatcher, "utter_reminders_on", days=Count(min(days), "day"))


def _schedule(parts: Parts, turn: ActionTurn, plan: Agreement, account: Account) -> int:
    days = parts.policies.for_account(account).plans.remind_days
    at = next_reminder(plan, days, time_zone(turn, parts), turn.now)
    if at is not None:
        known = {"conversation": turn.conversation.id, "borrower": plan.borrower_id, "plan": plan.id}
        turn.work.jobs.add(INSTALMENT_REMINDER, plan.id, at, known)
    return days


def leave(turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
    """No more reminders; the plans stay."""
    for plan, _ in _plans(turn):
        turn.work.jobs.cancel(INSTALMENT_REMINDER, plan.id)
    say(dispatcher, "utter_reminders_off")


def _plans(turn: ActionTurn) -> Iterator[tuple[Agreement, Account]]:
    borrower = verified_borrower(turn)
    if borrower is not None:
        accounts = {account.id: account for account in own_accounts(turn)}
        live = turn.work.lending.agreements(borrower.id, "live")
        yield from ((plan, accounts[plan.account_id]) for plan in live if plan.account_id in accounts)


def actions(parts: Parts) -> list[Action]:
    return [
        Doing("action_remind_me", partial(remind, parts)),
        Doing("action_no_reminders", leave),
    ]
