"""What the pages of the desk show, read on one transaction."""

from dataclasses import dataclass
from datetime import datetime

from bot.access import NotAllowed, Staff
from bot.conversations.store import Conversation
from bot.desk.card import Card, card
from bot.desk.store import CaseState
from bot.web.signin import NotHere
from bot.web.transcript import Line, delivered, lines, page_of
from bot.web.work import StaffWork


@dataclass(frozen=True, slots=True)
class Queue:
    """Waiting and held cases, with the names of those who hold them."""

    cases: tuple[CaseState, ...]
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class Opened:
    """Everything that the page of one case shows."""

    card: Card
    conversation: Conversation
    lines: list[Line]
    earlier: int | None  # what to ask for to read on towards the beginning; None at it
    cursor: int  # seq of the newest event read


@dataclass(frozen=True, slots=True)
class News:
    """The case now, and what a page that shows the transcript up to some event lacks of it."""

    card: Card
    lines: list[Line]
    cursor: int
    delivered: list[int]
    names: dict[str, str]


def opened_case(work: StaffWork, staff: Staff, case_id: str, now: datetime) -> Opened:
    state, conversation = visible(work, staff, case_id)
    newest = page_of(work.record, conversation.id, staff)
    return Opened(
        card=card(work, state, conversation, staff, now),
        conversation=conversation,
        lines=newest.lines,
        earlier=newest.earlier,
        cursor=newest.cursor,
    )


def news_of(work: StaffWork, staff: Staff, case_id: str, after: int, now: datetime) -> News:
    state, conversation = visible(work, staff, case_id)
    events = work.record.events(conversation.id, after=after)
    return News(
        card=card(work, state, conversation, staff, now),
        lines=lines(events, staff),
        cursor=events[-1].seq if events else after,
        delivered=delivered(events),
        names=names_of(work),
    )


def visible(work: StaffWork, staff: Staff, case_id: str) -> tuple[CaseState, Conversation]:
    """The case and its conversation, if they exist and are this reader's to see."""
    state = work.desk.case(case_id)
    conversation = work.conversations.get(state.conversation_id) if state else None
    if state is None or conversation is None:
        raise NotHere(case_id)
    if not staff.covers(state.speaker, state.creditor):
        raise NotAllowed(staff, f"case of {state.speaker}")
    return state, conversation


def queue_of(work: StaffWork, staff: Staff) -> Queue:
    cases = work.desk.queue(staff.speakers)
    shown = tuple(case for case in cases if staff.covers(case.speaker, case.creditor))
    return Queue(shown, names_of(work))


def names_of(work: StaffWork) -> dict[str, str]:
    return {colleague.id: colleague.name for colleague in work.staff.everyone()}
