"""What comes in is stored once by its own id, and handled once, in order."""

from dataclasses import replace

import pytest

from bot.dialogue.messages import FileRef, Incoming
from bot.errors import BadInput
from bot.storage.engine import Database
from tests.storage.samples import MINUTE, NOW, conversation, wrote


def test_a_repeated_update_is_the_same_input(database: Database) -> None:
    with database.transaction() as work:
        first = work.inbox.receive(wrote("a", update_id="7"), "harbour", "en", NOW)
    with database.transaction() as work:
        again = work.inbox.receive(wrote("b", update_id="7"), "harbour", "en", NOW + MINUTE)
    assert again == replace(first, duplicate=True)
    with database.reading() as work:
        stored = work.inbox.oldest_unhandled(first.conversation_id)
    assert stored is not None
    assert (stored.id, stored.incoming.text, stored.received_at) == (first.input_id, "a", NOW)


def test_an_update_id_of_another_sender_is_refused(database: Database) -> None:
    with database.transaction() as work:
        work.inbox.receive(wrote(sender="s1", update_id="7"), "harbour", "en", NOW)
    with pytest.raises(BadInput, match="another sender"), database.transaction() as work:
        work.inbox.receive(wrote(sender="s2", update_id="7"), "harbour", "en", NOW)


def test_inputs_come_back_whole_and_in_order(database: Database) -> None:
    file = FileRef("f1", "工资单.pdf", "application/pdf", 12)
    sent = [
        Incoming("web:harbour", "s1", "u-start", "start", locale="zh_Hans"),
        Incoming("web:harbour", "s1", "u-text", "text", text="含\0零和\ud83d半个"),
        Incoming("web:harbour", "s1", "u-press", "button", choice="12-3"),
        Incoming("web:harbour", "s1", "u-file", "file", file=file),
    ]
    with database.transaction() as work:
        received = [work.inbox.receive(each, "harbour", "en", NOW) for each in sent]
    taken = []
    while True:
        with database.transaction() as work:
            stored = work.inbox.oldest_unhandled(received[0].conversation_id)
            if stored is None:
                break
            taken.append(stored.incoming)
            work.inbox.handled(stored.id, NOW)
    assert taken == [sent[0], replace(sent[1], text="含\0零和\ufffd半个"), *sent[2:]]


def test_what_fails_stays_first_until_it_is_put_aside(database: Database) -> None:
    with database.transaction() as work:
        bad = work.inbox.receive(wrote("bad"), "harbour", "en", NOW)
        good = work.inbox.receive(wrote("good"), "harbour", "en", NOW)
    for failures in range(2):
        with database.transaction() as work:
            stored = work.inbox.oldest_unhandled(bad.conversation_id)
            assert stored is not None
            assert (stored.id, stored.failures) == (bad.input_id, failures)
            work.inbox.failed(stored.id, "Boom: \0" + "x" * 9999, put_aside=failures == 1)
    with database.reading() as work:
        stored = work.inbox.oldest_unhandled(bad.conversation_id)
    assert stored is not None
    assert stored.id == good.input_id


def test_after_a_restart_the_longest_waiting_comes_first(database: Database) -> None:
    first, second, third = (conversation(database, sender) for sender in ("s1", "s2", "s3"))
    with database.transaction() as work:
        stored = work.inbox.oldest_unhandled(second)
        assert stored is not None
        work.inbox.handled(stored.id, NOW)
        work.inbox.receive(wrote(sender="s1"), "harbour", "en", NOW)
    with database.reading() as work:
        assert work.inbox.waiting(10) == [first, third]
        assert work.inbox.waiting(1) == [first]


@pytest.mark.parametrize("sender", ["", "a\0b", "x" * 300, "line\nbreak"])
def test_a_sender_that_cannot_be_kept_is_refused(database: Database, sender: str) -> None:
    with pytest.raises(BadInput, match=r"input\.sender"), database.transaction() as work:
        work.inbox.receive(wrote(sender=sender), "harbour", "en", NOW)
