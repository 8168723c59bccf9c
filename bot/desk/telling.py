"""What every act on a case does: lock it, add its event, put it on the record, tell the borrower."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from bot.access import NotAllowed, Staff
from bot.conversations.store import Conversation
from bot.desk import colleagues
from bot.desk.cases import apply
from bot.desk.store import CaseEvent, CaseEventKind, CaseState, DeskStore, DeskWork, NoSuchCase
from bot.record.events import Event, NewEvent


class NoticeWords(Protocol):
    """Puts a neutral line into the borrower's language: utter_notice_joined, utter_notice_handed_back …"""

    def __call__(self, response: str, locale: str, args: Mapping[str, str]) -> str: ...


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
