"""Replies leave in the order in which they were said, whoever sends them."""

from bot.record.events import NewEvent
from bot.storage.engine import Database
from bot.storage.outbox import LEASE
from tests.storage.samples import MINUTE, NOW, conversation


def _said(database: Database, count: int, *, unasked: bool = False) -> str:
    conversation_id = conversation(database)
    with database.transaction() as work:
        events = work.record.append(conversation_id, [NewEvent("bot", {"text": "x"})] * count, NOW)
        work.outbox.put(conversation_id, [event.seq for event in events], unasked=unasked, at=NOW)
    return conversation_id


def test_a_conversation_is_claimed_whole_and_once(database: Database) -> None:
    conversation_id = _said(database, 3)
    with database.transaction() as work:
        claimed = work.outbox.claim(conversation_id, NOW)
    assert [(each.seq, each.state, each.attempts) for each in claimed] == [(n, "sending", 1) for n in (1, 2, 3)]
    with database.transaction() as work:
        assert work.outbox.claim(conversation_id, NOW) == []
        assert work.outbox.waiting(NOW, 10) == []


def test_nothing_overtakes_what_is_being_sent_or_waits_to_be_sent_again(database: Database) -> None:
    conversation_id = _said(database, 3)
    with database.transaction() as work:
        first, *_ = work.outbox.claim(conversation_id, NOW)
        work.outbox.failed(first.id, "429", NOW + MINUTE)
    with database.transaction() as work:
        assert work.outbox.claim(conversation_id, NOW) == []
    with database.transaction() as work:
        again = work.outbox.claim(conversation_id, NOW + MINUTE)
    assert [(each.seq, each.attempts) for each in again] == [(1, 2), (2, 1), (3, 1)]


def test_what_failed_for_good_lets_the_next_pass(database: Database) -> None:
    conversation_id = _said(database, 2)
    with database.transaction() as work:
        first, second = work.outbox.claim(conversation_id, NOW)
        work.outbox.failed(first.id, "403", None)
        work.outbox.sent(second.id, NOW, "remote-2")
        assert not work.outbox.unfetched(conversation_id, 2)
    with database.transaction() as work:
        assert work.outbox.claim(conversation_id, NOW + LEASE * 2) == []


def test_what_a_dead_worker_held_is_sent_after_its_lease(database: Database) -> None:
    conversation_id = _said(database, 2)
    with database.transaction() as work:
        work.outbox.claim(conversation_id, NOW)
    with database.transaction() as work:
        assert work.outbox.waiting(NOW + LEASE, 10) == [conversation_id]
        assert [each.seq for each in work.outbox.claim(conversation_id, NOW + LEASE)] == [1, 2]


def test_a_channel_that_fetches_marks_what_it_has(database: Database) -> None:
    conversation_id = _said(database, 3)
    with database.transaction() as work:
        assert work.outbox.unfetched(conversation_id, 1)
        assert work.outbox.fetched(conversation_id, 2, NOW) == [1, 2]
        assert work.outbox.fetched(conversation_id, 2, NOW) == []
        assert not work.outbox.unfetched(conversation_id, 2)
        assert work.outbox.unfetched(conversation_id, 3)


def test_a_stop_cancels_what_nobody_asked_for(database: Database) -> None:
    conversation_id = _said(database, 1, unasked=True)
    with database.transaction() as work:
        answer = work.record.append(conversation_id, [NewEvent("bot", {"text": "answer"})], NOW)
        work.outbox.put(conversation_id, [answer[0].seq], unasked=False, at=NOW)
        assert work.outbox.cancel_unasked(conversation_id) == 1
        assert [each.seq for each in work.outbox.claim(conversation_id, NOW)] == [2]
