"""Plans and promises stand by what was paid, and never worse than the lender's data can show."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lending.payments import Payment, Promise
from bot.lending.plans import Agreement, Instalment, Schedule
from bot.lending.policy import PlanRules
from bot.lending.standing import Standing, Terms, plan_standing, promises_standing
from bot.money import Money
from tests.storage.samples import agreement, card

AGREED = datetime(2026, 1, 9, 20, tzinfo=UTC)  # 10 January where the borrower lives
FIRST = date(2026, 2, 1)
ZONES = {"b1": "Asia/Shanghai"}
RULES = PlanRules(
    longest_months=12, least_instalment=Decimal(100), step=Decimal(100), grace_days=5, missed_before_broken=2
)
yuan = partial(Money.of, currency="CNY")


def due(number: int) -> date:
    return FIRST + timedelta(days=30 * (number - 1))


PLAN = replace(
    agreement("p1"),
    schedule=Schedule(
        "monthly",
        tuple(Instalment(number, due(number), yuan(500)) for number in (1, 2, 3, 4)),
        yuan(2000),
        yuan(0),
    ),
    agreed_at=AGREED,
)


def paid(amount: str | int, on: date) -> Payment:
    return Payment(f"{on}/{amount}", "a1", f"{on}/{amount}", yuan(amount), on, AGREED)


def terms(*payments: Payment, plan: Agreement = PLAN, promises: tuple[Promise, ...] = ()) -> Terms:
    return Terms(card(), plan, promises, tuple(sorted(payments, key=lambda one: one.paid_on)), ZONES)


def stands(*payments: Payment, through: date | None = None, held: bool = False, plan: Agreement = PLAN) -> Standing:
    found = plan_standing(terms(*payments, plan=plan), through, RULES, held=held)
    assert found is not None
    return found


def test_without_a_day_through_which_all_is_known_nothing_is_missed() -> None:
    assert stands() == Standing(yuan(0), 0, "live")


@pytest.mark.parametrize(
    ("days", "missed", "status"), [(4, 0, "live"), (5, 1, "live"), (34, 1, "live"), (35, 2, "broken")]
)
def test_an_instalment_is_missed_when_its_grace_is_over(days: int, missed: int, status: str) -> None:
    found = stands(through=FIRST + timedelta(days=days))
    assert (found.missed, found.status) == (missed, status)


def test_what_was_promised_at_agreeing_counts_and_not_what_the_policy_says_later() -> None:
    plan = replace(PLAN, grace_days=10, missed_before_broken=3)
    assert stands(through=FIRST + timedelta(days=9), plan=plan).missed == 0
    assert stands(through=due(2) + timedelta(days=10), plan=plan) == Standing(yuan(0), 2, "live")


def test_payments_count_from_the_day_of_agreeing_where_the_borrower_lives() -> None:
    assert stands(paid(500, date(2026, 1, 9)), paid(300, date(2026, 1, 10))).paid == yuan(300)


def test_what_came_in_late_makes_a_broken_plan_stand_again() -> None:
    broken = replace(PLAN, status="broken", missed=2)
    assert stands(paid(500, due(2)), plan=broken) == Standing(yuan(500), 1, "live")
    assert stands(paid(100, due(2)), plan=broken) == Standing(yuan(100), 2, "broken")


def test_what_was_missed_stays_so_until_it_is_paid() -> None:
    assert stands(plan=replace(PLAN, missed=1)) == Standing(yuan(0), 1, "live")
    assert stands(paid(500, due(2)), plan=replace(PLAN, missed=1)).missed == 0


def test_a_hold_keeps_a_plan_from_breaking_but_mends_none() -> None:
    late = due(3) + timedelta(days=5)
    assert stands(through=late, held=True) == Standing(yuan(0), 3, "live")
    assert stands(through=late, held=True, plan=replace(PLAN, status="broken", missed=2)).status == "broken"


def test_all_paid_completes_it_and_a_payment_that_came_back_opens_it_again() -> None:
    whole = paid(2000, due(1))
    assert stands(whole) == Standing(yuan(2000), 0, "completed")
    assert stands(whole, paid(-500, due(2)), plan=replace(PLAN, status="completed")).status == "live"


def test_no_plan_has_no_standing() -> None:
    assert plan_standing(replace(terms(), plan=None), None, RULES, held=False) is None


amounts = st.integers(-1500, 2500).filter(bool)
days = st.integers(-30, 160).map(lambda days: FIRST + timedelta(days=days))
payments = st.lists(st.builds(paid, amounts, days), max_size=6)
known = st.none() | days


@given(payments, known, st.booleans())
def test_a_payment_never_makes_a_plan_stand_worse(made: list[Payment], through: date | None, held: bool) -> None:
    before = stands(*made, through=through, held=held)
    for more in (paid(1, due(1)), paid(700, due(1))):
        after = stands(*made, more, through=through, held=held)
        assert after.missed <= before.missed
        assert after.paid >= before.paid
        assert not (before.status != "broken" and after.status == "broken")


@given(payments, days, st.integers(0, 90))
def test_knowing_more_days_never_lessens_what_is_missed(made: list[Payment], through: date, later: int) -> None:
    before = stands(*made, through=through)
    after = stands(*made, through=through + timedelta(days=later))
    assert before.missed <= after.missed
    assert (before.status == "completed") == (after.status == "completed") == (after.paid >= yuan(2000))
    assert (after.status == "broken") == (after.missed >= RULES.missed_before_broken)


@given(st.lists(st.integers(0, 5), min_size=4, max_size=4), days)
def test_who_pays_each_within_its_grace_has_missed_none(late: list[int], through: date) -> None:
    made = [paid(500, due(number) + timedelta(days=days)) for number, days in enumerate(late, start=1)]
    arrived = [one for one in made if one.paid_on <= through]
    assert stands(*arrived, through=through).missed == 0


# Promises ---------------------------------------------------------------------------------------------------------


def promise(number: int, amount: int, on: date) -> Promise:
    return Promise(f"m{number}", "a1", "b1", yuan(amount), on, AGREED)


def kept(*promises: Promise, by: tuple[Payment, ...] = (), through: date | None = None) -> list[str]:
    found = promises_standing(terms(*by, promises=promises), through, RULES)
    return [found[one.id] for one in promises]


def test_a_promise_is_kept_within_its_grace_and_broken_after_it() -> None:
    made = promise(1, 300, FIRST)
    assert kept(made) == ["open"]
    assert kept(made, by=(paid(300, FIRST + timedelta(days=5)),)) == ["kept"]
    assert kept(made, by=(paid(300, FIRST + timedelta(days=6)),), through=due(2)) == ["broken"]
    assert kept(made, by=(paid(299, FIRST),), through=FIRST + timedelta(days=4)) == ["open"]
    assert kept(made, by=(paid(300, date(2026, 1, 9)),), through=due(2)) == ["broken"]


def test_a_late_booking_keeps_a_promise_that_counted_as_broken() -> None:
    broken = replace(promise(1, 300, FIRST), status="broken")
    assert kept(broken) == ["broken"]
    assert kept(broken, by=(paid(300, FIRST),)) == ["kept"]


def test_a_payment_keeps_one_promise_only() -> None:
    both = (promise(1, 300, FIRST), promise(2, 300, due(2)))
    assert kept(*both, by=(paid(300, FIRST),), through=due(3)) == ["kept", "broken"]
    assert kept(*both, by=(paid(600, FIRST),), through=due(3)) == ["kept", "kept"]


def test_a_payment_that_came_back_keeps_nothing() -> None:
    came_back = (paid(300, FIRST), paid(-300, FIRST + timedelta(days=2)))
    assert kept(promise(1, 300, FIRST), by=came_back, through=due(2)) == ["broken"]


@given(payments, st.lists(st.tuples(st.integers(1, 900), days), max_size=5))
def test_promises_kept_are_never_more_than_was_paid(made: list[Payment], said: list[tuple[int, date]]) -> None:
    promises = tuple(
        promise(number, amount, on) for number, (amount, on) in enumerate(sorted(said, key=lambda one: one[1]))
    )
    found = promises_standing(terms(*made, promises=promises), None, RULES)
    in_all = sum(one.amount.amount for one in promises if found[one.id] == "kept")
    assert in_all <= sum(one.amount.amount for one in made if one.amount.amount > 0)
