"""A borrower's own idea: taken as it stands, or answered with the nearest that the policy allows."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lending.own_idea import counter, draft, idea_of
from bot.lending.plans import OwnIdea, offers
from bot.money import total
from tests.lending.owing import TODAY, basis, rules, yuan

WEEKLY_TOO = rules().model_copy(update={"frequencies": ("monthly", "weekly")})


def told(idea: OwnIdea, **ground: Any) -> tuple[str, str | None, str, int]:
    answer = counter(basis(**ground), idea)
    rows = answer.offer.schedule.instalments if answer.offer else ()
    return answer.outcome, answer.reason, str(rows[0].amount.amount) if rows else "", len(rows)


@pytest.mark.parametrize(
    ("idea", "answer"),
    [
        (OwnIdea(amount=yuan(600)), ("accepted", None, "600.00", 21)),
        (OwnIdea(count=20), ("accepted", None, "630.00", 20)),
        (OwnIdea(amount=yuan(500)), ("nearest", "too_long", "525.00", 24)),
        (OwnIdea(count=36), ("nearest", "too_long", "525.00", 24)),
        (OwnIdea(amount=yuan(500), count=10), ("nearest", "too_long", "525.00", 24)),
        (OwnIdea(amount=yuan(700), count=10), ("nearest", "falls_short", "700.00", 18)),
        (OwnIdea(amount=yuan(633)), ("nearest", "step", "630.00", 20)),
        (OwnIdea(count=10), ("confirm", "above_surplus", "1260.00", 10)),
        (OwnIdea(amount=yuan(900)), ("confirm", "above_surplus", "900.00", 14)),
        (OwnIdea(amount=yuan(200), frequency="weekly"), ("nearest", "frequency", "700.00", 18)),
    ],
)
def test_ideas_about_the_harbour_card(idea: OwnIdea, answer: tuple[str, str | None, str, int]) -> None:
    assert told(idea) == answer


def test_half_now_and_the_rest_in_march() -> None:
    idea = OwnIdea(down_payment=yuan(6300), rest_on=date(2027, 3, 1))
    answer = counter(basis(surplus=None), idea)
    assert answer.outcome == "accepted"
    assert answer.offer is not None
    assert [(row.due, row.amount) for row in answer.offer.schedule.instalments] == [
        (date(2026, 12, 10), yuan(6300)),
        (date(2027, 3, 1), yuan(6300)),
    ]


def test_half_now_above_the_surplus_is_asked_about_first() -> None:
    idea = OwnIdea(down_payment=yuan(6300), rest_on=date(2027, 3, 1))
    assert told(idea)[:2] == ("confirm", "above_surplus")
    assert counter(basis(), idea, confirmed=True).outcome == "accepted"


def test_weekly_is_taken_where_the_policy_has_it() -> None:
    answer = counter(basis(surplus="1000", allowed=WEEKLY_TOO), OwnIdea(amount=yuan(200), frequency="weekly"))
    assert answer.outcome == "accepted"
    assert answer.offer is not None
    assert len(answer.offer.schedule.instalments) == 63


def test_weekly_200_is_above_900_because_of_five_paydays() -> None:
    answer = counter(basis(surplus="900", allowed=WEEKLY_TOO), OwnIdea(amount=yuan(200), frequency="weekly"))
    assert answer.outcome == "confirm"


def test_a_first_date_too_far_away_or_too_near_is_moved() -> None:
    late = counter(basis(), OwnIdea(amount=yuan(600), first_due=TODAY + timedelta(days=80)))
    near = counter(basis(), OwnIdea(amount=yuan(600), first_due=TODAY))
    assert (late.outcome, late.reason) == ("nearest", "too_late")
    assert late.offer is not None
    assert late.offer.schedule.first.due <= TODAY + timedelta(days=45)
    assert (near.outcome, near.reason) == ("nearest", "too_soon")


def test_a_down_payment_that_the_policy_asks_for_is_added() -> None:
    answer = counter(basis(surplus=None, allowed=rules(down=10)), OwnIdea(amount=yuan(600)))
    assert (answer.outcome, answer.reason) == ("nearest", "down_payment")
    assert answer.offer is not None
    assert answer.offer.schedule.first.amount == yuan(1260)


def test_after_two_rounds_a_person_takes_over() -> None:
    assert counter(basis(), OwnIdea(amount=yuan(500)), rounds=1).outcome == "nearest"
    assert counter(basis(), OwnIdea(amount=yuan(500)), rounds=2).outcome == "person"
    assert counter(basis(), OwnIdea(amount=yuan(600)), rounds=2).outcome == "accepted"


def test_below_every_plan_of_the_policy_goes_to_a_person() -> None:
    answer = counter(basis(surplus="300"), OwnIdea(amount=yuan(300)))
    assert (answer.outcome, answer.offer) == ("person", None)


ideas = st.builds(
    OwnIdea,
    amount=st.none() | st.decimals("0.01", "20000", places=2).map(lambda d: yuan(str(d))),
    count=st.none() | st.integers(1, 200),
    frequency=st.sampled_from(["weekly", "fortnightly", "monthly"]),
    first_due=st.none() | st.integers(-5, 120).map(lambda n: TODAY + timedelta(days=n)),
    down_payment=st.none() | st.decimals("0.01", "20000", places=2).map(lambda d: yuan(str(d))),
    rest_on=st.none() | st.integers(-5, 2000).map(lambda n: TODAY + timedelta(days=n)),
)


@given(
    idea=ideas,
    surplus=st.none() | st.integers(0, 3000).map(str),
    allowed=st.sampled_from([rules(), WEEKLY_TOO, rules(12, "100", "500", 20), rules(60, "0.01", "1")]),
)
def test_no_idea_breaks_the_policy_the_budget_or_the_sum(idea: OwnIdea, surplus: str | None, allowed: Any) -> None:
    ground = basis(surplus=surplus, allowed=allowed)
    answer = counter(ground, idea)
    if answer.offer is None:
        assert answer.outcome == "person"
        return
    schedule = answer.offer.schedule
    assert total((row.amount for row in schedule.instalments), "CNY") == schedule.total == ground.owed.total
    assert schedule.frequency in allowed.frequencies
    assert schedule.last.due <= TODAY + timedelta(days=allowed.longest_months * 31 + 60)
    assert schedule.first.due > TODAY
    if answer.outcome in ("accepted", "nearest"):
        assert ground.bears(schedule)
    if answer.outcome == "nearest" and not answer.idea.rest_on:
        assert draft(ground, answer.idea) == schedule


@given(surplus=st.integers(525, 9000), down=st.sampled_from([0, 5]))
def test_an_offer_can_be_drawn_up_again_from_its_idea(surplus: int, down: int) -> None:
    ground = basis(surplus=str(surplus), allowed=rules(down=down))
    for offer in offers(ground):
        assert draft(ground, idea_of(offer.schedule)) == offer.schedule
        assert counter(ground, idea_of(offer.schedule)).outcome == "accepted"


def test_the_idea_with_everything_left_out_gets_the_longest_plan() -> None:
    assert told(replace(OwnIdea(), count=None))[2:] == ("525.00", 24)
    assert Decimal(told(OwnIdea())[2]) == 525
