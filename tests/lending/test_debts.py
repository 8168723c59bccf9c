"""What is owed: sums that hold, figures that are refused, old figures and old debts."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lending.debts import (
    Account,
    Charge,
    InterestTerm,
    Statement,
    UnsoundStatement,
    check_statement,
    fee_sum,
    interest_sum,
    limitation_ends,
    line,
    overview,
    past_limitation,
    stale_days,
)
from bot.money import Money, total
from tests.lending.files import demo
from tests.lending.owing import TODAY, statement, yuan

POLICIES = demo()
CENT = Decimal("0.01")
FEES = (Charge(date(2026, 10, 7), yuan(60)), Charge(date(2026, 11, 7), yuan(60)))
CARD = Account("a1", "harbour", "6225880110020916", "card", "CNY", "cn", replace(statement(), late_fees=FEES))
HARBOUR = POLICIES.for_account(CARD)


def test_the_card_of_the_tone_page_adds_up() -> None:
    check_statement(CARD.statement)
    known = interest_sum(CARD.statement, CENT)
    assert known is not None
    assert (known.daily, known.days, known.since) == (yuan("6.00"), 80, date(2026, 9, 2))
    fees = fee_sum(CARD.statement)
    assert fees is not None
    assert (fees.each, len(fees.charges)) == (yuan(60), 2)
    assert line(CARD, HARBOUR, TODAY).days_past_due == 45


@given(
    st.integers(1, 10**9),
    st.integers(1, 10**5),
    st.integers(0, 3000),
    st.sampled_from([CENT, Decimal(1)]),
    st.booleans(),
)
def test_interest_is_explained_only_by_a_sum_that_gives_it(
    units: int, rate: int, days: int, step: Decimal, first_day_too: bool
) -> None:
    principal, daily = Money.from_minor(units, "CNY"), Decimal(rate).scaleb(-7)
    interest = (principal * (daily * days)).rounded(step)
    since = TODAY - timedelta(days=days - 1 if first_day_too and days else days)
    known = interest_sum(_owing(principal, interest, InterestTerm(principal, daily, since, days)), step)
    if not interest:
        assert known is None
        return
    assert known is not None
    assert (known.principal * known.daily_rate * known.days).rounded(step) == interest
    if known.daily:
        assert known.daily * known.days == interest


@given(st.integers(1, 10**7), st.integers(1, 10**6))
def test_interest_that_its_figures_do_not_give_has_no_sum(units: int, off: int) -> None:
    principal = Money.from_minor(units, "CNY")
    interest = (principal * Decimal("0.0005") * 80).rounded(CENT) + Money.from_minor(off, "CNY")
    term = InterestTerm(principal, Decimal("0.0005"), date(2026, 9, 2), 80)
    assert interest_sum(_owing(principal, interest, term), CENT) is None


def test_days_that_do_not_fit_the_dates_have_no_sum() -> None:
    term = InterestTerm(yuan(12000), Decimal("0.0005"), date(2026, 9, 5), 80)
    assert interest_sum(_owing(yuan(12000), yuan(480), term), CENT) is None


def test_interest_without_a_breakdown_has_no_sum() -> None:
    assert interest_sum(statement(rate=None), CENT) is None


def _owing(principal: Money, interest: Money, term: InterestTerm) -> Statement:
    owed = principal + interest
    return Statement(TODAY, owed, principal, interest, yuan(0), owed, date(2026, 10, 7), interest_term=term)


@given(st.lists(st.integers(1, 10**6), max_size=6), st.integers(0, 10**6))
def test_late_fees_are_listed_only_if_they_add_up(units: list[int], off: int) -> None:
    charges = tuple(Charge(TODAY - timedelta(days=30 * n), Money.from_minor(u, "CNY")) for n, u in enumerate(units))
    fees = total((charge.amount for charge in charges), "CNY") + Money.from_minor(off, "CNY")
    known = fee_sum(replace(CARD.statement, fees=fees, late_fees=charges))
    if off or not charges:
        assert known is None
    else:
        assert known is not None
        assert sorted(known.charges, key=lambda charge: charge.on) == list(known.charges)
        assert (known.each is not None) == (len(set(units)) == 1)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"total": yuan("12600.01")}, "total"),
        ({"interest": yuan("-480.00"), "total": yuan("11640.00")}, "interest"),
        ({"fees": Money.of("120.00", "USD")}, "fees"),
        ({"overdue": yuan("12600.01")}, "overdue"),
        ({"overdue": yuan(0)}, "overdue_since"),
        ({"overdue_since": None}, "overdue_since"),
        ({"overdue_since": TODAY + timedelta(days=1)}, "overdue_since"),
    ],
)
def test_figures_that_contradict_each_other_are_refused(change: dict[str, object], field: str) -> None:
    with pytest.raises(UnsoundStatement) as refused:
        check_statement(replace(CARD.statement, **change))  # type: ignore[arg-type]
    assert refused.value.field == field


def test_old_figures_say_how_old_they_are() -> None:
    fresh = HARBOUR.statement_stale_days
    assert stale_days(CARD.statement, HARBOUR, TODAY + timedelta(days=fresh)) is None
    assert stale_days(CARD.statement, HARBOUR, TODAY + timedelta(days=fresh + 1)) == fresh + 1


# Limitation -----------------------------------------------------------------------------------
@given(st.dates(date(1990, 1, 1), date(2030, 1, 1)), st.integers(-400, 400))
def test_a_debt_is_old_from_the_anniversary_on(start: date, off: int) -> None:
    account = replace(CARD, limitation_from=start)
    ends = limitation_ends(account, HARBOUR)
    assert ends is not None
    assert ends.year - start.year == 3
    assert (ends.month, ends.day) in {(start.month, start.day), (3, 1)}
    day = ends + timedelta(days=off)
    assert past_limitation(account, HARBOUR, day) == (off >= 0)


def test_without_a_stated_start_the_first_missed_payment_counts() -> None:
    old = replace(CARD, statement=replace(CARD.statement, overdue_since=date(2023, 11, 21)))
    assert past_limitation(old, HARBOUR, TODAY)
    assert not past_limitation(old, HARBOUR, TODAY - timedelta(days=1))


def test_a_debt_that_a_court_has_decided_is_not_past_this_period() -> None:
    assert not past_limitation(replace(CARD, limitation_from=date(2000, 1, 1), judgment=True), HARBOUR, TODAY)


def test_where_nobody_stated_a_period_nothing_is_past_it() -> None:
    assert not past_limitation(
        replace(CARD, limitation_from=date(2000, 1, 1)),
        HARBOUR.model_copy(update={"limitation": POLICIES.packs["us"].limitation}),
        TODAY,
    )


# Overview -------------------------------------------------------------------------------------
@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 10**7)), max_size=6))
def test_an_overview_sums_what_can_be_asked_for(debts: list[tuple[int, int]]) -> None:
    accounts = [_late(number, days, units) for number, (days, units) in enumerate(debts)]
    seen = overview([(account, HARBOUR) for account in accounts], TODAY)
    assert sorted(one.account.id for one in seen.lines) == sorted(account.id for account in accounts)
    assert [one.days_past_due for one in seen.lines] == sorted((days for days, _ in debts), reverse=True)
    owed = [one.account.statement.total for one in seen.lines if not one.past_limitation]
    assert list(seen.totals) == ([total(owed, "CNY")] if owed else [])


def test_sums_of_different_currencies_are_kept_apart() -> None:
    pounds = replace(
        CARD, id="a2", currency="GBP", statement=replace(_late(1, 0, 500).statement, total=Money.of(5, "GBP"))
    )
    seen = overview([(CARD, HARBOUR), (pounds, HARBOUR)], TODAY)
    assert {amount.currency: amount for amount in seen.totals} == {
        "CNY": yuan("12600.00"),
        "GBP": Money.of(5, "GBP"),
    }


def _late(number: int, days: int, units: int) -> Account:
    owed, zero = Money.from_minor(units, "CNY"), yuan(0)
    since = TODAY - timedelta(days=days)
    return replace(CARD, id=f"a{number}", statement=Statement(TODAY, owed, owed, zero, zero, owed, since))
