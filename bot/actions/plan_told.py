"""Plans and promises under way, and how the last plan ended."""

from collections.abc import Iterator, Mapping, Sequence

from rasa_sdk.executor import CollectingDispatcher

from bot.actions.accounts import named
from bot.actions.agreed import live_plans
from bot.actions.effects import ActionTurn, own_accounts, policy_of, verified_borrower
from bot.actions.parts import Parts, say
from bot.actions.plan_ground import ground
from bot.actions.plan_terms import read_terms
from bot.actions.plan_words import payments
from bot.dialogue.commands import SlotValue
from bot.dialogue.messages import Count, Figure, Label
from bot.dialogue.understanding.disputed import plan_change
from bot.lending.debts import Account
from bot.lending.identity import Borrower
from bot.lending.plans import Agreement
from bot.money import total

Slots = Mapping[str, SlotValue]


def show(turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """Every plan under way: what is next, how many are left, what is still to pay; else how the last ones ended."""
    borrower = verified_borrower(turn)
    if borrower is None:
        return {"plans_count": None}
    accounts = {account.id: account for account in own_accounts(turn)}
    plans = [plan for plan in turn.work.lending.agreements(borrower.id) if plan.account_id in accounts]
    live = [plan for plan in plans if plan.status == "live"]
    for plan in live:
        tell_plan(plan, named(accounts[plan.account_id]), dispatcher)
    promised = _tell_promises(turn, borrower, accounts, dispatcher)
    agreed = turn.tracker.slots.get("colleague_agreed")
    if agreed:
        say(dispatcher, "utter_colleague_agreed", agreed=str(agreed))
    known = len(live) + promised + bool(agreed)
    ended = _tell_ended(plans, accounts, dispatcher)
    if not known and not ended and turn.tracker.slots.get("plan_terms"):
        say(dispatcher, "utter_plan_not_agreed")
        return {"plans_count": 1}  # the one that is read back and waits for a yes
    if not known and not ended:
        say(dispatcher, "utter_no_plan")
    return {"plans_count": known + sum(plan.status == "completed" for plan in ended)}


def _tell_ended(
    plans: Sequence[Agreement], accounts: Mapping[str, Account], dispatcher: CollectingDispatcher
) -> list[Agreement]:
    """Say how the latest plan of each account ended that has none under way; which these are."""
    latest = {plan.account_id: plan for plan in plans}  # oldest first
    ended = [plan for plan in latest.values() if plan.status in ("completed", "broken")]
    for plan in ended:
        account = named(accounts[plan.account_id])
        if plan.status == "completed":
            say(dispatcher, "utter_plan_completed", account=account)
        else:
            _tell_broken(plan, account, dispatcher)
    return ended


def _tell_broken(plan: Agreement, account: Label, dispatcher: CollectingDispatcher) -> None:
    missed = Count(plan.missed, "instalment")
    if plan.paid:
        say(dispatcher, "utter_plan_broken", account=account, missed=missed, paid=plan.paid)
    else:
        say(dispatcher, "utter_plan_broken_unpaid", account=account, missed=missed)


def _tell_promises(
    turn: ActionTurn, borrower: Borrower, accounts: Mapping[str, Account], dispatcher: CollectingDispatcher
) -> int:
    """What they said they would pay, and when: promises that are open; how many there are."""
    made = [one for one in turn.work.lending.promises(borrower.id) if one.status == "open"]
    known = [one for one in made if one.account_id in accounts]
    for one in known:
        say(
            dispatcher,
            "utter_promise_open",
            amount=one.amount,
            due=one.due,
            account=named(accounts[one.account_id]),
        )
    return len(known)


def count(turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """How many plans are under way; what became of the last when there is none.

    What the message wants of one is not asked.
    """
    borrower = verified_borrower(turn)
    accounts = {account.id: account for account in own_accounts(turn)}
    plans = turn.work.lending.agreements(borrower.id) if borrower else []
    live = sum(plan.status == "live" for plan in plans)
    own = [plan for plan in plans if plan.account_id in accounts]
    if borrower and not live and not _tell_ended(own, accounts, dispatcher):
        say(dispatcher, "utter_no_plan")
    return {"plans_count": live, "plan_change": plan_change(turn.input.incoming.text or "") if live else None}


def tell_plan(plan: Agreement, account: Label, dispatcher: CollectingDispatcher) -> None:
    say_terms(plan, account, dispatcher)
    left = plan.still_to_pay()
    if not left:
        say(dispatcher, "utter_plan_paid_off")
        return
    amount, due = left[0]
    rest = total((amount for amount, _ in left), amount.currency)
    count = Count(len(left), "instalment")
    if plan.missed:
        say(dispatcher, "utter_plan_missed", missed=Count(plan.missed, "instalment"), amount=amount, due=due)
    else:
        say(dispatcher, "utter_plan_next", amount=amount, due=due)
    if plan.paid:
        say(dispatcher, "utter_plan_left", count=count, rest=Figure(rest), paid=Figure(plan.paid))
    else:
        say(dispatcher, "utter_plan_left_all", count=count, rest=Figure(rest))


def say_terms(plan: Agreement, account: Label, dispatcher: CollectingDispatcher) -> None:
    say(dispatcher, "utter_plan_of", account=account, payments=payments(plan.schedule), last=plan.schedule.last.due)


def tell_first_date(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
    """When the terms begin that are put to them: those read back, else the first of the offers."""
    found = ground(turn, parts)
    terms = read_terms(turn.tracker.slots.get("plan_terms"), found) if found else None
    if found and terms is None:
        terms = next((offer.schedule for offer in found.offers()), None)
    if terms is None:
        say(dispatcher, "utter_plan_not_agreed")
    else:
        say(dispatcher, "utter_first_instalment", amount=terms.first.amount, due=terms.first.due)


def tell_if_late(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
    """What follows a late payment: of each plan under way as promised then, else of the terms that are put."""
    live = live_plans(turn)
    for accrues, days in dict.fromkeys(_grace(parts, turn, live)):
        response = "utter_late_grace_accrues" if accrues else "utter_late_grace"
        say(dispatcher, response, grace=Count(days, "day"))
    if live:
        say(dispatcher, "utter_late_next")
    elif borrower := verified_borrower(turn):
        _tell_promises(turn, borrower, {account.id: account for account in own_accounts(turn)}, dispatcher)


def _grace(parts: Parts, turn: ActionTurn, live: Sequence[Agreement]) -> Iterator[tuple[bool, int]]:
    """Whether interest goes on anyway, and the days of grace."""
    own = {account.id: account for account in own_accounts(turn)}
    for plan in live:
        rules = parts.policies.for_account(own[plan.account_id]).plans
        yield rules.interest_during_plan != "none", rules.grace_days if plan.grace_days is None else plan.grace_days
    if not live:
        rules = policy_of(turn, parts).plans
        yield rules.interest_during_plan != "none", rules.grace_days
