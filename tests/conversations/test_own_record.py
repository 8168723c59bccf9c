"""The borrower's own copy of the chat, asked for in the real application and proved by the command."""

import asyncio
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import review_commands as commands
from bot.access import Staff
from bot.assembly import App
from bot.channels.backend import Address, NotProved
from bot.clock import FixedClock
from bot.desk import handoffs
from bot.dialogue.understanding import Understanding
from bot.review.copies import Altered, prove
from tests.conversations.driver import Chat, demo_app

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
ASKING = {"en": "a transcript of this chat please", "zh_Hans": "把我们的聊天记录发给我"}


@pytest.fixture
def app(database_url: str, tmp_path: Path, model: Understanding) -> Iterator[App]:
    app = demo_app(database_url, tmp_path, NOW, model)
    yield app
    app.close()


def fetched(app: App, chat: Chat) -> bytes:
    address = Address(f"{chat.channel}:{chat.speaker}", chat.sender)
    return asyncio.run(app.backend().own_record(address)).content


def proved(app: App, locale: str = "en") -> Chat:
    chat = Chat(app, locale=locale)
    chat.start()
    chat.verify("HB-1001")
    return chat


@pytest.mark.parametrize("locale", ASKING)
def test_asked_for_in_words(app: App, locale: str) -> None:
    chat = proved(app, locale)
    said = chat.type(ASKING[locale])
    assert [(one.response, one.card) for one in said] == [("utter_own_record", {"type": "record"})]
    page = fetched(app, chat).decode()
    for one in chat.history:
        assert f'id="m{one.seq}"' in page
    assert prove(page.encode()).shown == len(chat.history) + len(chat.sent) - 1  # a start says nothing


def test_the_menu_and_both_other_flows_offer_it(app: App) -> None:
    chat = proved(app, "zh_Hant")
    for wish in ("/help", "/request_document", "/request_data"):
        chat.type(wish)
        assert any(button["payload"] == "/own_record" for one in chat.replies for button in one.buttons), wish
    assert chat.press("/own_record")[-1].card == {"type": "record"}


def test_only_who_has_just_proved_it_gets_it(app: App) -> None:
    chat = Chat(app)
    chat.start()
    with pytest.raises(NotProved):
        fetched(app, chat)
    chat.type(ASKING["en"])
    assert not any(one.card for one in chat.history)
    for answer in ("HB-1001", "1990-05-17", "4417"):
        chat.type(answer)
    assert chat.replies[-1].card == {"type": "record"}, "proved, the borrower gets what they had asked for"
    assert fetched(app, chat)
    clock = app.clock
    assert isinstance(clock, FixedClock)
    clock.advance(timedelta(days=1))
    with pytest.raises(NotProved):
        fetched(app, chat)


def test_a_collectors_words_are_in_it_and_their_notes_are_not(app: App) -> None:
    chat = proved(app)
    chat.press("/request_human")
    mei = Staff(id=uuid.uuid4().hex, login="mei", name="Mei", role="collector")
    with app.database.transaction() as work:
        work.staff.add(mei, "no password fits this")
        case = work.desk.open_case(chat.conversation_id)
        assert case is not None
        handoffs.take(work, case.id, mei, NOW, app.responses.text)
        handoffs.note(work, case.id, mei, "sounds relieved", NOW)
        handoffs.answer(work, case.id, mei, "The next step would be court.", NOW, sure=True)
    page = fetched(app, chat).decode()
    assert "<h2>Mei <time" in page
    assert "The next step would be court." in page
    for ours in ("sounds relieved", mei.id, '"rule"', "confidence", "flow_started"):
        assert ours not in page, ours


def test_that_it_was_given_is_on_the_record(app: App) -> None:
    chat = proved(app)
    proof = prove(fetched(app, chat))
    with app.database.reading() as work:
        newest = work.record.events(chat.conversation_id, kinds=["access"])[-1]
        assert work.record.head(chat.conversation_id) == (proof.length, bytes.fromhex(proof.head))
    assert (newest.body, newest.seq) == ({"what": "copy_given"}, proof.length)


def test_the_command_proves_it_with_the_database_far_away(app: App, tmp_path: Path) -> None:
    file = tmp_path / "conversation.html"
    file.write_bytes(fetched(app, proved(app)))
    elsewhere = replace(app.settings, database_url="postgresql://nowhere.invalid/none", key_file=tmp_path / "none")
    told = "\n".join(commands.verify_copy(elsewhere, file, None))
    assert "nothing was altered" in told
    assert "not known here" in told
    ours = replace(elsewhere, key_file=app.settings.key_file)
    assert "this installation's" in "\n".join(commands.verify_copy(ours, file, None))
    key = prove(file.read_bytes()).key_id
    assert "the one you named" in "\n".join(commands.verify_copy(elsewhere, file, key))
    with pytest.raises(Altered, match="signed with the key"):
        list(commands.verify_copy(elsewhere, file, "0" * 16))
    file.write_bytes(file.read_bytes().replace(b"confirmed", b"confused"))
    with pytest.raises(Altered, match=r"message \d+"):
        list(commands.verify_copy(elsewhere, file, None))
