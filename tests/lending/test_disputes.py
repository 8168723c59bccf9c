"""Disputes get an answer by a day that the policy gives."""

from datetime import UTC, date, datetime, timedelta
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from bot.lending.disputes import (
    Dispute,
    DisputeKind,
    Outcome,
    held_for,
    raise_dispute,
    settled,
    still_needed,
)
from bot.lending.holds import HoldReason

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
TODAY = date(2026, 11, 21)
KINDS: tuple[DisputeKind, ...] = get_args(DisputeKind)


@given(st.fixed_dictionaries({kind: st.integers(1, 366) for kind in KINDS}), st.sampled_from(KINDS))
def test_each_kind_has_its_own_day(days: dict[DisputeKind, int], kind: DisputeKind) -> None:
    dispute = raise_dispute(kind, " wrong ", borrower_id=None, account_id=None, at=NOW, today=TODAY, days=days)
    assert dispute.answer_by - TODAY == timedelta(days=days[kind])
    assert dispute.status == "open"
    assert dispute.words == "wrong"


def test_a_ticket_is_short_and_its_own() -> None:
    tickets = {
        raise_dispute(
            "fees", "x", borrower_id="b", account_id="a", at=NOW, today=TODAY, days=dict.fromkeys(KINDS, 30)
        ).ticket
        for _ in range(50)
    }
    assert len(tickets) == 50
    assert all(len(ticket) == 8 for ticket in tickets)


def _raised(kind: DisputeKind, account: str = "a1") -> Dispute:
    days = dict.fromkeys(KINDS, 30)
    return raise_dispute(kind, "x", borrower_id="b1", account_id=account, at=NOW, today=TODAY, days=days)


@given(st.sampled_from(KINDS), st.sampled_from(["upheld", "rejected", "withdrawn"]), st.sampled_from(["upheld"]))
def test_an_answer_is_given_once(kind: DisputeKind, first: Outcome, second: Outcome) -> None:
    answered = settled(_raised(kind), first, NOW)
    assert (answered.status, answered.settled_at) == (first, NOW)
    assert settled(answered, second, NOW + timedelta(days=1)) == answered


@given(st.lists(st.sampled_from(KINDS), max_size=5), st.sampled_from(get_args(HoldReason)))
def test_a_hold_is_needed_while_a_dispute_of_its_account_is_open(kinds: list[DisputeKind], why: HoldReason) -> None:
    raised = [_raised(kind) for kind in kinds]
    needed = still_needed(why, raised, "a1")
    assert needed == any(held_for(kind) == why for kind in kinds)
    assert not still_needed(why, raised, "a2")
    assert not still_needed(why, [settled(dispute, "upheld", NOW) for dispute in raised], "a1")


def test_a_request_for_data_holds_nothing_and_everything_else_does() -> None:
    assert [kind for kind in KINDS if held_for(kind) is None] == ["data_request"]
