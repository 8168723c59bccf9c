"""What the pages of the desk show, read on one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.access import NotAllowed, Staff
from bot.conversations.store import Conversation
from bot.desk import colleagues
from bot.desk.card import Card, card
from bot.desk.store import CaseState
from bot.web.guard import NotHere
from bot.web.transcript import Line, Mark, Page, changed, lines, marks, page_of
from bot.web.work import StaffWork


@dataclass(frozen=True, slots=True)
class Opened:
    """Everything that the page of one case shows."""

    card: Card
    conversation: Conversation
    lines: list[Line]
    earlier: int | None  # what to ask for to read on towards the beginning; None at it
    cursor: int  # seq of the newest event read
    names: Mapping[str, str]  # of colleagues, by id


@dataclass(frozen=True, slots=True)
class News:
    """The case now, and what a page that shows the transcript up to some event lacks of it."""

    state: CaseState
    card: Card | None  # None where nothing happened that it could show
    lines: list[Line]
    cursor: int
    marks: Mapping[int, Mark]  # what became of lines that the page has, by their seq
    changed: Mapping[int, str]  # which of the borrower's were edited or deleted
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Earlier:
    """A part of the transcript before what a page shows."""

    card: Card
    page: Page
    names: Mapping[str, str]


def opened_case(work: StaffWork, staff: Staff, case_id: str, now: datetime) -> Opened:
    state, conversation = visible(work, staff, case_id)
    newest = page_of(work.record, conversation.id, staff)
    return Opened(
        card=card(work, state, conversation, staff, now),
        conversation=conversation,
        lines=newest.lines,
        earlier=newest.earlier,
        cursor=newest.cursor,
        names=work.staff.names(),
    )


def news_of(
    work: StaffWork, staff: Staff, case_id: str, after: int, now: datetime, shown: str | None = None
) -> News:
    """What is new after an event; the card as well, unless nothing but deliveries came and its state is `shown`."""
    state, conversation = visible(work, staff, case_id)
    events = work.record.events(conversation.id, after=after)
    same = shown == shown_state(state) and all(event.kind == "delivery" for event in events)
    return News(
        state=state,
        card=None if same else card(work, state, conversation, staff, now),
        lines=lines(events, staff),
        cursor=events[-1].seq if events else after,
        marks=marks(events),
        changed=changed(events),
        names=work.staff.names(),
    )


def earlier_lines(work: StaffWork, staff: Staff, case_id: str, before: int, now: datetime) -> Earlier:
    state, conversation = visible(work, staff, case_id)
    page = page_of(work.record, conversation.id, staff, before)
    return Earlier(card(work, state, conversation, staff, now), page, work.staff.names())


def shown_state(state: CaseState) -> str:
    """Changes when more than the transcript must be shown anew: somebody took, ended or raised the case."""
    return f"{state.status}:{state.holder or ''}:{state.reason}:{state.team}"


def visible(work: StaffWork, staff: Staff, case_id: str) -> tuple[CaseState, Conversation]:
    """The case and its conversation, if they exist and are this reader's to see."""
    state = work.desk.case(case_id)
    conversation = work.conversations.get(state.conversation_id) if state else None
    if state is None or conversation is None:
        raise NotHere(case_id)
    if not colleagues.sees(staff, state):
        raise NotAllowed(staff, f"case of {state.speaker}")
    return state, conversation
