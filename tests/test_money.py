"""Money: exact, of one currency, rounded by steps, and the same after storage."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.money import CurrencyMismatch, Money, TooPrecise, minor_decimals, total

CURRENCIES = st.sampled_from(["CNY", "TWD", "USD", "GBP", "INR", "JPY", "KWD"])
UNITS = st.integers(-(10**15), 10**15)
STEPS = st.sampled_from([Decimal("0.01"), Decimal("0.05"), Decimal(1), Decimal(5), Decimal(100)])


@given(UNITS, CURRENCIES)
def test_minor_units_are_the_amount_and_back(units: int, currency: str) -> None:
    assert Money.from_minor(units, currency).minor == units


@given(st.lists(UNITS), CURRENCIES)
def test_sums_lose_nothing(units: list[int], currency: str) -> None:
    assert total((Money.from_minor(each, currency) for each in units), currency).minor == sum(units)


@given(UNITS, CURRENCIES, STEPS)
def test_rounding_gives_a_multiple_of_the_step_no_further_than_half_of_it(
    units: int, currency: str, step: Decimal
) -> None:
    money = Money.from_minor(units, currency)
    rounded = money.rounded(step)
    assert rounded.amount % step == 0
    assert abs(rounded.amount - money.amount) <= step / 2


@given(st.integers(0, 10**12), CURRENCIES, STEPS)
def test_up_is_never_below_and_down_never_above(units: int, currency: str, step: Decimal) -> None:
    money = Money.from_minor(units, currency)
    assert money.rounded(step, "down") <= money <= money.rounded(step, "up")


def test_a_fraction_of_the_smallest_unit_is_refused_where_it_would_be_lost() -> None:
    with pytest.raises(TooPrecise):
        _ = Money.of("0.001", "USD").minor
    assert Money.of("0.001", "KWD").minor == 1
    assert minor_decimals("JPY") == 0


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity"])
def test_only_finite_amounts_are_money(amount: str) -> None:
    with pytest.raises(ValueError, match="finite"):
        Money.of(amount, "USD")


@pytest.mark.parametrize("currency", ["usd", "US", "USDT", "元", ""])
def test_only_iso_codes_are_currencies(currency: str) -> None:
    with pytest.raises(ValueError, match="ISO 4217"):
        Money.of(1, currency)


def test_two_currencies_never_meet_in_one_sum() -> None:
    with pytest.raises(CurrencyMismatch):
        _ = Money.of(1, "USD") + Money.of(1, "GBP")
    with pytest.raises(CurrencyMismatch):
        _ = Money.of(1, "USD") < Money.of(1, "GBP")


def test_a_step_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="step"):
        Money.of(1, "USD").rounded(Decimal(0))
