"""No order of events reaches an impossible state; what is refused leaves nothing behind."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any, get_args
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.desk.cases import URGENCY, ImpossibleTransition, apply, fold
from bot.desk.store import CaseEvent, CaseEventKind, CaseReason, CaseState
from bot.storage.engine import Database
from tests.desk.stage import NOW, chat

KINDS: tuple[CaseEventKind, ...] = get_args(CaseEventKind)
REASONS: tuple[CaseReason, ...] = get_args(CaseReason)
people = st.sampled_from([None, "ann", "ben"])
events = st.lists(st.tuples(st.sampled_from(KINDS), people, st.sampled_from(REASONS)), max_size=25)


def opened(reason: CaseReason = "request") -> CaseEvent:
    body = {
        "conversation_id": "c",
        "creditor": None,
        "speaker": "harbour",
        "reason": reason,
        "wants": "w",
        "locale": "en",
    }
    return CaseEvent("case", 1, "opened", NOW, None, body)


def body_of(kind: CaseEventKind, reason: CaseReason, number: int) -> dict[str, Any]:
    """Facts for an event: a transfer goes to a colleague or a team, a deadline is sooner or later."""
    due = (NOW + timedelta(minutes=URGENCY[reason] * 10 + number)).isoformat()
    route = {"team": "legal" if number % 2 else "general", "answer_warn": due, "answer_by": due}
    bodies: dict[CaseEventKind, dict[str, Any]] = {
        "raised": {"reason": reason, "wants": "now this", "borrower_id": "b" if number % 3 else None, **route},
        "resolved": {"outcome": "other"},
        "superseded": {"outcome": "person_changed"},
        "returned": {"why": "silence"} if number % 2 else {},
        "callback_booked": {"starts_at": due, "ends_at": (NOW + timedelta(days=1)).isoformat()},
        "callback_cancelled": {"answer_warn": due, "answer_by": due},
        "transferred": {"team": "fraud", "holder": ("ann", "ben", None)[number % 3]},
    }
    return bodies.get(kind, {})


def tried(
    steps: list[tuple[CaseEventKind, str | None, CaseReason]], first: CaseEvent | None = None
) -> tuple[list[CaseEvent], list[CaseState]]:
    """Apply what is allowed of `steps`, skipping what is refused."""
    first = first or opened()
    history, states = [first], [apply(None, first)]
    for kind, who, reason in steps:
        number = states[-1].number + 1
        event = CaseEvent(
            first.case_id, number, kind, NOW + timedelta(seconds=number), who, body_of(kind, reason, number)
        )
        try:
            states.append(apply(states[-1], event))
        except ImpossibleTransition:
            continue
        history.append(event)
    return history, states


@given(events)
def test_every_reachable_state_makes_sense(steps: list[tuple[CaseEventKind, str | None, CaseReason]]) -> None:
    _, states = tried(steps)
    for state in states:
        assert (state.holder is not None) == (state.status == "held")
        assert (state.closed_at is None) == state.open
        assert state.open or state.waiting_since is None
        assert state.status != "waiting" or state.waiting_since is not None
        assert state.urgency <= URGENCY[state.reason]
        assert state.status != "held" or state.served_by == state.holder
        assert state.reserved_for is None or state.status == "waiting"
        assert (state.answer_by is None) == (state.answer_warn is None)
        assert state.quiet is None or state.status == "held"
        assert state.callback_at is None or state.open
        assert state.quiet != "borrower" or state.waiting_since is None


@given(events)
def test_nobody_takes_what_another_holds(steps: list[tuple[CaseEventKind, str | None, CaseReason]]) -> None:
    history, states = tried(steps)
    for event, (before, after) in zip(history[1:], pairwise(states), strict=True):
        same = None in (before.holder, after.holder) or before.holder == after.holder
        assert same or event.kind == "transferred"
        assert before.open or (after.status, after.holder) == (before.status, before.holder)
        assert after.urgency <= before.urgency


@given(events)
def test_the_fold_is_the_state_after_the_last_event(
    steps: list[tuple[CaseEventKind, str | None, CaseReason]],
) -> None:
    history, states = tried(steps)
    assert fold(history) == states[-1]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events)
def test_the_stored_row_is_the_fold_of_the_stored_events(
    database: Database, steps: list[tuple[CaseEventKind, str | None, CaseReason]]
) -> None:
    with database.transaction() as work:
        chat_id = chat(work, reference=None, sender=uuid4().hex).id
        first = opened()
        first = replace(first, case_id=uuid4().hex, body={**first.body, "conversation_id": chat_id})
        history, states = tried(steps, first)
        for event, state in zip(history, states, strict=True):
            work.desk.add(state, event)
        stored = work.desk.case(first.case_id)
        assert stored == fold(work.desk.events(first.case_id)) == states[-1]
        assert (work.desk.open_case(chat_id) == stored) == states[-1].open


@given(events, st.data())
def test_a_gap_or_a_repetition_is_refused(
    steps: list[tuple[CaseEventKind, str | None, CaseReason]], data: st.DataObject
) -> None:
    history, states = tried(steps)
    wrong = data.draw(st.integers(-1, 50).filter(lambda number: number != states[-1].number + 1))
    with pytest.raises(ImpossibleTransition):
        apply(states[-1], CaseEvent("case", wrong, "note", NOW, "ann", {}))
    if len(history) > 1:
        with pytest.raises(ImpossibleTransition):
            fold([*history, history[-1]])


def test_waiting_counts_from_the_first_unanswered_message() -> None:
    state = apply(None, opened())
    state = apply(state, CaseEvent("case", 2, "taken", NOW, "ann", {}))
    assert state.waiting_since == NOW
    state = apply(state, CaseEvent("case", 3, "answered", NOW, "ann", {"seq": 9}))
    assert state.waiting_since is None
    first, second = NOW + timedelta(minutes=1), NOW + timedelta(minutes=2)
    state = apply(state, CaseEvent("case", 4, "message", first, None, {"seq": 10}))
    state = apply(state, CaseEvent("case", 5, "message", second, None, {"seq": 11}))
    assert state.waiting_since == first


def test_raising_keeps_the_more_urgent_reason_and_the_newest_wish() -> None:
    state = apply(None, opened("negotiation"))
    up = apply(state, CaseEvent("case", 2, "raised", NOW, None, {"reason": "distress", "wants": "is not safe"}))
    assert (up.reason, up.urgency, up.wants) == ("distress", 0, "is not safe")
    same = apply(up, CaseEvent("case", 3, "raised", NOW, None, {"reason": "request", "wants": "asks again"}))
    assert (same.reason, same.wants) == ("distress", "asks again")


@pytest.mark.parametrize("event", [
    replace(opened(), number=2),
    replace(opened(), kind="taken", staff="ann"),
    replace(opened(), staff="ann"),
])  # fmt: skip
def test_a_case_begins_with_being_opened_by_the_bot(event: CaseEvent) -> None:
    with pytest.raises(ImpossibleTransition):
        fold([event])


def test_another_case_s_event_is_refused() -> None:
    with pytest.raises(ImpossibleTransition, match="another case"):
        apply(apply(None, opened()), CaseEvent("other", 2, "taken", NOW, "ann", {}))
