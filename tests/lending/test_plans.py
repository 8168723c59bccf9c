"""Offers add up, stay within the budget and the policy, and differ from each other."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lending.affordability import Budget, month_of
from bot.lending.plans import Basis, offers
from bot.lending.policy_rules import PlanRules
from bot.lending.schedules import Frequency, Owed, RateUnknown, Schedule
from bot.money import Money, total
from tests.lending.owing import TODAY, basis, owed, rules, statement, yuan


def test_the_example_of_the_harbour_card() -> None:
    found = offers(basis(surplus="800", payday=8))
    told = [
        (str(o.schedule.first.amount.amount), len(o.schedule.instalments), o.schedule.last.due, o.spare)
        for o in found
    ]
    assert told == [
        ("700.00", 18, date(2028, 5, 10), yuan("100.00")),
        ("600.00", 21, date(2028, 8, 10), yuan("200.00")),
        ("525.00", 24, date(2028, 11, 10), yuan("275.00")),
    ]
    assert all(o.schedule.first.due == date(2026, 12, 10) for o in found)
    assert all(o.schedule.total == yuan("12600.00") and not o.schedule.added for o in found)


def test_nothing_to_spare_gets_no_offer() -> None:
    assert offers(basis(surplus="0")) == ()


def test_nothing_fits_when_the_longest_plan_is_above_the_surplus() -> None:
    assert offers(basis(surplus="524.99")) == ()
    assert len(offers(basis(surplus="525"))) == 1


def test_an_unknown_surplus_still_gets_the_policys_terms() -> None:
    found = offers(basis(surplus=None))
    assert [len(o.schedule.instalments) for o in found] == [2, 9, 24]
    assert all(o.spare is None for o in found)


def test_another_plan_leaves_less() -> None:
    alone = offers(basis(surplus="1300"))
    beside = offers(basis(surplus="1300", taken={(2027, 6): yuan("600")}))
    assert alone[0].schedule.first.amount == yuan("1050.00")
    assert beside[0].schedule.first.amount == yuan("700.00")


def test_weekly_payments_count_five_in_a_long_month() -> None:
    # 12,600 over 15 months is 195 a week: 780 in a month of four Fridays, 975 in one of five.
    long, short = (offers(basis(surplus=surplus), "weekly") for surplus in ("975", "974"))
    assert long[0].schedule.first.amount == yuan("195.00")
    assert short[0].schedule.first.amount < yuan("195.00")


def test_interest_that_goes_on_is_added_to_the_last_cent() -> None:
    # 1,000.00 at 0.1% a day, due dates 19, 50 and 81 days after the statement's day.
    debt = owed(principal="1000", interest="0", fees="0", rate="0.001")
    (offer,) = (o for o in offers(basis(debt, surplus=None, payday=8)) if len(o.schedule.instalments) == 2)
    first, last = offer.schedule.instalments
    interest = Decimal("19.00")  # 19 days on 1,000.00
    left = Decimal("1000") + interest - first.amount.amount
    days = (last.due - first.due).days
    expected = left + (left * Decimal("0.001") * days).quantize(Decimal("0.01"))
    assert last.amount.amount == expected
    assert offer.schedule.added == offer.schedule.total - yuan("1000")


def test_going_interest_without_a_rate_is_not_guessed() -> None:
    with pytest.raises(RateUnknown):
        Owed.of(statement(rate=None), accrues=True)


plans: Any = st.builds(
    dict,
    total=st.integers(1, 5_000_000),
    interest=st.integers(0, 50_000),
    rate=st.sampled_from(["0", "0.0005", "0.001"]),
    surplus=st.none() | st.integers(0, 500_000),
    payday=st.none() | st.integers(1, 31),
    every=st.sampled_from(["weekly", "fortnightly", "monthly"]),
    months=st.integers(1, 60),
    step=st.sampled_from(["0.01", "1", "5", "100"]),
    down=st.sampled_from([0, 0, 10, 30]),
    today=st.integers(0, 400).map(lambda n: TODAY + timedelta(days=n)),
    taken=st.dictionaries(st.tuples(st.just(2027), st.integers(1, 12)), st.integers(0, 900).map(yuan)),
)


def _basis(case: dict[str, Any]) -> Basis:
    debt = owed(
        principal=str(Decimal(case["total"]) / 100),
        interest=str(Decimal(case["interest"]) / 100),
        fees="0",
        rate=case["rate"],
        as_of=case["today"],
    )
    surplus = None if case["surplus"] is None else str(Decimal(case["surplus"]) / 100)
    allowed = rules(longest_months=case["months"], step=case["step"], least="1", down=case["down"])
    return basis(
        debt, surplus=surplus, payday=case["payday"], allowed=allowed, today=case["today"], taken=case["taken"]
    )


@given(plans)
def test_every_offer_adds_up_and_stays_within_budget_and_policy(case: dict[str, Any]) -> None:
    ground = _basis(case)
    found = offers(ground, case["every"])
    assert len(found) <= ground.rules.max_offers
    assert len({len(o.schedule.instalments) for o in found}) == len(found)
    for offer in found:
        check_schedule(offer.schedule, ground, case["every"])
        if ground.budget:
            check_budget(offer.schedule, ground.budget)
            assert offer.spare is not None
            assert offer.spare.amount >= 0


def check_schedule(schedule: Schedule, ground: Basis, every: Frequency) -> None:
    rows = schedule.instalments
    assert total((row.amount for row in rows), "CNY") == schedule.total == ground.owed.total + schedule.added
    assert schedule.frequency == every
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert all(row.amount.amount > 0 for row in rows)
    assert all(later.due > earlier.due for earlier, later in pairwise(rows))
    assert rows[0].due > ground.today
    regular = {row.amount for row in rows[1:-1]} or {rows[0].amount}
    assert len(regular) == 1
    if rows[-1].amount > max(*regular, rows[0].amount):  # a remainder too small for a payment of its own
        assert rows[-1].amount.minor < max(*regular, rows[0].amount).minor + ground.least
    elif len(rows) > 2 and rows[-1].amount.minor < ground.least:  # left alone where the budget is full before it
        assert ground.budget
        assert not ground.budget.fits([replace(rows[-2], amount=rows[-2].amount + rows[-1].amount)])
    assert (not schedule.added) or ground.owed.daily_rate
    down = ground.owed.total.amount * ground.rules.down_payment_percent / 100
    assert rows[0].amount.amount >= down


def test_a_last_payment_of_next_to_nothing_goes_with_the_one_before() -> None:
    allowed = rules(24, step="100", least="1000")
    found = offers(basis(owed(principal="43708", interest="0", fees="0"), surplus="2000", allowed=allowed))
    longest = found[-1].schedule
    assert [row.amount for row in longest.instalments[-2:]] == [yuan(1900), yuan(1908)]
    assert len(longest.instalments) == 23
    assert longest.total == yuan(43708)
    full = offers(basis(owed(principal="43708", interest="0", fees="0"), surplus="1900", allowed=allowed))
    assert full[-1].schedule.last.amount == yuan(8)


def check_budget(schedule: Schedule, budget: Budget) -> None:
    asked: dict[tuple[int, int], Money] = defaultdict(lambda: Money.zero("CNY"))
    for row in schedule.instalments:
        assert row.amount <= budget.monthly
        asked[month_of(row.due)] += row.amount
    for month, amount in asked.items():
        assert amount + budget.taken.get(month, Money.zero("CNY")) <= budget.monthly


def test_the_policys_longest_term_least_instalment_and_number_of_offers_hold() -> None:
    allowed = PlanRules(longest_months=12, least_instalment=Decimal(2000), step=Decimal(100), max_offers=2)
    found = offers(basis(surplus=None, allowed=allowed))
    assert [len(o.schedule.instalments) for o in found] == [2, 6]
    assert all(o.schedule.first.amount >= yuan(2000) for o in found)
