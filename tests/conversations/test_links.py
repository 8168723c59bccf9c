"""A one-time link finds the account in the real application, once, and verifies nothing by itself."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.assembly import App
from bot.channels.backend import LinkRefused
from bot.dialogue.understanding import Understanding
from bot.lending.identity import link_digest, new_link_token
from tests.conversations.driver import Chat, demo_app

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)


@pytest.fixture
def app(database_url: str, tmp_path: Path, model: Understanding) -> Iterator[App]:
    app = demo_app(database_url, tmp_path, NOW, model)
    yield app
    app.close()


def _link(app: App, *, lasts: timedelta) -> str:
    token = new_link_token()
    with app.database.transaction() as work:
        borrower = work.lending.borrower_by_reference(["harbour"], "HB-1001")
        assert borrower
        work.lending.add_link(link_digest(token), borrower.id, NOW + lasts)
    return token


def _open(app: App, token: str, sender: str) -> str:
    return asyncio.run(app.backend().spend_link(token, "web", sender, "en"))


def test_a_link_finds_the_account_and_the_rest_is_still_asked(app: App) -> None:
    chat = Chat(app)
    assert _open(app, _link(app, lasts=timedelta(hours=1)), chat.sender) == "harbour"
    assert "0916" not in "".join(said.text for said in chat.start())
    asked = [said.response for said in chat.press("/start_chat")]
    assert asked[-1] == "utter_ask_identity_birth_date"
    chat.type("1990-05-17")
    said = chat.type("4417")
    assert said[0].response == "utter_identity_verified"
    assert any("0916" in line.text for line in said)


def test_a_link_is_spent_by_its_first_use(app: App) -> None:
    token = _link(app, lasts=timedelta(hours=1))
    _open(app, token, "first")
    with pytest.raises(LinkRefused):
        _open(app, token, "second")


def test_a_link_past_its_time_or_made_up_opens_nothing(app: App) -> None:
    for token in (_link(app, lasts=-timedelta(seconds=1)), new_link_token()):
        with pytest.raises(LinkRefused):
            _open(app, token, "late")
