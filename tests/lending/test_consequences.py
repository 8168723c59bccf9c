"""What may be said of what follows: by this lender, on this debt, at this lateness, and where it stands."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lending.calendar import add_months
from bot.lending.consequences import HORIZONS, costs, outlook, so_far, steps
from bot.lending.debts import Account, Charge, InterestTerm, Statement, interest_sum
from bot.lending.policy import Policy
from bot.money import Money
from tests.lending.files import demo
from tests.lending.owing import TODAY, statement, yuan

POLICIES = demo()
FEES = (Charge(date(2026, 10, 7), yuan(60)), Charge(date(2026, 11, 7), yuan(60)))
CARD = Account(
    "a1",
    "harbour",
    "6225880110020916",
    "card",
    "CNY",
    "cn",
    replace(statement(), late_fees=FEES, reported_missed=2),
)
HARBOUR = POLICIES.for_account(CARD)


def test_a_step_whose_day_has_come_is_told_apart() -> None:
    seen = outlook(CARD, HARBOUR, date(2027, 1, 6))
    assert [step.response for step in seen.open_steps] == ["utter_step_card_suspension"]
    assert [step.response for step in seen.steps] == ["utter_step_court"]


def test_the_tone_page_s_card() -> None:
    seen = outlook(CARD, HARBOUR, TODAY)
    assert (seen.so_far.daily_interest, seen.so_far.late_fees, seen.so_far.missed_reported) == (yuan("6.00"), 2, 2)
    first = seen.costs[0]
    assert (first.day, first.total) == (date(2026, 12, 21), yuan("12840.00"))
    assert (first.interest, first.fees) == (yuan("180.00"), yuan("60.00"))
    assert [(step.response, step.day) for step in seen.steps] == [
        ("utter_step_card_suspension", date(2027, 1, 6)),
        ("utter_step_court", date(2027, 2, 4)),
    ]
    assert [saying.response for saying in (*seen.cannot, *seen.stops, *seen.after)] == [
        "utter_cannot_cn",
        "utter_stops_cn_card",
    ]
    assert seen.limitation is None
    assert {source.article for source in seen.sources} >= {"第68条", "第70条", "第16条", "第6条"}


@given(st.integers(0, 400), st.integers(0, 30))
def test_waiting_costs_what_its_parts_say_and_never_less_with_time(late: int, age: int) -> None:
    as_of = TODAY - timedelta(days=age)
    since = as_of - timedelta(days=late)
    account = replace(CARD, statement=_card(as_of, since))
    seen = costs(account, HARBOUR, TODAY)
    assert [cost.day - TODAY for cost in seen] == [timedelta(days=days) for days in HORIZONS]
    known = interest_sum(account.statement, HARBOUR.rounding_step)
    assert known is not None
    assert known.daily is not None
    for cost in seen:
        assert cost.total == account.statement.total + cost.interest + cost.fees
        assert cost.interest == known.daily * (cost.day - as_of).days
        booked = sum(1 for n in range(40) if as_of < add_months(since, n) <= cost.day)
        assert cost.fees == yuan(60) * booked
    assert [cost.total for cost in seen] == sorted(cost.total for cost in seen)


def _card(as_of: date, since: date) -> Statement:
    base = statement(as_of=as_of)
    term = base.interest_term
    assert term
    return replace(
        base, overdue_since=since, late_fees=FEES, interest_term=replace(term, since=as_of - timedelta(days=80))
    )


UNKNOWN = [
    ("no rate", replace(CARD.statement, interest_term=None)),
    ("interest that its rate does not give", replace(CARD.statement, interest=yuan(481), total=yuan(12601))),
    (
        "fees other than the lender's rule",
        replace(CARD.statement, late_fees=(Charge(date(2026, 10, 7), yuan(120)),)),
    ),
    ("nothing overdue", replace(CARD.statement, overdue=yuan(0), overdue_since=None)),
    ("old figures", replace(_card(TODAY - timedelta(days=36), date(2026, 9, 1)))),
]


@pytest.mark.parametrize(("why", "owing"), UNKNOWN, ids=[why for why, _ in UNKNOWN])
def test_no_cost_is_told_that_the_figures_do_not_bear_out(why: str, owing: Statement) -> None:
    assert costs(replace(CARD, statement=owing), HARBOUR, TODAY) == ()


def test_fees_rise_and_end_as_the_lender_s_rule_says() -> None:
    owing = Statement(
        as_of=TODAY,
        total=Money.of(43708, "TWD"),
        principal=Money.of(42000, "TWD"),
        interest=Money.of(1008, "TWD"),
        fees=Money.of(700, "TWD"),
        overdue=Money.of(43708, "TWD"),
        overdue_since=TODAY - timedelta(days=40),
        interest_term=InterestTerm(Money.of(42000, "TWD"), Decimal("0.0004"), TODAY - timedelta(days=60), 60),
        late_fees=(
            Charge(date(2026, 10, 12), Money.of(300, "TWD")),
            Charge(date(2026, 11, 12), Money.of(400, "TWD")),
        ),
    )
    account = Account("t1", "chuntian", "4311950070017261", "card", "TWD", "tw", owing)
    seen = costs(account, POLICIES.for_account(account), TODAY)
    assert [cost.fees for cost in seen] == [Money.of(500, "TWD")] * 3
    assert seen[0].interest == Money.of(504, "TWD")


@given(st.integers(1096, 5000))
def test_past_limitation_nothing_is_said_of_court_steps_or_plans(days: int) -> None:
    old = replace(CARD, limitation_from=TODAY - timedelta(days=days))
    seen = outlook(old, HARBOUR, TODAY)
    assert seen.limitation is not None
    assert seen.limitation.response == "utter_limitation_passed"
    assert seen.limitation.values == {"years": 3}
    assert not (seen.steps)
    assert not (seen.costs)
    assert not (seen.stops)
    assert not (seen.after)
    assert not any("民事诉讼法" in source.title for source in seen.sources)


def test_a_hold_or_a_plan_stops_the_lender_s_steps() -> None:
    seen = outlook(CARD, HARBOUR, TODAY, suspended=True)
    assert not (seen.steps)
    assert not (seen.costs)
    assert not (seen.stops)
    assert seen.cannot


def test_a_court_that_has_decided_is_not_gone_to_again() -> None:
    decided = replace(CARD, judgment=True)
    assert [step.response for step in steps(decided, HARBOUR)] == ["utter_step_card_suspension"]
    assert costs(decided, HARBOUR, TODAY) == ()


def test_nothing_overdue_has_no_next_step() -> None:
    current = replace(CARD, statement=replace(CARD.statement, overdue=yuan(0), overdue_since=None))
    assert steps(current, HARBOUR) == ()


def test_steps_and_laws_are_those_of_the_product_and_creditor() -> None:
    loan = replace(CARD, product="loan")
    seen = outlook(loan, POLICIES.for_account(loan), TODAY)
    assert [step.response for step in seen.steps] == ["utter_step_court"]
    assert [saying.response for saying in seen.stops] == []
    assert [saying.response for saying in seen.after] == ["utter_record_cn"]
    placed = outlook(_dollars("northwind"), POLICIES.for_account(_dollars("northwind")), TODAY)
    own = outlook(_dollars("prairie"), POLICIES.for_account(_dollars("prairie")), TODAY)
    assert [saying.response for saying in placed.cannot] == ["utter_cannot_us_agency"]
    assert [saying.response for saying in own.cannot] == ["utter_cannot_us"]


def test_an_agency_s_lender_that_does_not_sue_has_no_word_of_court() -> None:
    policy = POLICIES.for_account(_dollars("oakline"))
    assert outlook(_dollars("oakline"), policy, TODAY).steps == ()


def _dollars(creditor: str) -> Account:
    owed, zero = Money.of("640.25", "USD"), Money.zero("USD")
    owing = Statement(TODAY, owed, owed, zero, zero, owed, TODAY - timedelta(days=220))
    return Account("u1", creditor, "OK0000220417", "store_credit", "USD", "us", owing)


@pytest.mark.parametrize("creditor", sorted(POLICIES.creditors))
def test_every_statement_of_law_has_its_source(creditor: str) -> None:
    for product in ("card", "loan", "online_loan", "overdraft", "store_credit"):
        policy: Policy = POLICIES._policies[creditor, product]
        account = replace(CARD, creditor=creditor, product=product)
        seen = outlook(account, policy, TODAY)
        assert all(saying.sources for saying in (*seen.cannot, *seen.stops, *seen.after))
        assert seen.cannot


def test_reports_are_told_only_where_the_lender_makes_them() -> None:
    silent = HARBOUR.model_copy(
        update={"consequences": HARBOUR.consequences.model_copy(update={"reports_missed": False})}
    )
    assert so_far(CARD, silent).missed_reported == 0
