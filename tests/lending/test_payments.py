"""Promises to pay and the allocation of payments."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lending.payments import Part, Refusal, allocate, in_order, refuse_amount, refuse_date
from bot.money import Money, total

TODAY = date(2026, 11, 21)


def yuan(amount: int | str) -> Money:
    return Money.of(amount, "CNY")


@pytest.mark.parametrize(
    ("amount", "refusal"),
    [("0", "not_above_zero"), ("-5", "not_above_zero"), ("100.01", "more_than_owed"), ("100", None)],
)
def test_a_promise_is_above_zero_and_no_more_than_owed(amount: str, refusal: Refusal | None) -> None:
    assert refuse_amount(yuan(amount), yuan(100)) == refusal


@pytest.mark.parametrize(
    ("due", "refusal"),
    [
        (date(2026, 11, 20), "past"),
        (TODAY, None),
        (date(2027, 1, 5), None),
        (date(2027, 1, 6), "too_far"),
    ],
)
def test_a_promise_is_for_today_or_the_next_six_weeks(due: date, refusal: Refusal | None) -> None:
    assert refuse_date(due, TODAY) == refusal


def test_fees_first_where_the_policy_says_so() -> None:
    parts = in_order(yuan(480), yuan(120), yuan(12000), ("fees", "interest", "principal"))
    shares, left = allocate(yuan(200), parts)
    assert shares == {"fees": yuan(120), "interest": yuan(80), "principal": yuan(0)}
    assert left == yuan(0)


@given(
    payment=st.integers(0, 30_000),
    parts=st.tuples(*[st.integers(0, 9_000)] * 3),
    order=st.permutations(["interest", "fees", "principal"]),
)
def test_shares_and_rest_add_up_and_later_parts_wait(
    payment: int, parts: tuple[int, int, int], order: list[Part]
) -> None:
    interest, fees, principal = map(yuan, parts)
    owed = in_order(interest, fees, principal, order)
    shares, left = allocate(yuan(payment), owed)
    assert total([*shares.values(), left], "CNY") == yuan(payment)
    for n, (part, amount) in enumerate(owed):
        assert yuan(0) <= shares[part] <= amount
        if shares[part] < amount:
            assert all(not shares[later] for later, _ in owed[n + 1 :])
