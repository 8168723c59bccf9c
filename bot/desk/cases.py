"""A case is the fold of its events; an event that its state does not allow is refused."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.desk.store import CaseEvent, CaseEventKind, CaseReason, CaseState, CaseStatus
from bot.errors import BotError

URGENCY: Mapping[CaseReason, int] = MappingProxyType(
    {
        "distress": 0,
        "rights": 1,
        "fraud": 1,
        "dispute": 2,
        "complaint": 2,
        "negotiation": 3,
        "limitation": 3,
        "request": 4,
    }
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
    }
)
# Done by a person of the staff; the others by the borrower or the bot.
_BY_STAFF: frozenset[CaseEventKind] = frozenset(
    {"taken", "answered", "note", "lifted", "settled", "returned", "resolved"}
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
            return replace(after, status="held", holder=event.staff)
        case "answered":
            return replace(after, waiting_since=None)
        case "message":
            return replace(after, waiting_since=state.waiting_since or event.at)
        case "returned" | "resolved":
            return _closed(after, event)
        case _:
            return after


def _check(state: CaseState, event: CaseEvent) -> None:
    if event.case_id != state.id:
        raise ImpossibleTransition(event, f"belongs to another case than {state.id}")
    if event.number != state.number + 1:
        raise ImpossibleTransition(event, f"comes after event {state.number}")
    if state.status not in _ALLOWED[event.kind]:
        raise ImpossibleTransition(event, f"the case is {state.status}")
    if (event.staff is not None) != (event.kind in _BY_STAFF):
        raise ImpossibleTransition(event, "done by the wrong side")
    if event.kind == "answered" and event.staff != state.holder:
        raise ImpossibleTransition(event, f"the case is held by {state.holder}")


def _opened(event: CaseEvent) -> CaseState:
    if event.kind != "opened" or event.number != 1 or event.staff is not None:
        raise ImpossibleTransition(event, "a case begins with being opened")
    body = event.body
    return CaseState(
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
    )


def _raised(state: CaseState, event: CaseEvent) -> CaseState:
    """Another reason came up: the more urgent one counts, and the newest wish is shown."""
    reason: CaseReason = event.body["reason"]
    urgency = URGENCY[reason]
    if urgency >= state.urgency:
        reason, urgency = state.reason, state.urgency
    return replace(
        state,
        reason=reason,
        urgency=urgency,
        wants=event.body["wants"],
        creditor=event.body.get("creditor") or state.creditor,
        locale=event.body.get("locale") or state.locale,
        waiting_since=state.waiting_since or event.at,
    )


def _closed(state: CaseState, event: CaseEvent) -> CaseState:
    outcome = event.body.get("outcome")
    status: CaseStatus = "returned" if event.kind == "returned" else "resolved"
    return replace(state, status=status, holder=None, waiting_since=None, closed_at=event.at, outcome=outcome)
