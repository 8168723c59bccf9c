"""How interest and fees came to what they are: the arithmetic, from the lender's figures alone."""

from decimal import Decimal

from rasa_sdk.executor import CollectingDispatcher

from bot.actions.parts import say, utter
from bot.dialogue.messages import Count, DayMonth, Figure, Label, Listed, Percent, Utterance, Value
from bot.lending import debts
from bot.lending.debts import FeeSum, InterestSum, Statement
from bot.money import Money

HUNDREDTH = Decimal("0.01")


def arithmetic(dispatcher: CollectingDispatcher, statement: Statement, rounding_step: Decimal) -> None:
    """Interest and fees with the sums behind them, as far as the lender's figures tell."""
    interest = debts.interest_sum(statement, rounding_step)
    fees = debts.fee_sum(statement)
    if interest and interest.daily and fees and fees.each:
        utter(dispatcher, Utterance("utter_sums", _interest_values(interest) | _fee_values(fees, fees.each)))
        return
    _interest_line(dispatcher, statement, interest)
    if fees and fees.each:
        utter(dispatcher, Utterance("utter_fees_sum", _fee_values(fees, fees.each)))
    elif fees:
        say(dispatcher, "utter_fees_each", charges=Listed(tuple(_charge(charge) for charge in fees.charges)))
    elif statement.fees:
        say(dispatcher, "utter_fees_reported", fees=Figure(statement.fees))


def _interest_line(dispatcher: CollectingDispatcher, statement: Statement, interest: InterestSum | None) -> None:
    if interest:
        response = "utter_interest_sum" if interest.daily else "utter_interest_product"
        values = _interest_values(interest) | {"total": Figure(statement.interest)}
        utter(dispatcher, Utterance(response, values))
    elif statement.interest:
        say(dispatcher, "utter_interest_reported", interest=Figure(statement.interest))


def _interest_values(interest: InterestSum) -> dict[str, Value]:
    values: dict[str, Value] = {
        "principal": Figure(interest.principal),
        "rate": Percent(interest.daily_rate),
        "days": Count(interest.days, "day"),
        "since": DayMonth(interest.since),
    }
    return values | ({"daily": daily_interest(interest.daily)} if interest.daily else {})


def daily_interest(amount: Money) -> Value:
    """A day's interest in full, also where it is finer than amounts are usually written."""
    return Figure(amount) if amount.rounded(HUNDREDTH) == amount else amount.amount


def _fee_values(fees: FeeSum, each: Money) -> dict[str, Value]:
    return {
        "each": Figure(each),
        "number": len(fees.charges),
        "dates": Listed(tuple(DayMonth(charge.on) for charge in fees.charges)),
    }


def _charge(charge: debts.Charge) -> Label:
    return Label("utter_fee_on", {"amount": Figure(charge.amount), "on": DayMonth(charge.on)})
