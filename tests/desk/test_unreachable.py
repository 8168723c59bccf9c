"""A colleague is told when a known borrower can't be written to any more."""

from dataclasses import replace

from bot.desk.unreachable import Unreachable
from bot.storage.engine import Database
from tests.lending.files import demo
from tests.storage.samples import NOW, conversation, with_borrower


def test_of_somebody_known_a_case_tells(database: Database) -> None:
    with_borrower(database)
    conversation_id = conversation(database)
    with database.transaction() as work:
        chat = replace(work.conversations.lock(conversation_id), borrower_id="b1")
        work.conversations.save(chat)
        events = Unreachable(demo())(work, chat, NOW)
        case = work.desk.open_case(conversation_id)
    assert case
    assert (case.wants, case.creditor, case.status) == ("unreachable", "harbour", "waiting")
    assert [event.kind for event in events] == ["case"]


def test_of_somebody_unknown_there_is_nothing_to_tell(database: Database) -> None:
    conversation_id = conversation(database)
    with database.transaction() as work:
        assert list(Unreachable(demo())(work, work.conversations.lock(conversation_id), NOW)) == []
        assert work.desk.open_case(conversation_id) is None
