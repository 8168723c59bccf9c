"""How plans are put: the values of the sentences about offers and schedules."""

from collections.abc import Mapping, Sequence
from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from bot.actions.accounts import named
from bot.actions.plan_ground import Ground
from bot.dialogue.messages import Count, DynamicButton, Figure, Label, Value
from bot.lending.plans import Offer
from bot.lending.schedules import Schedule
from bot.money import Money

LETTERS = ("a", "b", "c")


def tell(
    dispatcher: CollectingDispatcher,
    sentence: tuple[str, Mapping[str, Value]],
    buttons: Sequence[DynamicButton] = (),
    card: Mapping[str, Any] | None = None,
) -> None:
    """Say a sentence whose values were put together elsewhere."""
    response, args = sentence
    dispatcher.utter_message(response=response, buttons=list(buttons), json_message=card, args=dict(args))


def payments(schedule: Schedule) -> Label:
    """The instalments in short: 700.00 × 18, with a first or last one of another amount spelt out."""
    amounts = [row.amount for row in schedule.instalments]
    first, last = amounts[0], amounts[-1]
    if len(amounts) == 1:
        return Label("utter_payments_one", {"amount": Figure(first)})
    if len(amounts) == 2:
        return Label("utter_payments_two", {"first": Figure(first), "last": Figure(last)})
    regular = amounts[1] if len(amounts) > 2 else first
    args: dict[str, Value] = {"first": Figure(first), "amount": Figure(regular), "last": Figure(last)}
    count = sum(amount == regular for amount in amounts[1:-1]) + (first == regular) + (last == regular)
    name = ("down_" if first != regular else "") + ("rest" if last != regular else "even")
    return Label(f"utter_payments_{name}", args | {"count": count})


def offer_row(offer: Offer) -> Label:
    args: dict[str, Value] = {"payments": payments(offer.schedule), "last": offer.schedule.last.due}
    name = "utter_plan_row"
    if offer.schedule.added:
        name, args = f"{name}_total", args | {"total": Figure(offer.schedule.total)}
    if offer.spare:  # that nothing is left over is no comfort
        name, args = f"{name}_spare", args | {"spare": plain(offer.spare)}
    return Label(name, args)


def plain(money: Money) -> Value:
    """An amount that somebody said, with no more decimals than they did."""
    return money.amount


def if_missed(found: Ground) -> tuple[str, dict[str, Value]]:
    """What follows a missed instalment, and what is promised until the debt is repaid."""
    rules = found.policy.plans
    args: dict[str, Value] = {"grace": Count(rules.grace_days, "day")}
    name = "utter_if_missed" if rules.interest_during_plan == "none" else "utter_if_missed_accrues"
    if rules.promise:
        return f"{name}_promise", args | {"promise": Label(rules.promise)}
    return name, args


def read_back(schedule: Schedule, found: Ground) -> tuple[str, dict[str, Value]]:
    """The sentence in which a schedule is read back."""
    return sentence(schedule, found, "utter_readback_one", "utter_readback_two", "utter_readback_plan")


def sentence(schedule: Schedule, found: Ground, one: str, two: str, more: str) -> tuple[str, dict[str, Value]]:
    """A schedule by the response for so many payments: one or two by their own days, more in short."""
    args: dict[str, Value] = {
        "account": named(found.account),
        "first": schedule.first.due,
        "last": schedule.last.due,
        "total": schedule.total,
    }
    if len(schedule.instalments) <= 2:
        few = one if len(schedule.instalments) == 1 else two
        return few, args | {"amount": schedule.first.amount, "rest": schedule.last.amount}
    every = Label(f"utter_every_{schedule.frequency}")
    return more, args | {"payments": payments(schedule), "frequency": every}


def drawn(schedule: Schedule) -> dict[str, object]:
    """What a channel draws of a schedule; `amount` is that of an instalment, not of a down payment before them."""
    return {
        "amount": schedule.instalments[min(1, len(schedule.instalments) - 1)].amount,
        "count": len(schedule.instalments),
        "first": schedule.first.due,
        "last": schedule.last.due,
        "total": schedule.total,
    }


def card(found: tuple[Offer, ...]) -> dict[str, object]:
    """The offers for a channel that draws plan cards, in the order of the message's first buttons.

    {"type": "plans", "plans": [{"label", "amount", "count", "first", "last", "total", "spare", "payload"}]}:
    label, count and payload as they are; amounts are Money (spare may be None), first and last dates.
    """
    plans = [
        {
            "label": letter.upper(),
            **drawn(offer.schedule),
            "spare": offer.spare or None,
            "payload": f"/SetSlots(plan_choice={letter})",
        }
        for letter, offer in zip(LETTERS, found, strict=False)
    ]
    return {"type": "plans", "plans": plans}
