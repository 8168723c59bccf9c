"""One command registers a bot with the strict server, or says what is wrong; a lender's link opens the chat."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import messengers
from bot.dialogue.understanding import Understanding
from bot.lending.identity import link_digest, new_link_token
from bot.settings import Settings, TelegramSettings
from tests.conversations.driver import DEMO_CREDITORS
from tests.telegram.line import WAYS, Way, on_telegram
from tests.telegram.people import Person
from tests.telegram.phone_chat import PhoneChat
from tests.telegram.server import Served

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
COMMANDS = ["start", "help", "menu", "human", "language", "stop", "privacy"]


def _settings(telegram: TelegramSettings, state: Path, public_url: str | None = None) -> Settings:
    return Settings("", state, state / "keys", DEMO_CREDITORS, public_url=public_url, telegram=telegram)


def _steps(settings: Settings) -> dict[str, bool]:
    return {what: well for well, what in messengers.set_up(settings)}


def test_commands_menu_and_description_are_registered_in_each_language(telegram: Served, tmp_path: Path) -> None:
    bot = telegram.world.add_bot()
    steps = _steps(_settings(TelegramSettings({"harbour": bot.token}, telegram.url), tmp_path))
    assert all(steps.values()), steps
    assert any(f"@{bot.username}" in what for what in steps)
    languages = {language for _, language in bot.commands}
    assert languages >= {"", "zh"}
    for commands in bot.commands.values():
        assert [command["command"] for command in commands] == COMMANDS
    (english,) = [words for (scope, language), words in bot.commands.items() if language == ""]
    (chinese,) = [words for (scope, language), words in bot.commands.items() if language == "zh"]
    assert english != chinese
    assert bot.menu == {0: {"type": "commands"}}
    assert bot.about["description", ""]
    assert bot.about["description", "zh"] != bot.about["description", ""]
    assert bot.queue.webhook is None


def test_a_webhook_is_set_with_its_secret_and_what_is_wanted(telegram: Served, tmp_path: Path) -> None:
    bot = telegram.world.add_bot()
    chosen = TelegramSettings({"harbour": bot.token}, telegram.url, webhook=True)
    steps = _steps(_settings(chosen, tmp_path, "https://bank.example"))
    assert all(steps.values()), steps
    hook = bot.queue.webhook
    assert hook
    assert hook.url == "https://bank.example/telegram/harbour"
    assert hook.secret
    assert bot.token not in hook.secret
    assert bot.queue.allowed == {"message", "edited_message", "callback_query", "my_chat_member"}
    _steps(_settings(replace(chosen, webhook=False), tmp_path))
    assert bot.queue.webhook is None


@pytest.mark.parametrize(
    ("token", "public_url", "said"),
    [
        ("", "https://bank.example:8000", "ports 80, 88, 443 or 8443"),
        ("1:not-the-token", "https://bank.example", "BotFather"),
    ],
)
def test_what_is_wrong_is_said(telegram: Served, tmp_path: Path, token: str, public_url: str, said: str) -> None:
    bots = {"harbour": token or telegram.world.add_bot().token}
    steps = _steps(_settings(TelegramSettings(bots, telegram.url, webhook=True), tmp_path, public_url))
    wrong = [what for what, well in steps.items() if not well]
    assert len(wrong) == 1
    assert said in wrong[0]


def test_without_a_way_to_the_server_it_says_so(tmp_path: Path) -> None:
    steps = _steps(_settings(TelegramSettings({"harbour": "1:a"}, "http://127.0.0.1:9"), tmp_path))
    assert list(steps.values()) == [False]


@pytest.mark.parametrize("way", WAYS)
def test_a_lenders_link_opens_the_chat_and_verifies_nothing(
    way: Way, telegram: Served, sqlite_url: str, tmp_path: Path, model: Understanding
) -> None:
    bot = telegram.world.add_bot()
    with on_telegram(telegram, bot, way, sqlite_url, tmp_path, NOW, model) as app:
        token = new_link_token()
        with app.database.transaction() as work:
            borrower = work.lending.borrower_by_reference(["harbour"], "HB-1001")
            assert borrower
            work.lending.add_link(link_digest(token), borrower.id, NOW + timedelta(hours=1))
        url = messengers.link(app.settings, app.policies, "harbour", token)
        assert url == f"https://t.me/{bot.username}?start={token}"
        chat = PhoneChat(app, person=Person(telegram.world, bot))
        chat.person.start(token)
        assert "0916" not in " ".join(said.text for said in chat.come_to_rest())
        asked = [said.response for said in chat.press("/start_chat")]
        assert asked[-1] == "utter_ask_identity_birth_date"
        other = PhoneChat(app, person=Person(telegram.world, bot))
        other.person.start(token)
        other.come_to_rest()
        assert [said.response for said in other.press("/start_chat")][-1] != asked[-1]
