"""Promises to pay, payments that the lender booked, and how a payment is allocated."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, TypeVar

from bot.money import Money

Part = Literal["interest", "fees", "principal"]
DEFAULT_ORDER: tuple[Part, ...] = ("interest", "fees", "principal")
Amount = TypeVar("Amount", int, Money)  # int: minor units

# A promise bridges the time to a payday or two; what lies further away is a plan.
LONGEST_PROMISE_DAYS = 45

# rescheduled: another promise, with another day or amount, took its place.
PromiseStatus = Literal["open", "kept", "broken", "cancelled", "rescheduled"]
Refusal = Literal["not_above_zero", "more_than_owed", "past", "too_far"]


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise to pay: an amount by a day, without a plan."""

    id: str
    account_id: str
    borrower_id: str
    amount: Money
    due: date
    made_at: datetime
    status: PromiseStatus = "open"


@dataclass(frozen=True, slots=True)
class Payment:
    """What the lender booked on an account; below zero when a payment came back (a returned direct debit).

    `reference` is the lender's own: no two payments to one creditor share it.
    """

    id: str
    account_id: str
    reference: str
    amount: Money
    paid_on: date
    recorded_at: datetime


def open_promises(made: Iterable[Promise]) -> list[Promise]:
    return [promise for promise in made if promise.status == "open"]


def refuse_amount(amount: Money, owed: Money) -> Refusal | None:
    """Why an amount cannot be promised; None when it can."""
    if amount.amount <= 0:
        return "not_above_zero"
    return "more_than_owed" if amount > owed else None


def latest_promise(today: date) -> date:
    return today + timedelta(days=LONGEST_PROMISE_DAYS)


def refuse_date(due: date, today: date) -> Refusal | None:
    """Why a day cannot be promised; None when it can. Today counts."""
    if due < today:
        return "past"
    return "too_far" if due > latest_promise(today) else None


def in_order(
    interest: Money, fees: Money, principal: Money, order: Sequence[Part] = DEFAULT_ORDER
) -> list[tuple[Part, Money]]:
    """The parts of a balance in the order in which the policy has payments clear them."""
    amounts: dict[Part, Money] = {"interest": interest, "fees": fees, "principal": principal}
    return [(part, amounts[part]) for part in order]


def allocate(payment: Amount, owed: Iterable[tuple[Part, Amount]]) -> tuple[dict[Part, Amount], Amount]:
    """Share `payment` out over parts in the policy's order; returns the shares and what is left over."""
    shares: dict[Part, Amount] = {}
    for part, amount in owed:
        shares[part] = min(amount, payment)
        payment = payment - shares[part]
    return shares, payment
