"""Shares of the debt and the month for the rest, in three scripts; silence where no share is named."""

from datetime import date
from decimal import Decimal

import pytest

from bot.dialogue.understanding.shares import shares

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("text", "fraction", "month"),
    [
        ("half now and the rest in March", Decimal("0.5"), date(2027, 3, 1)),
        ("Half of it today, the rest by December", Decimal("0.5"), date(2026, 12, 1)),
        ("a quarter first", Decimal("0.25"), None),
        ("先还一半，三月还清", Decimal("0.5"), date(2027, 3, 1)),
        ("先繳一半，12月繳清", Decimal("0.5"), date(2026, 12, 1)),
        ("先还四分之一", Decimal("0.25"), None),
    ],
)
def test_a_share_and_the_month_of_the_rest(text: str, fraction: Decimal, month: date | None) -> None:
    found = {entity.name: entity.value for entity in shares(text, TODAY)}
    assert found == {"fraction": fraction} | ({"date": month} if month else {})


@pytest.mark.parametrize("text", ["", "500 a month", "over half a year", "in March", "分三个月", "每月还清一点"])
def test_nothing_is_read_where_no_share_is_named(text: str) -> None:
    assert shares(text, TODAY) == []
