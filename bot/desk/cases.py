"""A case is the fold of its events; an event that its state does not allow is refused."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from bot.desk.store import GENERAL, CaseEvent, CaseEventKind, CaseReason, CaseState, CaseStatus
from bot.errors import BotError
from bot.lending.policy_desk import URGENCIES, Urgency

_LEVEL: Mapping[CaseReason, Urgency] = MappingProxyType(
    {
        "distress": "distress",
        "rights": "rights",
        "fraud": "rights",
        "dispute": "dispute",
        "complaint": "dispute",
        "negotiation": "negotiation",
        "limitation": "negotiation",
        "request": "request",
    }
)
URGENCY: Mapping[CaseReason, int] = MappingProxyType(
    {reason: URGENCIES.index(level) for reason, level in _LEVEL.items()}
)

# In which states an event may happen. A note may be added to a closed case; nothing else may.
_ALLOWED: Mapping[CaseEventKind, frozenset[CaseStatus]] = MappingProxyType(
    {
        "opened": frozenset(),
        "raised": frozenset({"waiting", "held"}),
        "taken": frozenset({"waiting"}),
        "answered": frozenset({"held"}),
        "message": frozenset({"waiting", "held"}),
        "note": frozenset({"waiting", "held", "returned", "resolved"}),
        "lifted": frozenset({"waiting", "held"}),
        "settled": frozenset({"waiting", "held"}),
        "returned": frozenset({"held"}),
        "resolved": frozenset({"held"}),
        "transferred": frozenset({"waiting", "held"}),
        "superseded": frozenset({"waiting"}),
        "message_left": frozenset({"waiting", "held"}),
        "callback_booked": frozenset({"waiting", "held"}),
        "callback_cancelled": frozenset({"waiting", "held"}),
        "callback_due": frozenset({"waiting", "held"}),
        "callback_missed": frozenset({"waiting"}),
        "silent": frozenset({"held"}),
        "overdue": frozenset({"held"}),
        "escalated": frozenset({"held"}),
        "after_hours": frozenset({"held"}),
        "acted": frozenset({"waiting", "held", "returned", "resolved"}),
        "offer_answered": frozenset({"waiting", "held", "returned", "resolved"}),
        "left": frozenset({"held"}),
        "scored": frozenset({"waiting", "held", "returned", "resolved"}),
    }
)
# Silence is of whoever is to speak next: whether that must be the collector, for whom the borrower waits.
_OF_WHO_WAITS: Mapping[CaseEventKind, bool] = MappingProxyType(
    {"silent": False, "overdue": True, "escalated": True}
)
# Done by a person of the staff; the others by the borrower or the bot.
_BY_STAFF: frozenset[CaseEventKind] = frozenset(
    {"taken", "answered", "note", "lifted", "settled", "returned", "resolved", "transferred", "acted"}
)


class ImpossibleTransition(BotError):
    """An event does not fit the case's state."""

    def __init__(self, event: CaseEvent, problem: str) -> None:
        super().__init__(f"case {event.case_id}, event {event.number} ({event.kind}): {problem}")
        self.event = event


def fold(events: Iterable[CaseEvent]) -> CaseState:
    """The state that a case's events give, in their order."""
    state: CaseState | None = None
    for event in events:
        state = apply(state, event)
    if state is None:
        raise ValueError("a case has at least the event that opened it")
    return state


def apply(state: CaseState | None, event: CaseEvent) -> CaseState:
    """The state after one more event; ImpossibleTransition if it cannot follow."""
    if state is None:
        return _opened(event)
    _check(state, event)
    after = replace(state, number=event.number)
    match event.kind:
        case "raised":
            return _raised(after, event)
        case "taken":
            return _held(after, event.staff)
        case "answered":
            return replace(after, waiting_since=None, answered_at=state.answered_at or event.at, quiet=None)
        case "transferred":
            return _transferred(after, event)
        case "message":
            return _waits(after, event.at)
        case "returned" | "resolved" | "superseded":
            return _closed(after, event)
        case _:
            return _in_time(after, event)


def _waits(state: CaseState, at: datetime) -> CaseState:
    """The borrower waits for a person, from now on or still; silent they are not."""
    quiet = None if state.quiet == "borrower" else state.quiet
    return replace(state, waiting_since=state.waiting_since or at, quiet=quiet)


def _in_time(state: CaseState, event: CaseEvent) -> CaseState:
    """What time brings about, or the borrower chooses to wait for."""
    match event.kind:
        case "callback_booked":
            return _waiting_for(state, event)
        case "callback_cancelled" | "callback_missed":
            return replace(_due_anew(state, event), callback_at=None)
        case "callback_due":
            urgency = min(state.urgency, URGENCIES.index("callback"))
            return replace(_waits(state, event.at), urgency=urgency)
        case "silent":
            return replace(state, quiet="borrower")
        case "overdue":
            return replace(state, quiet="collector")
        case "escalated":
            return replace(state, quiet="supervisor")
        case "left":
            waiting = state.waiting_since or event.at
            return replace(state, status="waiting", holder=None, waiting_since=waiting, quiet=None)
        case _:
            return state


def _waiting_for(state: CaseState, event: CaseEvent) -> CaseState:
    """The first answer is due in the time that the borrower chose, and nothing else before it."""
    starts, ends = _moment(event.body, "starts_at"), _moment(event.body, "ends_at")
    state = replace(state, callback_at=starts, answer_warn=starts, answer_by=ends)
    if ends and state.resolve_by and state.resolve_by < ends:
        state = replace(state, resolve_warn=starts, resolve_by=ends)
    return state


def _due_anew(state: CaseState, event: CaseEvent) -> CaseState:
    """Nothing is waited for any more: what the event says is due from its moment on."""
    if state.callback_at is None:
        return state
    by = _moment(event.body, "answer_by")
    return replace(state, answer_by=by, answer_warn=_moment(event.body, "answer_warn")) if by else state


def _check(state: CaseState, event: CaseEvent) -> None:
    if event.case_id != state.id:
        raise ImpossibleTransition(event, f"belongs to another case than {state.id}")
    if event.number != state.number + 1:
        raise ImpossibleTransition(event, f"comes after event {state.number}")
    if state.status not in _ALLOWED[event.kind]:
        raise ImpossibleTransition(event, f"the case is {state.status}")
    by_itself = event.kind == "returned" and event.body.get("why") == "silence"
    if (event.staff is not None) != (event.kind in _BY_STAFF and not by_itself):
        raise ImpossibleTransition(event, "done by the wrong side")
    waits = _OF_WHO_WAITS.get(event.kind)
    if waits is not None and waits != (state.waiting_since is not None):
        raise ImpossibleTransition(event, "the other side is to speak")
    if event.kind == "answered" and event.staff != state.holder:
        raise ImpossibleTransition(event, f"the case is held by {state.holder}")


def _opened(event: CaseEvent) -> CaseState:
    if event.kind != "opened" or event.number != 1 or event.staff is not None:
        raise ImpossibleTransition(event, "a case begins with being opened")
    body = event.body
    opened = CaseState(
        id=event.case_id,
        conversation_id=body["conversation_id"],
        creditor=body["creditor"],
        speaker=body["speaker"],
        reason=body["reason"],
        urgency=URGENCY[body["reason"]],
        wants=body["wants"],
        locale=body["locale"],
        status="waiting",
        holder=None,
        opened_at=event.at,
        waiting_since=event.at,
        team=body.get("team", GENERAL),
        borrower_id=body.get("borrower_id"),
        reserved_for=body.get("reserved_for"),
        reserved_until=_moment(body, "reserved_until"),
    )
    return _due(opened, event)


def _held(state: CaseState, holder: str | None) -> CaseState:
    return replace(
        state, status="held", holder=holder, served_by=holder, reserved_for=None, reserved_until=None, quiet=None
    )


def _transferred(state: CaseState, event: CaseEvent) -> CaseState:
    """To a colleague, who holds it from now on, or to a team, where it waits for anybody."""
    moved = replace(state, team=event.body.get("team") or state.team)
    if event.body.get("holder"):
        return _held(moved, event.body["holder"])
    return replace(
        moved,
        status="waiting",
        holder=None,
        waiting_since=state.waiting_since or event.at,
        reserved_for=None,
        reserved_until=None,
        quiet=None,
    )


def _due(state: CaseState, event: CaseEvent) -> CaseState:
    """Each deadline at its earlier moment: what is raised later never puts off what was due before."""
    answer, resolve = _moment(event.body, "answer_by"), _moment(event.body, "resolve_by")
    if answer and (state.answer_by is None or answer < state.answer_by):
        state = replace(state, answer_by=answer, answer_warn=_moment(event.body, "answer_warn"))
    if resolve and (state.resolve_by is None or resolve < state.resolve_by):
        state = replace(state, resolve_by=resolve, resolve_warn=_moment(event.body, "resolve_warn"))
    return state


def _moment(body: Mapping[str, Any], name: str) -> datetime | None:
    told = body.get(name)
    return datetime.fromisoformat(told) if told else None


def _raised(state: CaseState, event: CaseEvent) -> CaseState:
    """Another reason came up: the more urgent one counts, and the newest wish is shown.

    While the case waits, its team is that of the more urgent reason; whoever holds it keeps it.
    """
    body = event.body
    reason: CaseReason = body["reason"]
    more_urgent = URGENCY[reason] < state.urgency
    team = body.get("team") if more_urgent and state.status == "waiting" else None
    raised = replace(
        state,
        reason=reason if more_urgent else state.reason,
        urgency=min(URGENCY[reason], state.urgency),
        team=team or state.team,
        wants=body["wants"],
        creditor=body.get("creditor") or state.creditor,
        locale=body.get("locale") or state.locale,
        borrower_id=body.get("borrower_id") or state.borrower_id,
    )
    raised = _waits(raised, event.at)
    if raised.urgency == 0:  # whoever is first may go to somebody who may not be safe
        raised = replace(raised, reserved_for=None, reserved_until=None)
    return _due(raised, event)


def _closed(state: CaseState, event: CaseEvent) -> CaseState:
    outcome = event.body.get("outcome")
    status: CaseStatus = "returned" if event.kind == "returned" else "resolved"
    return replace(
        state,
        status=status,
        holder=None,
        waiting_since=None,
        closed_at=event.at,
        outcome=outcome,
        reserved_for=None,
        reserved_until=None,
        callback_at=None,
        quiet=None,
    )


def of_this_person(events: Iterable[CaseEvent]) -> list[CaseEvent]:
    """The events since the case is about whom it is about now: another person's facts are not theirs."""
    kept: list[CaseEvent] = []
    known: str | None = None
    for event in events:
        told = event.body.get("borrower_id") if event.kind in ("opened", "raised") else None
        if told and known and told != known:
            kept.clear()
        known = told or known
        kept.append(event)
    return kept
