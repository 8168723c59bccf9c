"""Reminders of instalments and promises: only whoever wishes for them gets them."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.agreed import live_plans, standing_promises
from bot.actions.doing import Doing
from bot.actions.effects import ActionTurn, holds_in_force, local, own_accounts, time_zone
from bot.actions.parts import Parts, say
from bot.dialogue.messages import Count
from bot.lending.payments import Promise
from bot.lending.plans import Agreement
from bot.lending.reminders import INSTALMENT_REMINDER, PROMISE_REMINDER, next_reminder, promise_reminder


def remind(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
    """Have every plan's dates, and the day of every open promise, told before they come."""
    plans, promises = live_plans(turn), standing_promises(turn)
    if not plans and not promises:
        say(dispatcher, "utter_reminders_nothing")
        return
    if any(hold.reason == "stop_contact" for hold in holds_in_force(turn)):
        say(dispatcher, "utter_reminders_stopped")
        return
    for promise in promises:
        _tell_of_promise(parts, turn, promise, remind_of(parts, turn, promise), dispatcher)
    days = [_of_plan(parts, turn, plan) for plan in plans]
    if days:
        say(dispatcher, "utter_reminders_on", days=Count(min(days), "day"))


def _tell_of_promise(
    parts: Parts, turn: ActionTurn, promise: Promise, at: datetime | None, dispatcher: CollectingDispatcher
) -> None:
    if at is None:
        say(dispatcher, "utter_reminder_too_near", amount=promise.amount, due=promise.due)
    else:
        day = local(turn, parts, at).date()
        say(dispatcher, "utter_reminder_of_promise", on=day, amount=promise.amount, due=promise.due)


def _of_plan(parts: Parts, turn: ActionTurn, plan: Agreement) -> int:
    days = _days_before(parts, turn, plan.account_id)
    at = next_reminder(plan, days, time_zone(turn, parts), turn.now)
    if at is not None:
        turn.work.jobs.add(INSTALMENT_REMINDER, plan.id, at, _known(turn, plan.borrower_id, plan=plan.id))
    return days


def remind_of(parts: Parts, turn: ActionTurn, promise: Promise) -> datetime | None:
    """Have the promise's day told before it comes; when that is, None where too little time is left."""
    at = promise_reminder(promise, _days_before(parts, turn, promise.account_id), time_zone(turn, parts), turn.now)
    if at is not None:
        known = _known(turn, promise.borrower_id, promise=promise.id)
        turn.work.jobs.add(PROMISE_REMINDER, promise.id, at, known)
    return at


def forget(turn: ActionTurn, promise: Promise) -> bool:
    """Tell of the promise's day no more; whether that was to be done."""
    return turn.work.jobs.cancel(PROMISE_REMINDER, promise.id)


def _days_before(parts: Parts, turn: ActionTurn, account_id: str) -> int:
    account = next(account for account in own_accounts(turn) if account.id == account_id)
    return parts.policies.for_account(account).plans.remind_days


def _known(turn: ActionTurn, borrower_id: str, **what: str) -> Mapping[str, str]:
    return {"conversation": turn.conversation.id, "borrower": borrower_id, **what}


def leave(turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
    """No more reminders; plans and promises stay."""
    for plan in live_plans(turn):
        turn.work.jobs.cancel(INSTALMENT_REMINDER, plan.id)
    for promise in standing_promises(turn):
        forget(turn, promise)
    say(dispatcher, "utter_reminders_off")


def actions(parts: Parts) -> list[Action]:
    return [
        Doing("action_remind_me", partial(remind, parts)),
        Doing("action_no_reminders", leave),
    ]
