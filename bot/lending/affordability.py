"""What a person can pay: stated means, the surplus that follows, and one budget over all their plans."""

from dataclasses import dataclass

from bot.money import Money


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
