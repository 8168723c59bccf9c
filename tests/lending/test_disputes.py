"""Disputes get an answer by a day that the policy gives."""

from datetime import UTC, date, datetime, timedelta
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from bot.lending.disputes import DisputeKind, raise_dispute

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
