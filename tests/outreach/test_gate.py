"""Whether an unasked message may leave, asked with everything that is known at that moment."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.conversations.sending import Later, No, Now
from bot.conversations.store import Conversation
from bot.lending.contact_rules import Preference
from bot.lending.holds import Hold
from bot.lending.policy import Policies
from bot.lending.policy_rules import Hours
from bot.outreach.gate import ContactGate
from bot.record.events import NewEvent
from bot.storage.engine import Database
from bot.storage.work import Work
from tests.actions.stage import CREDITORS
from tests.storage.samples import conversation, with_borrower

GATE = ContactGate(Policies.load(CREDITORS))
MONDAY = datetime(2026, 11, 23, 4, tzinfo=UTC)  # noon where the borrower lives


@pytest.fixture
def chat(database: Database) -> Conversation:
    with_borrower(database)
    conversation_id = conversation(database)
    with database.transaction() as work:
        lapsed = MONDAY - timedelta(days=3)
        found = replace(work.conversations.lock(conversation_id), borrower_id="b1", verified_until=lapsed)
        work.conversations.save(found)
    return found


def _ask(database: Database, chat: Conversation, at: datetime = MONDAY) -> Now | Later | No:
    with database.transaction() as work:
        return GATE.ask(work, chat, at)


def _hold(work: Work, kind: str, subject: str) -> None:
    work.lending.add_hold(
        Hold("h1", kind, subject, "stop_contact", "reminders", MONDAY, None, ("borrower",))  # type: ignore[arg-type]
    )


def test_it_may_go_in_the_borrowers_own_daytime(database: Database, chat: Conversation) -> None:
    assert _ask(database, chat) == Now()
    assert _ask(database, chat, MONDAY + timedelta(hours=9)) == Later(datetime(2026, 11, 24, 1, tzinfo=UTC))


@pytest.mark.parametrize("kind", ["address", "borrower", "account"])
def test_a_hold_on_anything_of_theirs_stops_it(database: Database, chat: Conversation, kind: str) -> None:
    with database.transaction() as work:
        _hold(work, kind, {"address": chat.address, "borrower": "b1", "account": "a1"}[kind])
    assert _ask(database, chat) == No("held: stop_contact")


def test_what_was_sent_to_them_in_any_chat_counts(database: Database, chat: Conversation) -> None:
    other = conversation(database, "elsewhere")
    with database.transaction() as work:
        work.conversations.save(replace(work.conversations.lock(other), borrower_id="b1"))
        (event,) = work.record.append(other, [NewEvent("bot", {"text": "reminder"})], MONDAY)
        work.outbox.put(other, [event.seq], unasked=True, at=MONDAY)
        (row,) = work.outbox.claim(other, MONDAY)
        work.outbox.sent(row.id, MONDAY)
    assert isinstance(_ask(database, chat, MONDAY + timedelta(hours=1)), Later)


def test_their_own_wish_narrows_the_hours(database: Database, chat: Conversation) -> None:
    evenings = Preference("b1", Hours(opens=time(18), closes=time(20)), (), MONDAY)
    with database.transaction() as work:
        work.lending.set_contact_preference("b1", evenings)
    assert _ask(database, chat) == Later(datetime(2026, 11, 23, 10, tzinfo=UTC))
    night = Preference("b1", Hours(opens=time(21), closes=time(23)), (), MONDAY)
    with database.transaction() as work:
        work.lending.set_contact_preference("b1", night)
    assert isinstance(_ask(database, chat), No)


def test_nobody_known_is_never_written_to(database: Database, chat: Conversation) -> None:
    assert isinstance(_ask(database, replace(chat, borrower_id=None)), No)


def test_a_link_alone_brings_nobody_a_reminder(database: Database, chat: Conversation) -> None:
    assert isinstance(_ask(database, replace(chat, verified_until=None)), No)
