"""From updates as they came to inputs: in order, once, and whatever cannot be read is put aside."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.assembly import SpeakerBook
from bot.clock import FixedClock
from bot.conversations.store import Conversation
from bot.dialogue.tracker import Tracker
from bot.lending.identity import link_digest
from bot.lending.policy import Policies
from bot.locale import Catalogues
from bot.record.events import NewEvent
from bot.settings import ROOT
from bot.storage.engine import Database
from bot.web.telegram_backend import BATCH, TRIES, TelegramBackend
from tests.actions.stage import CREDITORS
from tests.storage.samples import MINUTE, NOW, with_borrower

BOT = "telegram:harbour"
POLICIES = Policies.load(CREDITORS)
SPEAKERS = SpeakerBook(POLICIES, Catalogues.load(ROOT / "locales"))


@pytest.fixture
def backend(database: Database) -> TelegramBackend:
    made = TelegramBackend(
        database, clock=FixedClock(NOW), wall=FixedClock(NOW), speakers=SPEAKERS, policies=POLICIES
    )
    made.open_account(BOT)
    return made


def update(number: int, sender: int = 7, **content: Any) -> bytes:
    user = {"id": sender, "is_bot": False, "first_name": "Wei", "language_code": "zh-TW"}
    message = {"message_id": number, "date": 1, "chat": {"id": sender, "type": "private"}, "from": user, **content}
    return json.dumps({"update_id": number, "message": message}).encode()


def inputs(database: Database) -> list[dict[str, Any]]:
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT incoming FROM inbox ORDER BY id").scalars()
        return [json.loads(row) for row in rows]


def states(database: Database) -> list[str]:
    with database.engine.connect() as connection:
        return list(connection.exec_driver_sql("SELECT state FROM channel_updates ORDER BY number").scalars())


def keep(backend: TelegramBackend, *bodies: bytes) -> Sequence[str]:
    return backend.keep(BOT, "123", bodies)


def conversation(database: Database) -> Conversation:
    with database.reading() as work:
        found = work.conversations.find(BOT, "7")
    assert found
    return found


def test_updates_become_inputs_in_their_order_and_once(backend: TelegramBackend, database: Database) -> None:
    keep(backend, update(12, text="two"), update(11, text="one"))
    assert keep(backend, update(12, text="two")) == []
    read = backend.read(BOT, "7")
    assert [each["text"] for each in inputs(database)] == ["one", "two"]
    assert inputs(database)[0] == {
        "account": BOT, "sender": "7", "update_id": "123/11", "kind": "text", "text": "one", "locale": "zh-TW",
        "message": "11",
    }  # fmt: skip
    assert (read.more, read.held, read.conversation_id) == (False, False, conversation(database).id)
    assert conversation(database).locale == "zh_Hant"
    assert backend.read(BOT, "7").conversation_id is None


def test_a_new_bot_of_the_same_lender_counts_its_updates_anew(backend: TelegramBackend, database: Database) -> None:
    keep(backend, update(11, text="one"))
    backend.keep(BOT, "456", [update(11, text="other")])
    backend.read(BOT, "7")
    assert len(inputs(database)) == 2


def test_a_flood_is_read_in_parts(backend: TelegramBackend, database: Database) -> None:
    keep(backend, *(update(number, text="x") for number in range(BATCH + 1)))
    assert backend.read(BOT, "7").more
    assert not backend.read(BOT, "7").more
    assert len(inputs(database)) == BATCH + 1


@pytest.mark.parametrize(
    "body", [b"\xff\xfe", b"{", b"5", b'{"update_id": 1, "message": {"chat": 5}}', b"[" * 9999]
)
def test_what_cannot_be_read_is_put_aside(backend: TelegramBackend, database: Database, body: bytes) -> None:
    (sender,) = keep(backend, body)
    assert keep(backend, body) == []  # brought again
    assert backend.read(BOT, sender).updates == ()
    assert states(database) == ["aside"]


def test_an_update_that_nothing_can_be_done_with_is_put_aside_in_the_end(
    backend: TelegramBackend, database: Database
) -> None:
    keep(backend, update(1, text="x"), update(2, text="y"))
    wall = FixedClock(NOW)
    backend._wall = wall
    for _ in range(TRIES):
        backend.failed(BOT, "7", "OverflowError")
        wall.advance(MINUTE)
    assert states(database) == ["aside", "waiting"]
    backend.read(BOT, "7")
    assert [each["text"] for each in inputs(database)] == ["y"]


def test_a_group_is_left_and_nothing_of_it_is_kept(backend: TelegramBackend, database: Database) -> None:
    group = {"id": -9, "type": "group", "title": "Family"}
    keep(backend, update(1, text="he owes money", chat=group))
    (left,) = backend.read(BOT, "-9").updates
    assert (left.leave, states(database), inputs(database)) == (-9, ["ignored"], [])


def test_a_file_is_waited_for_and_nothing_overtakes_it(backend: TelegramBackend, database: Database) -> None:
    document = {"file_id": "f", "file_name": "../slip.pdf", "mime_type": "application/pdf", "file_size": 9}
    keep(backend, update(1, text="here"), update(2, document=document, caption="my slip"), update(3, text="well?"))
    first = backend.read(BOT, "7")
    assert (len(first.updates), first.fetch, first.more) == (1, None, True)
    fetch = backend.read(BOT, "7").fetch
    assert fetch
    assert backend.read(BOT, "7").updates == ()
    backend.keep_file(*fetch, "application/pdf", b"%PDF-1.4 x")
    backend.read(BOT, "7")
    kinds = [(each["kind"], each.get("text")) for each in inputs(database)]
    assert kinds == [("text", "here"), ("file", None), ("text", "my slip"), ("text", "well?")]
    with database.reading() as work:
        (kept,) = work.files.files(conversation(database).id)
        assert (kept.name, work.files.content(kept.id)) == ("slip.pdf", b"%PDF-1.4 x")


def test_a_file_that_is_refused_is_spoken_of_and_its_words_are_read(
    backend: TelegramBackend, database: Database
) -> None:
    keep(backend, update(1, document={"file_id": "f"}, caption="my slip"))
    fetch = backend.read(BOT, "7").fetch
    assert fetch
    backend.refuse_file(*fetch, "file_type")
    said = [(each["kind"], each.get("what"), each.get("text")) for each in inputs(database)]
    assert said == [("unreadable", "file_type", None), ("text", None, "my slip")]


def test_a_file_that_could_not_be_fetched_is_tried_again_later(
    backend: TelegramBackend, database: Database
) -> None:
    keep(backend, update(1, photo=[{"file_id": "p", "width": 1, "height": 1}]))
    fetch = backend.read(BOT, "7").fetch
    assert fetch
    assert backend.read(BOT, "7").fetch is None
    backend.try_again(fetch[0], timedelta(0), "no answer")
    again = backend.read(BOT, "7").fetch
    assert again
    assert again[0].tries == 1


def _link(database: Database, token: str = "Ab-_9") -> str:
    with database.transaction() as work:
        work.lending.add_link(link_digest(token), "b1", NOW + MINUTE)
    return token


def test_a_one_time_link_finds_the_borrower_and_verifies_nobody(
    backend: TelegramBackend, database: Database
) -> None:
    with_borrower(database)
    keep(backend, update(1, text=f"/start {_link(database)}"))
    backend.read(BOT, "7")
    found = conversation(database)
    assert (found.borrower_id, found.verified_until) == ("b1", None)
    keep(backend, update(2, sender=8, text="/start Ab-_9"))
    backend.read(BOT, "8")
    with database.reading() as work:
        other = work.conversations.find(BOT, "8")
    assert other
    assert other.borrower_id is None  # spent


def test_a_link_that_came_to_another_lenders_bot_still_works_with_its_own(
    backend: TelegramBackend, database: Database
) -> None:
    with_borrower(database)
    other = "telegram:chuntian"
    backend.open_account(other)
    token = _link(database)
    backend.keep(other, "456", [update(1, text=f"/start {token}")])
    backend.read(other, "7")
    with database.reading() as work:
        found = work.conversations.find(other, "7")
    assert found
    assert found.borrower_id is None
    keep(backend, update(1, text=f"/start {token}"))
    backend.read(BOT, "7")
    assert conversation(database).borrower_id == "b1"


def test_a_link_to_somebody_else_ends_what_was_proved_and_told(
    backend: TelegramBackend, database: Database
) -> None:
    with_borrower(database)
    keep(backend, update(1, text="hello"))
    backend.read(BOT, "7")
    before = conversation(database)
    with database.transaction() as work:
        work.conversations.save(replace(work.conversations.lock(before.id), verified_until=NOW + MINUTE))
        told = Tracker(before.id, "en")
        told.slots["means_income"] = "5000"
        work.conversations.save_tracker(told)
    keep(backend, update(2, text=f"/start {_link(database)}"))
    backend.read(BOT, "7")
    assert (conversation(database).borrower_id, conversation(database).verified_until) == ("b1", None)
    with database.reading() as work:
        tracker = work.conversations.tracker(before.id)
    assert tracker
    assert "means_income" not in tracker.slots


def test_what_stood_on_a_button_is_known_from_the_record(backend: TelegramBackend, database: Database) -> None:
    keep(backend, update(1, text="hello"))
    backend.read(BOT, "7")
    with database.transaction() as work:
        chat = work.conversations.lock(conversation(database).id)
        buttons = [{"title": "Menu", "payload": "/help"}]
        (event,) = work.record.append(chat.id, [NewEvent("bot", {"text": "?", "buttons": buttons})], NOW)
    titles = [backend.title(BOT, "7", f"{event.seq}-{position}") for position in (0, 1, 2)]
    assert titles == [None, "Menu", None]
    assert backend.title(BOT, "8", f"{event.seq}-1") is None
