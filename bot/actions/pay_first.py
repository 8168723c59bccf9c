"""Which of several accounts to pay first: what speaks for each; the choice is left to the borrower."""

from collections.abc import Sequence

from rasa_sdk.executor import CollectingDispatcher

from bot.actions.accounts import leave_overview, named
from bot.actions.charges import daily_interest
from bot.actions.debts import State, account_label, free_advice, state_of
from bot.actions.effects import ActionTurn, own_accounts, verified_borrower
from bot.actions.parts import Parts, say
from bot.dialogue.messages import Count, Label
from bot.lending.debts import interest_sum


def tell(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
    """Those that are late, the longest first, with what a day costs; old ones and those on hold need no payment."""
    leave_overview(turn)
    states = [state_of(turn, parts, account) for account in own_accounts(turn)]
    owed = [state for state in states if state.account.statement.total]
    late = [state for state in owed if not (state.held or state.plan or state.line.past_limitation)]
    for state in sorted(late, key=lambda state: -state.line.days_past_due):
        _row(state, dispatcher)
    for state in owed:
        _left_out(turn, state, dispatcher)
    if late:
        _order(late, dispatcher)
        response = "utter_first_choice" if len(late) > 1 else "utter_first_only"
        say(dispatcher, response, lines=free_advice(turn, parts))
    else:
        say(dispatcher, "utter_first_nothing")


def _row(state: State, dispatcher: CollectingDispatcher) -> None:
    statement = state.account.statement
    account, days = account_label(state.account), Count(state.line.days_past_due, "day")
    interest = interest_sum(statement, state.policy.rounding_step)
    if not state.line.days_past_due:
        say(dispatcher, "utter_first_row_current", account=account)
    elif interest and interest.daily:
        daily = daily_interest(interest.daily)
        say(dispatcher, "utter_first_row", account=account, days=days, overdue=statement.overdue, daily=daily)
    else:
        say(dispatcher, "utter_first_row_no_rate", account=account, days=days, overdue=statement.overdue)


def _left_out(turn: ActionTurn, state: State, dispatcher: CollectingDispatcher) -> None:
    if state.line.past_limitation:
        statement = state.account.statement
        account, total = account_label(state.account), statement.total
        say(dispatcher, "utter_debt_row_old", account=account, as_of=statement.as_of, total=total)
    elif state.held:
        say(dispatcher, "utter_first_on_hold", account=account_label(state.account))
    elif state.plan:
        borrower = verified_borrower(turn)
        live = turn.work.lending.agreements(borrower.id, "live") if borrower else []
        left = [row for plan in live if plan.account_id == state.account.id for row in plan.still_to_pay()]
        for amount, due in left[:1]:
            say(dispatcher, "utter_pay_plan", account=named(state.account), amount=amount, due=due)


def _order(late: Sequence[State], dispatcher: CollectingDispatcher) -> None:
    """What a payment clears first within an account, where that is the same for all of them."""
    orders = {state.policy.allocation for state in late}
    if len(orders) == 1:
        first, second, third = (Label(f"utter_first_{part}") for part in orders.pop())
        say(dispatcher, "utter_first_order", first=first, second=second, third=third)
