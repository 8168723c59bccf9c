"""Days later and after hours: who it is comes first, then where they were; a person comes when one really does."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.assembly import App
from bot.clock import FixedClock
from bot.dialogue.understanding import Understanding
from tests.conversations.driver import Chat, demo_app

SATURDAY_NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)  # in Shanghai
TILL_NIGHT = timedelta(hours=12)
MONDAY_MORNING = {"en": "tomorrow at 08:30", "zh_Hans": "明天8:30", "zh_Hant": "明天8:30"}  # told on Sunday, 00:00
WANTS_PLAN = {"en": "Can I pay in instalments?", "zh_Hans": "可以分期吗", "zh_Hant": "可以分期嗎"}


@pytest.fixture
def app(database_url: str, tmp_path: Path, model: Understanding) -> Iterator[App]:
    app = demo_app(database_url, tmp_path, SATURDAY_NOON, model)
    yield app
    app.close()


def asked_what_is_safe(app: App, locale: str) -> Chat:
    chat = Chat(app, locale=locale)
    chat.start()
    chat.verify("HB-1001")
    chat.type(WANTS_PLAN[locale])
    assert chat.replies[-1].response == "utter_ask_means_safe"
    return chat


def pass_time(app: App, span: timedelta) -> None:
    assert isinstance(app.clock, FixedClock)
    app.clock.advance(span)


def said(chat: Chat) -> list[str]:
    return [one.response for one in chat.replies]


@pytest.mark.parametrize("locale", WANTS_PLAN)
def test_an_answer_three_days_later_waits_until_it_is_known_who_gave_it(app: App, locale: str) -> None:
    chat = asked_what_is_safe(app, locale)
    pass_time(app, timedelta(days=3))
    chat.type("800")
    assert said(chat) == ["utter_identity_lapsed", "utter_ask_identity_birth_date"]
    assert "800" not in "".join(one.text for one in chat.replies)
    chat.type("1990-05-17")
    chat.type("4417")
    assert said(chat)[:2] == ["utter_identity_verified", "utter_back_to_it"]
    assert "800" in "".join(one.text for one in chat.replies)
    assert "utter_plans_3" in said(chat)


@pytest.mark.parametrize("locale", WANTS_PLAN)
def test_a_button_pressed_three_days_later_shows_nothing_before_the_check(app: App, locale: str) -> None:
    chat = asked_what_is_safe(app, locale)
    pass_time(app, timedelta(days=3))
    chat.press("/ask_charges")
    assert said(chat) == ["utter_identity_lapsed", "utter_ask_identity_birth_date"]
    assert not any("12,600" in one.text or "0916" in one.text for one in chat.replies)


@pytest.mark.parametrize("locale", WANTS_PLAN)
def test_at_night_the_real_next_time_is_told(app: App, locale: str) -> None:
    pass_time(app, TILL_NIGHT)
    chat = asked_what_is_safe(app, locale)
    chat.press("/request_human")
    closed = next(one for one in chat.replies if one.response == "utter_handoff_closed")
    assert MONDAY_MORNING[locale] in closed.text
