"""A conversation's row, its tracker and its chain of events."""

from dataclasses import replace

import pytest

from bot.dialogue.tracker import Frame, Tracker
from bot.record.chain import verify
from bot.record.events import NewEvent
from bot.storage.conversations import NoSuchConversation
from bot.storage.engine import Database
from tests.storage.samples import MINUTE, NOW, conversation, with_borrower


def test_what_is_saved_is_read_back(database: Database) -> None:
    with_borrower(database)
    conversation_id = conversation(database)
    with database.transaction() as work:
        before = work.conversations.lock(conversation_id)
        saved = replace(
            before,
            locale="zh_Hant",
            locale_chosen=True,
            borrower_id="b1",
            verified_until=NOW + MINUTE,
            last_input_at=NOW,
            held_by="staff-1",
        )
        work.conversations.save(saved)
    with database.reading() as work:
        assert work.conversations.get(conversation_id) == saved
        assert work.conversations.find("web:harbour", "s1") == saved
        assert work.conversations.find("web:harbour", "s2") is None
        assert work.conversations.get("none") is None


def test_the_tracker_is_one_row(database: Database) -> None:
    conversation_id = conversation(database)
    tracker = Tracker(
        conversation_id,
        "zh_Hans",
        slots={"verified": True, "offer": "800.00", "list": ["a"], "none": None},
        stack=[Frame("request_plan", "ask", slots_set=["offer"], context={"flows": ["a"]})],
        turn=3,
        buttons=[("好", "/SetSlots(a=1)")],
    )
    with database.transaction() as work:
        assert work.conversations.tracker(conversation_id) is None
        work.conversations.save_tracker(Tracker(conversation_id, "en"))
        work.conversations.save_tracker(tracker)
    with database.reading() as work:
        assert work.conversations.tracker(conversation_id) == tracker


def test_events_are_chained_across_transactions(database: Database) -> None:
    conversation_id = conversation(database)
    body = {"text": "¥1,200 \0 \ud800 好", "n": 1.5, "none": None, "deep": {"b": [1, 2], "a": True}}
    for _ in range(3):
        with database.transaction() as work:
            work.conversations.lock(conversation_id)
            work.record.append(conversation_id, [NewEvent("user", body), NewEvent("turn", {})], NOW)
            work.record.append(conversation_id, [NewEvent("bot", {"text": "x"})], NOW)
    with database.reading() as work:
        events = work.record.events(conversation_id)
        assert [event.seq for event in events] == list(range(1, 10))
        assert verify(events, work.record.head(conversation_id)) is None
        assert events[0].body == {**body, "text": "¥1,200 \0 \ufffd 好"}
        assert [each.seq for each in work.record.events(conversation_id, after=4, limit=2)] == [5, 6]
        assert [each.seq for each in work.record.events(conversation_id, kinds=["bot"])] == [3, 6, 9]
        assert [each.seq for each in work.record.events(conversation_id, 3, 1, ["bot"])] == [6]
        assert work.record.event(conversation_id, 2) == events[1]
        assert work.record.event(conversation_id, 10) is None


def test_saving_the_conversation_keeps_the_head(database: Database) -> None:
    conversation_id = conversation(database)
    with database.transaction() as work:
        locked = work.conversations.lock(conversation_id)
        work.conversations.save(locked)
        work.record.append(conversation_id, [NewEvent("user", {})], NOW)
        work.conversations.save(locked)
        work.record.append(conversation_id, [NewEvent("bot", {})], NOW)
    with database.reading() as work:
        assert verify(work.record.events(conversation_id), work.record.head(conversation_id)) is None
        assert work.record.head(conversation_id)[0] == 2


def test_erased_events_leave_a_chain_that_verifies(database: Database) -> None:
    conversation_id = conversation(database)
    with database.transaction() as work:
        work.record.append(conversation_id, [NewEvent("user", {"text": "秘密"}), NewEvent("bot", {})], NOW)
        work.record.erase(conversation_id, [1])
    with database.reading() as work:
        erased, kept = work.record.events(conversation_id)
        assert (erased.body, erased.salt, kept.body) == (None, None, {})
        assert verify([erased, kept], work.record.head(conversation_id)) is None


def test_a_conversation_that_is_not_there_is_named(database: Database) -> None:
    with database.transaction() as work:
        with pytest.raises(NoSuchConversation, match="none"):
            work.conversations.lock("none")
        with pytest.raises(NoSuchConversation, match="none"):
            work.record.append("none", [NewEvent("user", {})], NOW)


def test_an_exception_takes_everything_back(database: Database) -> None:
    conversation_id = conversation(database)
    ran: list[str] = []

    def fail() -> None:
        with database.transaction() as work:
            work.record.append(conversation_id, [NewEvent("user", {})], NOW)
            work.after_commit(lambda: ran.append("never"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.transaction() as work:
        assert work.record.head(conversation_id)[0] == 0
        work.after_commit(lambda: ran.append("once"))
        assert ran == []
    assert ran == ["once"]
