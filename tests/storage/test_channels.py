"""Updates are kept once and read in order; a bot's and a chat's pace hold for everybody."""

from datetime import timedelta

from bot.conversations.channels import NewUpdate, SentChat
from bot.storage.engine import Database
from tests.storage.samples import MINUTE, NOW, conversation, with_borrower

BOT = "telegram:harbour"
SECOND = timedelta(seconds=1)


def _keep(database: Database, *numbers: int, sender: str = "7") -> list[str]:
    updates = [NewUpdate(f"1/{number}", number, sender, f"body {number}".encode()) for number in numbers]
    with database.transaction() as work:
        return work.updates.keep(BOT, updates, NOW)


def _next(database: Database, sender: str = "7", limit: int = 10) -> list[str]:
    with database.transaction() as work:
        return [kept.body.decode() for kept in work.updates.next(BOT, sender, NOW, limit)]


def test_an_update_is_kept_once_and_a_chats_come_in_their_order(database: Database) -> None:
    assert _keep(database, 12, 11) == ["7"]
    assert _keep(database, 11, 10) == ["7"]
    assert _keep(database, 10, 11, 12) == []
    _keep(database, 9, sender="8")
    assert _next(database) == ["body 10", "body 11", "body 12"]
    assert _next(database, limit=2) == ["body 10", "body 11"]
    with database.reading() as work:
        assert work.updates.senders(BOT, NOW, 10) == ["7", "8"]
        assert work.updates.senders("telegram:other", NOW, 10) == []


def test_nothing_overtakes_an_update_that_somebody_works_on(database: Database) -> None:
    _keep(database, 1, 2)
    with database.transaction() as work:
        first, _ = work.updates.next(BOT, "7", NOW, 10)
        work.updates.claim(first.id, NOW + MINUTE)
    assert _next(database) == []
    with database.transaction() as work:
        assert work.updates.senders(BOT, NOW, 10) == ["7"]  # the other one; it is not taken before its turn
        assert [kept.tries for kept in work.updates.next(BOT, "7", NOW + MINUTE, 10)] == [1, 0]
        work.updates.release(first.id, NOW, "no answer")
    assert _next(database) == ["body 1", "body 2"]


def test_what_was_read_is_forgotten_and_what_was_put_aside_is_kept(database: Database) -> None:
    _keep(database, 1, 2)
    with database.transaction() as work:
        first, second = work.updates.next(BOT, "7", NOW, 10)
        work.updates.settle(first.id, "done")
        work.updates.settle(second.id, "aside", "nobody knows what it is\0")
    assert _next(database) == []
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT state, body IS NULL, error FROM channel_updates ORDER BY id"
        ).all()
    assert [(state, bool(gone), error) for state, gone, error in rows] == [
        ("done", True, None),
        ("aside", False, "nobody knows what it is"),
    ]
    with database.transaction() as work:
        assert work.updates.forget(BOT, NOW) == 0
        assert work.updates.forget(BOT, NOW + SECOND) == 1
    assert _keep(database, 2) == []


def test_a_kept_update_can_be_read_in_its_own_place_only(database: Database) -> None:
    _keep(database, 1)
    with database.engine.connect() as connection:
        (sealed,) = connection.exec_driver_sql("SELECT body FROM channel_updates").one()
    assert b"body" not in bytes(sealed)


def _chat(database: Database, sender: str = "7") -> SentChat:
    conversation_id = conversation(database, sender)
    with database.transaction() as work:
        work.channels.open_account(BOT, "harbour", NOW)
        work.channels.open_chat(conversation_id, BOT, NOW)
        found = work.channels.chat(conversation_id)
    assert found
    return found


def test_a_chat_waits_a_second_and_a_bot_a_little(database: Database) -> None:
    first, second = _chat(database, "7"), _chat(database, "8")
    gaps = {"chat_gap": SECOND, "account_gap": SECOND / 20}
    with database.transaction() as work:
        assert work.channels.reserve(first, NOW, **gaps) == NOW
        assert work.channels.reserve(second, NOW, **gaps) == NOW + SECOND / 20
        assert work.channels.account_free_at(BOT) == NOW + SECOND / 10
        again = work.channels.chat(first.conversation_id)
        assert again
        assert work.channels.reserve(again, NOW, **gaps) == NOW + SECOND


def test_a_bot_rests_until_the_latest_that_was_asked_for(database: Database) -> None:
    _chat(database)
    with database.transaction() as work:
        work.channels.rest(BOT, NOW + MINUTE)
        work.channels.rest(BOT, NOW + SECOND)
        assert work.channels.account_free_at(BOT) == NOW + MINUTE


def test_who_cannot_be_reached_is_so_until_they_write_again(database: Database) -> None:
    chat = _chat(database)
    with database.transaction() as work:
        assert work.channels.unreachable(chat.conversation_id, NOW)
        assert not work.channels.unreachable(chat.conversation_id, NOW + SECOND)
        found = work.channels.chat(chat.conversation_id)
        assert found
        assert found.unreachable_since == NOW
        work.channels.open_chat(chat.conversation_id, BOT, NOW)
        assert work.channels.chat(chat.conversation_id) == chat


def test_one_process_fetches_until_it_stops_or_dies(database: Database) -> None:
    _chat(database)
    with database.transaction() as work:
        assert work.channels.poll(BOT, "one", NOW, MINUTE)
        assert work.channels.poll(BOT, "one", NOW + SECOND, MINUTE)
        assert not work.channels.poll(BOT, "two", NOW + MINUTE, MINUTE)
        assert work.channels.poll(BOT, "two", NOW + MINUTE + SECOND, MINUTE)
        work.channels.stop_polling(BOT, "one")
        assert not work.channels.poll(BOT, "one", NOW + MINUTE, MINUTE)
        work.channels.stop_polling(BOT, "two")
        assert work.channels.poll(BOT, "one", NOW + MINUTE, MINUTE)


def test_a_shared_number_counts_for_a_while_and_for_the_last_that_was_shared(database: Database) -> None:
    with_borrower(database)
    with database.transaction() as work:
        found = work.lending.borrowers_by_phone(("harbour",), ["8613800138000"])
        assert work.lending.borrowers_by_phone(("other",), ["8613800138000"]) == []
        assert work.lending.borrowers_by_phone(("harbour",), ["", "13800138000"]) == []
        work.channels.prove_phone(BOT, "7", [borrower.id for borrower in found], NOW)
        assert [borrower.id for borrower in found] == work.channels.phone_proved(BOT, "7", NOW)
        assert work.channels.phone_proved(BOT, "8", NOW) == []
        assert work.channels.phone_proved(BOT, "7", NOW + SECOND) == []
        work.channels.prove_phone(BOT, "7", [], NOW)
        assert work.channels.phone_proved(BOT, "7", NOW) == []
