"""Turning a debt into instalments that add up to it exactly, with or without interest on the way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from bot.errors import BotError
from bot.lending.debts import Statement
from bot.lending.payments import DEFAULT_ORDER, Part, allocate, in_order
from bot.money import Money, minor_decimals, total, whole

Frequency = Literal["weekly", "fortnightly", "monthly"]
PER_YEAR: dict[Frequency, int] = {"weekly": 52, "fortnightly": 26, "monthly": 12}


class RateUnknown(BotError):
    """Interest goes on during the plan, but the lender's statement does not say at which rate."""


@dataclass(frozen=True, slots=True)
class Instalment:
    number: int  # from 1
    due: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Schedule:
    """Instalments in order of due date; their sum is `total`, exactly."""

    frequency: Frequency
    instalments: tuple[Instalment, ...]
    total: Money
    added: Money  # what the schedule costs beyond today's balance (zero when nothing is added)

    @property
    def first(self) -> Instalment:
        return self.instalments[0]

    @property
    def last(self) -> Instalment:
        return self.instalments[-1]


@dataclass(frozen=True, slots=True)
class Owed:
    """What a schedule has to clear. `daily_rate` is simple interest on the principal left; 0 adds nothing."""

    parts: tuple[tuple[Part, Money], ...]  # in the order in which a payment clears them
    total: Money
    as_of: date
    daily_rate: Decimal = Decimal(0)

    @classmethod
    def of(cls, statement: Statement, *, accrues: bool, order: Sequence[Part] = DEFAULT_ORDER) -> "Owed":
        """The statement's balance; raises RateUnknown when interest goes on at a rate that it does not give."""
        if accrues and statement.interest_term is None:
            raise RateUnknown("the statement gives no interest rate")
        parts = in_order(statement.interest, statement.fees, statement.principal, order)
        rate = statement.interest_term.daily_rate if accrues and statement.interest_term else Decimal(0)
        balance = total((amount for _, amount in parts), statement.total.currency)
        return cls(tuple(parts), balance, statement.as_of, rate)

    @property
    def currency(self) -> str:
        return self.total.currency


def build(
    owed: Owed, frequency: Frequency, dates: Sequence[date], amounts: Iterable[int | None]
) -> Schedule | None:
    """A schedule that pays `amounts` (minor units; None: all that is left) on `dates` until nothing is owed.

    The last instalment takes the remainder. None when something is still owed after the last date.
    """
    paid = _paid(owed, dates, amounts)
    if paid is None:
        return None
    currency = owed.currency
    money = {units: Money.from_minor(units, currency) for units in set(paid)}
    rows = tuple(
        Instalment(number, due, money[units])
        for number, (due, units) in enumerate(zip(dates, paid, strict=False), 1)
    )
    cost = sum(paid)
    added = Money.from_minor(cost - owed.total.minor, currency)
    return Schedule(frequency, rows, Money.from_minor(cost, currency), added)


def _paid(owed: Owed, dates: Sequence[date], amounts: Iterable[int | None]) -> list[int] | None:
    return _with_interest(owed, dates, amounts) if owed.daily_rate else _without(owed.total.minor, amounts)


def _without(balance: int, amounts: Iterable[int | None]) -> list[int] | None:
    paid: list[int] = []
    for wanted in amounts:
        if wanted is None or wanted >= balance:
            return [*paid, balance]
        paid.append(wanted)
        balance -= wanted
    return None


def _with_interest(owed: Owed, dates: Sequence[date], amounts: Iterable[int | None]) -> list[int] | None:
    left = {part: amount.minor for part, amount in owed.parts}
    day = owed.as_of
    paid: list[int] = []
    for due, wanted in zip(dates, amounts, strict=False):
        left["interest"] += _interest(left["principal"], owed.daily_rate, (due - day).days)
        day = due
        balance = sum(left.values())
        if wanted is None or wanted >= balance:
            return [*paid, balance]
        paid.append(wanted)
        shares, _ = allocate(wanted, left.items())
        left = {part: amount - shares[part] for part, amount in left.items()}
    return None


def _interest(principal: int, daily_rate: Decimal, days: int) -> int:
    return int(whole(principal * daily_rate * days))


def step_units(step: Decimal, currency: str) -> int:
    """A rounding step in minor units, at least one."""
    return max(1, int(step.scaleb(minor_decimals(currency))))


def least_equal(owed: Owed, dates: Sequence[date], step: int, first: int = 0) -> int:
    """The least multiple of `step` (minor units) that clears the debt on `dates`, after `first` on the first."""
    rest, count = owed.total.minor - first, len(dates) - (1 if first else 0)
    low = max(1, -(-rest // (count * step)))
    if not owed.daily_rate:
        return low * step
    high = low
    while not _clears(owed, dates, high * step, first):
        low, high = high + 1, high * 2
    while low < high:
        middle = (low + high) // 2
        if _clears(owed, dates, middle * step, first):
            high = middle
        else:
            low = middle + 1
    return high * step


def _clears(owed: Owed, dates: Sequence[date], amount: int, first: int) -> bool:
    return _paid(owed, dates, equal(amount, len(dates), first)) is not None


def equal(amount: int, count: int, first: int = 0) -> list[int | None]:
    """`count` payments of `amount`, the first of them `first` if that is given."""
    if not first:
        return [amount] * count
    return [first, *[amount] * (count - 1)]
