"""From the bot to a person: a case is opened, or the one that is open is raised. On the caller's transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from bot.access import Staff
from bot.conversations.store import Conversation
from bot.desk import colleagues
from bot.desk.cases import apply
from bot.desk.colleagues import TEAMS
from bot.desk.routing import Route
from bot.desk.store import CaseEvent, CaseReason, CaseState, DeskStore, DeskWork
from bot.desk.telling import add_event, on_record
from bot.record.events import NewEvent


@dataclass(frozen=True, slots=True)
class Opened:
    """A case that waits for a person. `events` are for the caller to record with its turn."""

    case_id: str
    waiting_ahead: int
    already_open: bool
    events: tuple[NewEvent, ...]


def open_case(
    work: DeskWork,
    conversation: Conversation,
    *,
    reason: CaseReason,
    wants: str,
    card: Mapping[str, Any],
    at: datetime,
    route: Route,
    creditor: str | None = None,
) -> Opened:
    """Open a case, or raise the one that is open; `card` holds JSON facts known only to the running flow."""
    known = {
        "reason": reason,
        "wants": wants,
        "creditor": creditor,
        "locale": conversation.locale,
        "borrower_id": conversation.borrower_id,
        "card": dict(card),
        **route.facts,
    }
    state, ended = _still_theirs(work.desk, conversation, at)
    if state:
        after, event = add_event(work.desk, work.desk.lock(state.id), "raised", None, known, at)
    else:
        whose = {"conversation_id": conversation.id, "speaker": conversation.speaker}
        again = colleagues.met_before(work, conversation, reason, creditor, route, at)
        first = CaseEvent(uuid4().hex, 1, "opened", at, None, {**whose, **known, **again})
        after, event = apply(None, first), first
        work.desk.add(after, event)
    ahead = work.desk.ahead(after, colleagues.served_with(work, after))
    return Opened(after.id, ahead, state is not None, (*ended, on_record(event)))


def _still_theirs(
    desk: DeskStore, conversation: Conversation, at: datetime
) -> tuple[CaseState | None, tuple[NewEvent, ...]]:
    """The open case; one that waits for somebody else than who is in the chat now is ended first."""
    state = desk.open_case(conversation.id)
    person = conversation.borrower_id
    if state is None or state.status != "waiting" or None in (state.borrower_id, person):
        return state, ()
    if state.borrower_id == person:
        return state, ()
    _, event = add_event(desk, desk.lock(state.id), "superseded", None, {"outcome": "person_changed"}, at)
    return None, (on_record(event),)


def to_team(work: DeskWork, conversation: Conversation, closed: CaseState, by: Staff, at: datetime) -> None:
    """What came up for a team of its own while somebody else had the chat now waits for that team."""
    events = work.desk.events(closed.id)
    asked = [event for event in events if event.kind in ("opened", "raised")]
    theirs = [event for event in asked if not by.may(TEAMS.get(event.body["reason"], "desk.view"))]
    for event in theirs:
        body = event.body
        opened = open_case(
            work,
            conversation,
            reason=body["reason"],
            wants=body["wants"],
            card=body.get("card", {}),
            at=at,
            route=Route.told(body),
            creditor=closed.creditor,
        )
        work.record.append(conversation.id, opened.events, at)
