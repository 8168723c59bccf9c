"""The channel's manners, over HTTP: groups, blocks, files, edits, odd updates, repeated and forged deliveries."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.assembly import App
from bot.channels import telegram_api
from bot.dialogue.understanding import Understanding
from tests.telegram.line import WAYS, Way, on_telegram
from tests.telegram.people import Group, Person
from tests.telegram.phone_chat import PhoneChat, at_rest
from tests.telegram.server import Served, serve
from tests.telegram.test_files import picture
from tests.telegram.world import Bot, World

SECRET = "X-Telegram-Bot-Api-Secret-Token"
NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)


class Line:
    """One bot that runs, and what somebody on the phone does and sees."""

    def __init__(self, telegram: Served, bot: Bot, app: App) -> None:
        self.telegram, self.bot, self.app = telegram, bot, app

    def person(self, language: str = "en", first_name: str = "Wang") -> Person:
        return Person(self.telegram.world, self.bot, language, first_name)

    def rest(self, person: Person) -> list[str]:
        """Wait until all is answered; the words that are shown now."""
        self.telegram.world.wait(lambda: at_rest(self.app, person, "harbour"), 30, "no rest")
        return [message.get("text", "") for message in person.chat.shown]

    def wait_until_left(self, group: Group) -> None:
        self.telegram.world.wait(lambda: not group.chat.member, 30, "the bot stays")

    def calls(self, method: str) -> int:
        return sum(call.method.lower() == method.lower() for call in self.bot.calls)


@pytest.fixture(params=WAYS)
def line(request: pytest.FixtureRequest, sqlite_url: str, tmp_path: Path, model: Understanding) -> Iterator[Line]:
    way: Way = request.param
    with serve(World()) as telegram:
        bot = telegram.world.add_bot()
        with on_telegram(telegram, bot, way, sqlite_url, tmp_path, NOW, model) as app:
            yield Line(telegram, bot, app)
        refused = [call for call in bot.calls if call.refused]
        # A group that tells of itself twice is left twice.
        assert {call.method for call in refused} <= {"leaveChat"}


def test_commands_are_answered_in_the_phones_language(line: Line) -> None:
    person = line.person(language="zh-hans")
    person.start()
    line.rest(person)
    person.say("/help")
    shown = line.rest(person)
    assert len(shown) >= 2
    assert all("您" in text or "我" in text for text in shown)


def test_in_a_group_it_says_nothing_and_leaves(line: Line) -> None:
    person = line.person()
    for kind in ("group", "supergroup", "channel"):
        group = Group(line.telegram.world, line.bot, kind)
        group.add_bot(person.user)
        group.say(person.user, "/start")
        line.wait_until_left(group)
        line.rest(person)
        assert [message for message in group.chat.messages.values() if message["from"]["is_bot"]] == []


def test_whoever_blocks_it_is_let_be_until_they_come_back(line: Line) -> None:
    person = line.person()
    person.start()
    before = len(line.rest(person))
    person.block()
    line.rest(person)
    tried = line.calls("sendMessage")
    person.unblock()
    line.rest(person)
    assert line.calls("sendMessage") == tried
    person.say("hello")
    assert len(line.rest(person)) > before


def test_an_update_that_nobody_understands_holds_up_nothing(line: Line) -> None:
    person = line.person()
    odd: list[dict[str, Any]] = [{"message": 5}, {"message": {"chat": {"id": "x"}}}, {"new": {"a": 1}}, {}]
    for body in odd:
        line.bot.queue.put_raw(body)
    broken = {"chat": person.chat.about, "from": person.user, "message_id": 1, "date": 1, "text": ["no text"]}
    line.bot.queue.put_raw({"message": broken})
    person.start()
    assert line.rest(person)


def test_a_name_of_markup_is_harmless(line: Line) -> None:
    person = line.person(first_name="<b>_*[&amp;")
    person.start()
    line.rest(person)
    person.say("<b>_*[ &lt; </i>")
    assert line.rest(person)
    assert not [call for call in line.bot.calls if call.refused]


def test_a_press_is_answered_and_shown_and_its_keyboard_goes(line: Line) -> None:
    person = line.person()
    person.start()
    line.rest(person)
    pressed = next(message for message in reversed(person.chat.shown) if "reply_markup" in message)
    button = pressed["reply_markup"]["inline_keyboard"][0][0]
    query = person.press(button["callback_data"])
    line.rest(person)
    assert line.bot.queries[query].answered is not None
    line.telegram.world.wait(lambda: "reply_markup" not in person.chat.messages[pressed["message_id"]], 10)
    now = person.chat.messages[pressed["message_id"]]
    assert button["text"] in now["text"]
    again = person.press_again(pressed, button["callback_data"])
    line.rest(person)
    assert line.bot.queries[again].answered is not None


def test_voice_stickers_and_edits_are_answered(line: Line) -> None:
    person = line.person()
    person.start()
    for act in (person.send_voice, person.send_sticker, lambda: person.say("helo"), lambda: person.edit("hello")):
        before = len(line.rest(person))
        act()
        assert len(line.rest(person)) > before


@pytest.mark.parametrize(
    ("content", "size", "fetched"),
    [(picture(40, 30), None, True), (b"MZ no picture", None, True), (b"x", 21 * 2**20, False)],
    ids=["photo", "something else", "too large"],
)
def test_a_file_is_looked_at_before_and_after_it_is_fetched(
    line: Line, content: bytes, size: int | None, fetched: bool
) -> None:
    person = line.person()
    person.start()
    before = len(line.rest(person))
    person.send_document(content, "proof.png", "image/png", size)
    assert len(line.rest(person)) > before
    assert (line.calls("getFile") > 0) == fetched


def test_a_photo_is_taken(line: Line) -> None:
    person = line.person()
    person.start()
    before = len(line.rest(person))
    person.send_photo(picture(40, 30), "my payslip")
    assert len(line.rest(person)) > before
    assert line.calls("getFile") == 1


def test_a_contact_is_answered_whoever_it_is(line: Line) -> None:
    person = line.person()
    person.start()
    for other in (True, False):
        before = len(line.rest(person))
        person.share_contact(other=other)
        assert len(line.rest(person)) > before


def test_ones_own_number_finds_the_account_and_anothers_does_not(line: Line) -> None:
    """The number is that of HB-1001 on the lender's record; the date of birth is asked all the same."""
    for other, asked in ((True, "utter_ask_identity_reference"), (False, "utter_ask_identity_birth_date")):
        person = line.person()
        chat = PhoneChat(line.app, person=person)
        chat.start()
        chat.press("/start_chat")
        person.share_contact(other=other)
        last = chat.come_to_rest()[-1].response
        assert last == asked
        assert "0916" not in " ".join(line.rest(person))


def test_what_comes_twice_is_handled_once(line: Line) -> None:
    """A webhook's answer that gets lost, a poller that dies before it confirms: the same update comes again."""
    person = line.person()
    person.start()
    before = len(line.rest(person))
    (kept,) = [call for call in person.chat.messages.values() if not call["from"]["is_bot"]]
    update = {"update_id": person.said[0], "message": kept}
    with line.telegram.world.lock:
        line.bot.queue.put_back(update)
    assert len(line.rest(person)) == before


def test_after_a_week_of_silence_it_still_hears(
    sqlite_url: str, tmp_path: Path, model: Understanding, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Identifiers begin elsewhere then, and what is lower must not count as confirmed."""
    monkeypatch.setattr(telegram_api, "POLL_SECONDS", 1)
    passed = [0.0]
    with serve(World(clock=lambda: time.time() + passed[0])) as telegram:
        bot = telegram.world.add_bot()
        with on_telegram(telegram, bot, "polling", sqlite_url, tmp_path, NOW, model) as app:
            line = Line(telegram, bot, app)
            person = line.person()
            first = person.start()
            before = len(line.rest(person))
            time.sleep(1.5)  # a poll that brings nothing
            passed[0] = 8 * 24 * 3600
            assert person.say("hello") < first
            assert len(line.rest(person)) > before


def test_a_delivery_without_the_secret_is_refused(
    telegram: Served, sqlite_url: str, tmp_path: Path, model: Understanding
) -> None:
    bot = telegram.world.add_bot()
    with on_telegram(telegram, bot, "webhook", sqlite_url, tmp_path, NOW, model) as app:
        line = Line(telegram, bot, app)
        person = line.person()
        hook = bot.queue.webhook
        assert hook
        assert hook.secret
        forged = {
            "update_id": 1,
            "message": {"message_id": 1, "date": 1, "chat": person.chat.about, "text": "/start"},
        }
        for secret in (None, "", "wrong", hook.secret[:-1], hook.secret + "x"):
            headers = {} if secret is None else {SECRET: secret}
            assert httpx.post(hook.url, json=forged, headers=headers).status_code == 403
        right = {SECRET: hook.secret}
        elsewhere = hook.url.replace("harbour", "swiftlend")
        assert httpx.post(elsewhere, json=forged, headers=right).status_code == 403
        assert httpx.post(hook.url, content=b" " * (2**20 + 1), headers=right).status_code == 413
        assert line.rest(person) == []
