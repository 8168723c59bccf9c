"""Amounts of money: exact, with their currency, rounded in one place only."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from functools import total_ordering
from typing import Literal

from bot.errors import BotError

# ISO 4217 minor units other than two decimals; storage counts in these units.
_DECIMALS = {
    **dict.fromkeys(["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX"], 0),
    **dict.fromkeys(["UYI", "VND", "VUV", "XAF", "XOF", "XPF"], 0),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
}
Rounding = Literal["half_up", "down", "up"]
_ROUNDING = {"half_up": ROUND_HALF_UP, "down": ROUND_DOWN, "up": ROUND_UP}


class CurrencyMismatch(BotError):
    """Two amounts of different currencies met in one sum or comparison."""

    def __init__(self, left: "Money", right: "Money") -> None:
        super().__init__(f"{left.currency} and {right.currency} do not add up")
        self.left, self.right = left, right


class TooPrecise(BotError):
    """An amount has more decimals than its currency's minor unit can hold."""

    def __init__(self, money: "Money") -> None:
        super().__init__(f"{money} has a fraction of {money.currency}'s smallest unit")
        self.money = money


def whole(units: Decimal, rounding: Rounding = "half_up") -> Decimal:
    """The nearest whole number of units; every rounding of money is done here."""
    return units.quantize(Decimal(1), rounding=_ROUNDING[rounding])


def minor_decimals(currency: str) -> int:
    """How many decimals the minor unit of `currency` has (ISO 4217)."""
    return _DECIMALS.get(currency, 2)


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount of one currency (ISO 4217 code); never a float."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal) or not self.amount.is_finite():
            raise ValueError(f"not a finite Decimal: {self.amount!r}")
        if len(self.currency) != 3 or not self.currency.isascii() or not self.currency.isupper():
            raise ValueError(f"not an ISO 4217 code: {self.currency!r}")

    @classmethod
    def of(cls, amount: "str | int | Decimal", currency: str) -> "Money":
        return cls(Decimal(amount), currency)

    @classmethod
    def zero(cls, currency: str) -> "Money":
        return cls(Decimal(0), currency)

    @classmethod
    def from_minor(cls, units: int, currency: str) -> "Money":
        return cls(Decimal(units).scaleb(-minor_decimals(currency)), currency)

    @property
    def minor(self) -> int:
        """The amount in the currency's minor units; TooPrecise if that loses anything."""
        scaled = self.amount.scaleb(minor_decimals(self.currency))
        if scaled != scaled.to_integral_value():
            raise TooPrecise(self)
        return int(scaled)

    def rounded(self, step: Decimal, rounding: Rounding = "half_up") -> "Money":
        """The nearest multiple of `step` (0.01, 1, 10 …)."""
        if step <= 0:
            raise ValueError(f"a rounding step must be above zero: {step}")
        return Money(whole(self.amount / step, rounding) * step, self.currency)

    def _same(self, other: "Money") -> Decimal:
        if self.currency != other.currency:
            raise CurrencyMismatch(self, other)
        return other.amount

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __mul__(self, factor: "int | Decimal") -> "Money":
        return Money(self.amount * factor, self.currency)

    def __truediv__(self, divisor: "int | Decimal") -> "Money":
        return Money(self.amount / divisor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __bool__(self) -> bool:
        return self.amount != 0

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of `amounts`, zero of `currency` if there are none."""
    return sum(amounts, Money.zero(currency))
