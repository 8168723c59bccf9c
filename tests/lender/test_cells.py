"""Numbers and dates as lenders write them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lender.cells import BadCell, date_of, months_before, number_of


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1234.50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1.00E+05", "100000"),
        ("-17", "-17"),
        ("(12.00)", "-12.00"),
        ("１２，３４５", "12345"),
        ("1 234", "1234"),
        ("\u2212 5", "-5"),
    ],
)
def test_numbers_as_lenders_write_them(text: str, number: str) -> None:
    assert number_of(text) == Decimal(number)


def test_a_decimal_comma_is_read_when_the_map_says_so() -> None:
    assert number_of("1.234,50", ",") == Decimal("1234.50")
    with pytest.raises(BadCell):
        number_of("1.234,50")


@given(st.text(max_size=30))
def test_any_other_text_is_refused_and_nothing_else_happens(text: str) -> None:
    try:
        number = number_of(text)
    except BadCell:
        return
    assert number.is_finite()
    assert abs(number) < 10**12


@pytest.mark.parametrize(
    ("day", "months", "found"),
    [
        (date(2005, 9, 30), 2, date(2005, 7, 30)),
        (date(2005, 9, 30), 7, date(2005, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2005, 1, 15), 1, date(2004, 12, 15)),
    ],
)
def test_months_before_a_day(day: date, months: int, found: date) -> None:
    assert months_before(day, months) == found


@pytest.mark.parametrize("text", ["", "2026-13-01", "2026-1-1x", "31/02/2026", "x" * 50])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(BadCell):
        date_of(text, "%d/%m/%Y")
