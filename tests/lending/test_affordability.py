"""The surplus is the lower end of what was said; the budget is one over all plans and calendar months."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.lending.affordability import Budget, Means, Range, exactly, surplus
from bot.lending.schedules import Instalment
from bot.money import Money


def yuan(amount: int | str) -> Money:
    return Money.of(amount, "CNY")


amounts = st.integers(0, 50_000).map(yuan)
ranges = st.tuples(amounts, amounts).map(lambda pair: Range(min(pair), max(pair)))
means = st.builds(
    Means,
    income=st.none() | ranges,
    essentials=st.none() | ranges,
    other_debts=st.none() | ranges,
    safe=st.none() | ranges,
)


def test_what_they_call_safe_counts_by_its_lower_end() -> None:
    assert surplus(Means(safe=Range(yuan(800), yuan(1000)))) == yuan(800)


def test_less_is_left_than_they_call_safe() -> None:
    said = Means(
        income=Range(yuan(5000), yuan(6000)),
        essentials=Range(yuan(3800), yuan(4000)),
        other_debts=exactly(yuan(400)),
        safe=exactly(yuan(800)),
    )
    assert surplus(said) == yuan(600)


def test_nothing_to_spare_is_zero_and_nothing_said_is_unknown() -> None:
    assert surplus(Means(income=exactly(yuan(3000)), essentials=exactly(yuan(3500)))) == yuan(0)
    assert surplus(Means(income=exactly(yuan(3000)))) is None


@given(means)
def test_the_surplus_is_never_above_any_figure_that_limits_it(said: Means) -> None:
    found = surplus(said)
    if found is None:
        assert said.safe is None
        return
    assert found >= yuan(0)
    if said.safe:
        assert found <= said.safe.low
    if said.income and said.essentials:
        assert found <= max(yuan(0), said.income.low - said.essentials.high)


def instalments(*rows: tuple[date, int]) -> list[Instalment]:
    return [Instalment(number, due, yuan(amount)) for number, (due, amount) in enumerate(rows, 1)]


def test_five_paydays_of_200_need_1000_in_that_month() -> None:
    fridays = instalments(*((date(2027, 1, day), 200) for day in (1, 8, 15, 22, 29)))
    assert not Budget(yuan(900)).fits(fridays)
    assert Budget(yuan(1000)).spare(fridays) == yuan(0)


def test_plans_under_way_use_the_same_budget() -> None:
    other = instalments((date(2027, 1, 10), 300), (date(2027, 2, 10), 300))
    budget = Budget.over(yuan(800), [other])
    assert budget.free((2027, 1)) == yuan(500)
    assert budget.free((2027, 3)) == yuan(800)
    assert not budget.fits(instalments((date(2027, 2, 20), 501)))
    assert budget.spare(instalments((date(2027, 2, 20), 450), (date(2027, 3, 20), 450))) == yuan(50)


def test_plans_in_another_currency_are_another_budget() -> None:
    dollars = [Instalment(1, date(2027, 1, 10), Money.of(300, "USD"))]
    assert Budget.over(yuan(800), [dollars]).free((2027, 1)) == yuan(800)


@given(st.lists(st.tuples(st.dates(date(2027, 1, 1), date(2027, 6, 30)), st.integers(1, 400)), min_size=1))
def test_what_fits_leaves_no_month_above_the_budget(rows: list[tuple[date, int]]) -> None:
    budget = Budget.over(yuan(1000), [instalments((date(2027, 3, 5), 250))])
    asked: dict[int, int] = {3: 250}
    for due, amount in rows:
        asked[due.month] = asked.get(due.month, 0) + amount
    assert budget.fits(instalments(*rows)) == all(amount <= 1000 for amount in asked.values())
