"""What holds stop, on whose word they stand, and who may lift them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lending.holds import (
    Hold,
    Lifter,
    Stops,
    carried_over,
    may_lift,
    pause,
    place,
    provisionally,
    same,
    stopping,
)
from bot.lending.policy_rules import HoldRule

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
TODAY = date(2026, 11, 21)
ORDER: tuple[Stops, ...] = ("reminders", "plans", "collection")
rules = st.builds(
    HoldRule,
    stops=st.sampled_from(ORDER),
    review_days=st.none() | st.integers(1, 366),
    lifted_by=st.sampled_from([("lender",), ("supervisor",), ("collector", "supervisor"), ("borrower",)]),
)
held = rules.map(lambda rule: place(rule, "account", "a1", "dispute", NOW, TODAY))


@given(held, st.sampled_from(ORDER))
def test_a_hold_stops_its_own_level_and_those_before(hold: Hold, what: Stops) -> None:
    assert (stopping([hold], what) is hold) == (ORDER.index(what) <= ORDER.index(hold.stops))


@given(st.lists(held), st.sampled_from(ORDER))
def test_a_lifted_hold_stops_nothing(holds: list[Hold], what: Stops) -> None:
    lifted = [_lifted(hold) for hold in holds]
    assert stopping(lifted, what) is None


@given(held)
def test_the_word_of_a_stranger_is_looked_at_soon_and_stops_as_much(hold: Hold) -> None:
    weak = provisionally(hold, TODAY)
    assert weak.provisional
    assert weak.review_on is not None
    assert weak.review_on <= TODAY + timedelta(days=3)
    assert weak.stops == hold.stops
    assert may_lift(weak, "collector")


@given(held)
def test_a_pause_lasts_a_day_and_the_borrower_can_end_it(hold: Hold) -> None:
    paused = pause(hold, TODAY)
    assert paused.review_on == TODAY + timedelta(days=1)
    assert may_lift(paused, "borrower")


@pytest.mark.parametrize(
    ("lifted_by", "who", "may"),
    [
        (("supervisor",), "collector", False),
        (("supervisor",), "supervisor", True),
        (("collector",), "supervisor", True),
        (("lender",), "supervisor", False),
        (("collector",), "borrower", False),
    ],
)
def test_who_may_lift(lifted_by: tuple[Lifter, ...], who: Lifter, may: bool) -> None:
    rule = HoldRule(stops="plans", review_days=30, lifted_by=lifted_by)
    assert may_lift(place(rule, "borrower", "b1", "fraud", NOW, TODAY), who) is may


@given(held)
def test_a_second_hold_like_the_first_is_seen(hold: Hold) -> None:
    assert same([hold], hold) is hold
    assert same([hold], provisionally(hold, TODAY)) is hold
    assert same([provisionally(hold, TODAY)], hold) is None
    assert same([_lifted(hold)], hold) is None


def test_only_a_pause_ends_by_itself() -> None:
    hold = place(
        HoldRule(stops="plans", review_days=30, lifted_by=("lender",)), "account", "a", "fraud", NOW, TODAY
    )
    assert not hold.lapses
    assert pause(hold, TODAY).lapses


def _lifted(hold: Hold) -> Hold:
    return replace(hold, lifted_at=NOW)


@given(
    st.lists(st.builds(replace, held, id=st.uuids().map(str), subject=st.sampled_from(["a1", "a2"])), max_size=6),
    st.lists(st.sampled_from(["collector", "supervisor", "lender", "borrower"]), max_size=6),
    st.sampled_from(ORDER),
)
def test_only_who_may_lift_changes_what_is_stopped(holds: list[Hold], who: list[Lifter], what: Stops) -> None:
    after = [_lifted(hold) if any(may_lift(hold, one) for one in who) else hold for hold in holds]
    still = [hold for hold in holds if not any(may_lift(hold, one) for one in who)]
    assert (stopping(after, what) is None) == (stopping(still, what) is None)


@given(held, st.sampled_from(ORDER))
def test_a_strangers_hold_follows_whom_they_turn_out_to_be_and_never_a_pause(hold: Hold, what: Stops) -> None:
    weak = provisionally(replace(hold, subject_kind="address", subject="web:x/1"), TODAY)
    moved = carried_over(weak, "b1")
    assert moved is not None
    assert (moved.subject_kind, moved.subject, moved.provisional) == ("borrower", "b1", True)
    assert (stopping([moved], what) is None) == (stopping([hold], what) is None)
    assert carried_over(pause(hold, TODAY), "b1") is None
    assert carried_over(replace(weak, reason="wrong_person"), "b1") is None


@given(rules.filter(lambda rule: rule.review_days is not None), st.sampled_from(ORDER))
def test_what_lapses_by_the_policy_lapses_when_placed(rule: HoldRule, what: Stops) -> None:
    own = rule.model_copy(update={"lapses": True})
    hold = place(own, "borrower", "b1", "vulnerability", NOW, TODAY)
    assert hold.lapses
    assert hold.review_on == TODAY + timedelta(days=rule.review_days or 0)
    assert (stopping([hold], what) is hold) == (ORDER.index(what) <= ORDER.index(hold.stops))


def test_a_rule_that_lapses_names_its_days() -> None:
    with pytest.raises(ValueError, match="would never end"):
        HoldRule(stops="reminders", lifted_by=("borrower",), lapses=True)


@given(held)
def test_a_pause_does_not_stand_for_the_hold_itself(hold: Hold) -> None:
    """Nor does time that ends sooner for time that ends later; the hold itself stands for a pause."""
    meant, asked = provisionally(hold, TODAY), pause(hold, TODAY)
    assert same([asked], meant) is None
    assert same([meant], asked) is meant
    assert same([asked], pause(hold, TODAY)) is asked
    assert same([asked], pause(hold, TODAY + timedelta(days=1))) is None
