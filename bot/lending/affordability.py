"""What a person can pay: stated means, the surplus that follows, and one budget over all their plans."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.money import Money, total

if TYPE_CHECKING:
    from bot.lending.plans import Instalment

Month = tuple[int, int]  # year, month


@dataclass(frozen=True, slots=True)
class Range:
    """An amount a month that somebody stated, exactly (low == high) or as a range."""

    low: Money
    high: Money


@dataclass(frozen=True, slots=True)
class Means:
    """What a borrower said they have each month; None where they would rather not say."""

    income: Range | None = None
    payday: int | None = None  # day of the month, 1 to 31
    essentials: Range | None = None  # housing, food, dependants
    other_debts: Range | None = None
    safe: Range | None = None  # what they say is safe to pay each month


def exactly(amount: Money) -> Range:
    return Range(amount, amount)


def surplus(means: Means) -> Money | None:
    """What can safely go to all plans together in a month; None when too little was said to know.

    The lower end of what was said counts: the least of what they call safe, and no more than the least income
    less the most that essentials and other debts take. Never below zero.
    """
    known = [amount for amount in (_left_over(means), means.safe.low if means.safe else None) if amount is not None]
    if not known:
        return None
    least = min(known)
    return max(least, Money.zero(least.currency))


def _left_over(means: Means) -> Money | None:
    if means.income is None or means.essentials is None:
        return None
    left = means.income.low - means.essentials.high
    return left - means.other_debts.high if means.other_debts else left


def busiest_month(instalments: Iterable["Instalment"]) -> Money:
    """What the month with the most to pay comes to."""
    months: dict[Month, list[Money]] = defaultdict(list)
    for row in instalments:
        months[month_of(row.due)].append(row.amount)
    return max(total(amounts, amounts[0].currency) for amounts in months.values())


def month_of(day: date) -> Month:
    return day.year, day.month


@dataclass(frozen=True, slots=True)
class Budget:
    """One surplus a month over all of a borrower's plans; `taken` is what plans under way use of it.

    It is kept by calendar month: a weekly 200 needs 1,000 in a month of five paydays.
    """

    monthly: Money
    taken: Mapping[Month, Money] = field(default_factory=dict)

    @classmethod
    def over(cls, monthly: Money, plans: Iterable[Iterable["Instalment"]]) -> "Budget":
        """The budget that instalments of `plans` in the same currency leave."""
        taken: dict[Month, Money] = defaultdict(lambda: Money.zero(monthly.currency))
        for plan in plans:
            for instalment in plan:
                if instalment.amount.currency == monthly.currency:
                    taken[month_of(instalment.due)] += instalment.amount
        return cls(monthly, dict(taken))

    def free(self, month: Month) -> Money:
        """What is left in a calendar month, zero when plans under way take it all."""
        taken = self.taken.get(month)
        if taken is None:
            return self.monthly
        return max(self.monthly - taken, Money.zero(self.monthly.currency))

    def fits(self, instalments: Iterable["Instalment"]) -> bool:
        return self.spare(instalments) is not None

    def shortfall(self, instalments: Iterable["Instalment"]) -> Money:
        """How far the worst month of a schedule goes above what is left in it; zero where all bear it."""
        asked: dict[Month, Money] = defaultdict(lambda: Money.zero(self.monthly.currency))
        for row in instalments:
            asked[month_of(row.due)] += row.amount
        over = (amount - self.free(month) for month, amount in asked.items())
        return max((*over, Money.zero(self.monthly.currency)))

    def spare(self, instalments: Iterable["Instalment"]) -> Money | None:
        """The smallest amount left in any month of a schedule; None when some month cannot bear it."""
        asked: dict[Month, Decimal] = defaultdict(Decimal)
        for instalment in instalments:
            asked[month_of(instalment.due)] += instalment.amount.amount
        left = min(self.free(month).amount - amount for month, amount in asked.items())
        return Money(left, self.monthly.currency) if left >= 0 else None
