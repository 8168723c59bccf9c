"""One chat with a known borrower in any database, and the staff who work on it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.access import Role, Staff
from bot.clock import FixedClock
from bot.conversations.store import Conversation
from bot.desk import handoffs
from bot.desk.queue_store import Bounds, QueueFilter
from bot.desk.routing import route
from bot.desk.store import CaseReason, CaseState
from bot.dialogue.interpreter import Dialogue
from bot.dialogue.messages import Incoming
from bot.dialogue.tracker import Frame, Tracker
from bot.lender.demo import people
from bot.lending.ground import Ground
from bot.lending.staff_offers import StaffOffer
from bot.record.events import NewEvent
from bot.settings import ROOT
from bot.storage.engine import Database
from bot.storage.work import Work
from bot.web import staff as accounts
from tests.lending.files import demo

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
TALK = Dialogue.load(ROOT / "dialogues")
POLICIES = demo()
PASSWORD = "a long enough one"


def notice(response: str, locale: str, args: object) -> str:
    return f"{response} [{locale}] {args}"


def offered(offer: StaffOffer, found: Ground, name: str, locale: str) -> list[NewEvent]:
    """An offer in two lines that name its response and language; the last has its buttons."""
    buttons = [
        {"title": "Accept", "payload": "/accept_offer"},
        {"title": "Not for me", "payload": "/decline_offer"},
    ]
    lines = [f"{name} offers [{locale}] {offer.schedule.total} for {found.account.ending}", "It stands."]
    return [
        NewEvent("bot", {"text": lines[0], "response": "utter_staff_offer", "locale": locale, "args": {}}),
        NewEvent(
            "bot",
            {"text": lines[1], "response": "utter_offer_stands", "locale": locale, "args": {}, "buttons": buttons},
        ),
    ]


def identity_wanted(name: str, locale: str) -> NewEvent:
    """The request to prove who one is, with its button."""
    body = {"text": f"{name} asks [{locale}] who it is", "response": "utter_identity_wanted", "locale": locale}
    return NewEvent("bot", {**body, "args": {}, "buttons": [{"title": "It's me", "payload": "/confirm_identity"}]})


def hire(work: Work, role: Role, login: str | None = None, speakers: tuple[str, ...] | None = None) -> Staff:
    login = login or role
    return accounts.hire(work, Staff("", login, login.title(), role, speakers), PASSWORD, NOW)


def move_in(database: Database) -> None:
    """Put the demo's borrowers into the database."""
    with database.transaction() as work:
        people.load(work.lending, FixedClock(NOW))


def nothing_owed(database: Database) -> None:
    """The lender's newest statement says that all is paid."""
    with database.transaction() as work:
        names = ("total", "principal", "interest", "fees", "overdue")
        work.connection.exec_driver_sql("UPDATE accounts SET " + ", ".join(f"{name} = 0" for name in names))


def chat(
    work: Work,
    *,
    reference: str | None = "HB-1001",
    speaker: str = "harbour",
    sender: str = "borrower-1",
    verified: bool = True,
) -> Conversation:
    """Open a chat in which a few things were said."""
    received = work.inbox.receive(Incoming(f"web:{speaker}", sender, f"{sender}/1", "start"), speaker, "en", NOW)
    conversation = work.conversations.lock(received.conversation_id)
    borrower = work.lending.borrower_by_reference([speaker], reference) if reference else None
    conversation = _known(conversation, borrower.id if borrower else None, verified)
    work.conversations.save(conversation)
    work.conversations.save_tracker(
        Tracker(conversation.id, "en", stack=[Frame("request_plan", "ask_means")], slots={"account_id": "x"})
    )
    work.record.append(conversation.id, _said(reference), NOW)
    return conversation


def ask_for_person(
    work: Work,
    conversation: Conversation,
    reason: CaseReason = "request",
    wants: str = "Wants to pay 300 a month",
    at: datetime = NOW,
    card: Mapping[str, Any] | None = None,
    creditor: str | None = None,
) -> str:
    """Open (or raise) the conversation's case as a turn would; returns its id."""
    opened = handoffs.open_case(
        work,
        conversation,
        reason=reason,
        wants=wants,
        card=card or {"rounds": 2},
        at=at,
        route=route(POLICIES, conversation, creditor, reason, wants, at),
        creditor=creditor,
    )
    work.record.append(conversation.id, list(opened.events), at)
    return opened.case_id


def queued(work: Work, speakers: tuple[str, ...] | None = None) -> list[CaseState]:
    """All that is open of these speakers, in the queue's order."""
    return work.queue.page(Bounds("", speakers), QueueFilter(), None, 200)


def _known(conversation: Conversation, borrower_id: str | None, verified: bool) -> Conversation:
    until = NOW + timedelta(minutes=30) if verified and borrower_id else None
    return replace(conversation, borrower_id=borrower_id, verified_until=until, last_input_at=NOW)


def _said(reference: str | None) -> list[NewEvent]:
    start = {"title": "Start", "payload": "/start"}
    claim = {"command": "SetSlot", "name": "identity_reference", "value": reference}
    flow = {"event": "flow_started", "flow_id": "verify_identity"}
    read = {"intents": [["greet", 0.4]], "entities": [], "answer": reference}
    script = "<script>alert(1)</script> call me on 138 0013 8000"
    return [
        NewEvent("user", {"kind": "start", "input": 1, "update_id": "1"}),
        NewEvent(
            "bot", {"text": "Hello.", "response": "utter_hello", "locale": "en", "args": {}, "buttons": [start]}
        ),
        NewEvent("user", {"kind": "button", "input": 2, "update_id": "2", "text": "Start", "choice": "2.1"}),
        NewEvent("user", {"kind": "text", "input": 3, "update_id": "3", "text": f"it is {reference}"}),
        NewEvent("turn", {"input": 3, "turn": 2, "commands": [claim], "trace": [flow], "understood": read}),
        NewEvent("user", {"kind": "text", "input": 4, "update_id": "4", "text": script}),
    ]
