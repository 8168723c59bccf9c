"""From the bot to a person and back: open, take, answer, hand back, resolve. All on the caller's transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, Protocol, get_args
from uuid import uuid4

from bot.access import NotAllowed, Staff
from bot.conversations.ports import Talk
from bot.conversations.store import Conversation
from bot.desk import colleagues, watches, wording
from bot.desk.cases import apply
from bot.desk.colleagues import TEAMS
from bot.desk.routing import Route
from bot.desk.store import (
    CaseEvent,
    CaseEventKind,
    CaseReason,
    CaseState,
    CaseTaken,
    DeskStore,
    DeskWork,
    NoSuchCase,
)
from bot.errors import BotError
from bot.record.events import Event, NewEvent

Outcome = Literal["agreed", "informed", "referred", "dispute_opened", "no_reply", "other"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
LONGEST_ANSWER = 4000


class UnfitAnswer(BotError):
    """An answer is empty or too long to be one message."""


class NotHolding(BotError):
    """Only the collector who has taken a case may speak in it."""


class NoticeWords(Protocol):
    """Puts a neutral line into the borrower's language: utter_notice_joined, utter_notice_handed_back …"""

    def __call__(self, response: str, locale: str, args: Mapping[str, str]) -> str: ...


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


def take(work: DeskWork, case_id: str, by: Staff, at: datetime, words: NoticeWords) -> CaseState:
    """Give the case to `by` alone; CaseTaken if a colleague was faster."""
    conversation, state = locked(work, case_id, by)
    by.require(TEAMS.get(state.reason, "desk.answer"))
    if state.holder == by.id:
        return state
    if state.holder is not None:
        raise CaseTaken(case_id, state.holder)
    colleagues.require_room(work, by)
    after, event = add_event(work.desk, state, "taken", by, {}, at)
    work.conversations.save(replace(conversation, held_by=by.id))
    joined = notice("joined", "utter_notice_joined", conversation, words, name=by.name)
    tell(work, conversation, [on_record(event), joined], at)
    watches.spoken(work.jobs, after, at)
    return after


def answer(
    work: DeskWork,
    case_id: str,
    by: Staff,
    text: str,
    at: datetime,
    *,
    sure: bool = False,
    ground: wording.Ground | None = None,
) -> tuple[CaseState, Event]:
    """Say the collector's words to the borrower, after the wording check; `sure` sends what is only doubtful."""
    text = fit(text)
    conversation, state = locked(work, case_id, by)
    doubts = wording.admit(text, sure=sure, ground=ground)
    return say(work, conversation, state, by, {"text": text}, doubts, at)


def say(
    work: DeskWork,
    conversation: Conversation,
    state: CaseState,
    by: Staff,
    body: Mapping[str, Any],
    doubts: list[dict[str, str]],
    at: datetime,
) -> tuple[CaseState, Event]:
    """Send what was checked (words, a file) to the borrower of a locked case that `by` holds."""
    by.require("desk.answer")
    if state.holder != by.id:
        raise NotHolding(state.id)
    said = NewEvent("agent", {**body, "name": by.name})
    # What the borrower may have a copy of stands apart from what is ours alone.
    ours = NewEvent("case", {"case": state.id, "event": "answered", "staff": by.id, "wording": doubts})
    recorded, _ = tell(work, conversation, [said, ours], at)
    after, _ = add_event(work.desk, state, "answered", by, {"seq": recorded.seq}, at)
    watches.spoken(work.jobs, after, at)
    return after, recorded


def note(work: DeskWork, case_id: str, by: Staff, text: str, at: datetime) -> CaseState:
    """Keep a private note: on the record, never shown to the borrower in the chat."""
    conversation, state = locked(work, case_id, by)
    by.require("desk.answer")
    after, event = add_event(work.desk, state, "note", by, {"text": fit(text)}, at)
    work.record.append(conversation.id, [on_record(event)], at)
    return after


def hand_back(
    work: DeskWork,
    case_id: str,
    by: Staff,
    agreed: str,
    at: datetime,
    words: NoticeWords,
    talk: Talk,
    *,
    sure: bool = False,
    ground: wording.Ground | None = None,
) -> CaseState:
    """Give the chat back to the bot, which tells the borrower so and what was agreed, if anything was."""
    agreed = agreed.strip()
    doubts = wording.admit(agreed, sure=sure, ground=ground) if agreed else []
    body: dict[str, Any] = {"agreed": agreed, **({"wording": doubts} if doubts else {})}
    return _close(work, case_id, by, "returned", body, at, words, talk)


def resolve(
    work: DeskWork,
    case_id: str,
    by: Staff,
    outcome: Outcome,
    line: str,
    at: datetime,
    words: NoticeWords,
    talk: Talk,
) -> CaseState:
    """Close the case with an outcome and a line for colleagues."""
    return _close(work, case_id, by, "resolved", {"outcome": outcome, "line": line.strip()}, at, words, talk)


class Desk:
    """Implements conversations' Handoffs."""

    def deliver(self, work: DeskWork, conversation: Conversation, seq: int, at: datetime) -> None:
        state = work.desk.open_case(conversation.id)
        if state:
            after, _ = add_event(work.desk, work.desk.lock(state.id), "message", None, {"seq": seq}, at)
            if state.waiting_since is None:  # who is waited for is another from now on
                watches.spoken(work.jobs, after, at)


def _close(
    work: DeskWork,
    case_id: str,
    by: Staff,
    kind: Literal["returned", "resolved"],
    body: Mapping[str, Any],
    at: datetime,
    words: NoticeWords,
    talk: Talk,
) -> CaseState:
    conversation, state = locked(work, case_id, by)
    if state.holder != by.id and not by.may("desk.release"):
        raise NotHolding(case_id)
    agreed = body.get("agreed", "")
    response = "utter_notice_handed_back_agreed" if agreed else "utter_notice_handed_back"
    told = notice("handed_back", response, conversation, words, name=by.name, agreed=agreed)
    after = end_talk(work, conversation, state, kind, by, body, told, talk, at)
    to_team(work, conversation, after, by, at)
    return after


def end_talk(
    work: DeskWork,
    conversation: Conversation,
    state: CaseState,
    kind: Literal["returned", "resolved"],
    by: Staff | None,
    body: Mapping[str, Any],
    told: NewEvent,
    talk: Talk,
    at: datetime,
) -> CaseState:
    """The bot has the chat again and knows what was agreed; the borrower reads the notice `told`."""
    after, event = add_event(work.desk, state, kind, by, body, at)
    work.conversations.save(replace(conversation, held_by=None))
    tell_bot(work, conversation.id, body.get("agreed", ""), talk)
    tell(work, conversation, [on_record(event), told], at)
    watches.over(work.jobs, after, at)
    return after


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


def tell_bot(work: DeskWork, conversation_id: str, agreed: str, talk: Talk) -> None:
    """What was open before a person came is not asked again; what was agreed is known to the flows."""
    tracker = work.conversations.tracker(conversation_id)
    if tracker:
        talk.abandon(tracker)
        tracker.turn += 1  # a text that is just being read against the state before is read again
        tracker.slots["colleague_agreed"] = agreed or None
        work.conversations.save_tracker(tracker)


def locked(work: DeskWork, case_id: str, by: Staff) -> tuple[Conversation, CaseState]:
    """The case and its conversation, held until the transaction ends; NotAllowed if they are not `by`'s to see."""
    # The order of locks everywhere: conversation before anything that hangs on it.
    seen = work.desk.case(case_id)
    if seen is None:
        raise NoSuchCase(case_id)
    if not colleagues.sees(by, seen):
        raise NotAllowed(by, f"case of {seen.speaker}")
    conversation = work.conversations.lock(seen.conversation_id)
    return conversation, work.desk.lock(case_id)


def add_event(
    desk: DeskStore,
    state: CaseState,
    kind: CaseEventKind,
    by: Staff | None,
    body: Mapping[str, Any],
    at: datetime,
) -> tuple[CaseState, CaseEvent]:
    event = CaseEvent(state.id, state.number + 1, kind, at, by.id if by else None, body)
    after = apply(state, event)
    desk.add(after, event)
    return after, event


def tell(work: DeskWork, conversation: Conversation, events: list[NewEvent], at: datetime) -> list[Event]:
    """Record events and send those that carry words, through the same outbox as the bot's."""
    recorded = work.record.append(conversation.id, events, at)
    spoken = [event.seq for event in recorded if event.kind in ("agent", "notice")]
    work.outbox.put(conversation.id, spoken, unasked=False, at=at)
    return recorded


def on_record(event: CaseEvent) -> NewEvent:
    body = {key: value for key, value in event.body.items() if key not in ("conversation_id", "borrower_id")}
    return NewEvent("case", {"case": event.case_id, "event": event.kind, "staff": event.staff, **body})


def notice(kind: str, response: str, conversation: Conversation, words: NoticeWords, **args: str) -> NewEvent:
    text = words(response, conversation.locale, args)
    return NewEvent("notice", {"notice": kind, "response": response, "text": text, "args": args})


def fit(text: str) -> str:
    text = text.strip()
    if not text or len(text) > LONGEST_ANSWER:
        raise UnfitAnswer(f"an answer has 1 to {LONGEST_ANSWER} characters, not {len(text)}")
    return text
