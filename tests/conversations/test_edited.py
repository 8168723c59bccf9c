"""Messages that are edited or deleted: kept beside what they change, and a correction where that is possible."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.assembly import App
from bot.clock import FixedClock
from bot.dialogue.understanding import Understanding
from tests.conversations.driver import Chat, Said, demo_app

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
WANTS_PLAN = {"en": "Can I pay in instalments?", "zh_Hans": "可以分期吗", "zh_Hant": "可以分期嗎"}


@pytest.fixture
def app(database_url: str, tmp_path: Path, model: Understanding) -> Iterator[App]:
    app = demo_app(database_url, tmp_path, NOW, model)
    yield app
    app.close()


def proved(app: App, locale: str = "en") -> Chat:
    chat = Chat(app, locale=locale)
    chat.start()
    chat.verify("HB-1001")
    return chat


def type_as(chat: Chat, text: str, message: str) -> list[str]:
    later(chat)
    return names(chat.send(chat.input("text", text=text, message=message)))


def edit(chat: Chat, message: str, text: str) -> list[str]:
    later(chat)
    return names(chat.send(chat.input("edited", text=text, message=message)))


def later(chat: Chat) -> None:
    assert isinstance(chat.app.clock, FixedClock)
    chat.app.clock.advance(timedelta(seconds=9))


def flows(chat: Chat) -> list[str]:
    return [step["flow_id"] for step in chat.trace if step["event"] == "flow_started"]


def names(said: list[Said]) -> list[str]:
    return [one.response for one in said]


def heard(chat: Chat) -> list[tuple[int, Any]]:
    with chat.app.database.reading() as work:
        events = work.record.events(chat.conversation_id, kinds=["user"])
    return [(event.seq, event.body) for event in events]


@pytest.mark.parametrize("locale", WANTS_PLAN)
def test_the_answer_given_last_is_given_anew(app: App, locale: str) -> None:
    chat = proved(app, locale)
    type_as(chat, WANTS_PLAN[locale], "1")
    assert "utter_plans_3" in type_as(chat, "800", "2")
    said = edit(chat, "2", "650")
    assert said[:2] == ["utter_corrected", "utter_offers_below"]
    assert "650" in chat.replies[1].text
    assert edit(chat, "2", "800")[:2] == ["utter_corrected", "utter_offers_below"], "and once more"


def test_both_stay_on_the_record(app: App) -> None:
    chat = proved(app)
    type_as(chat, WANTS_PLAN["en"], "1")
    type_as(chat, "800", "2")
    edit(chat, "2", "650")
    (seq, before), (_, after) = heard(chat)[-2:]
    assert (before["kind"], before["text"]) == ("text", "800")
    assert (after["kind"], after["text"], after["edits"]) == ("edited", "650", seq)


def test_the_answer_is_given_anew_although_the_talk_is_over(app: App) -> None:
    chat = proved(app)
    type_as(chat, WANTS_PLAN["en"], "1")
    assert "utter_tight" in type_as(chat, "500", "2")
    assert edit(chat, "2", "800")[:2] == ["utter_corrected", "utter_offers_below"]


@pytest.mark.parametrize(
    ("locale", "words"),
    [("en", "sorry, I meant 800"), ("en", "800"), ("zh_Hans", "打错了，是800"), ("zh_Hant", "我是說800")],
)
def test_so_it_is_in_words_of_its_own(app: App, locale: str, words: str) -> None:
    chat = proved(app, locale)
    type_as(chat, WANTS_PLAN[locale], "1")
    type_as(chat, "500", "2")
    assert type_as(chat, words, "3")[:2] == ["utter_corrected", "utter_offers_below"]


def test_another_wish_in_new_words_is_served(app: App) -> None:
    chat = proved(app)
    type_as(chat, "why is it so much?", "1")
    edit(chat, "1", "what happens if I don't pay?")
    assert flows(chat)[0] == "ask_consequences"


def test_an_older_message_is_kept_and_changes_nothing(app: App) -> None:
    chat = proved(app)
    type_as(chat, WANTS_PLAN["en"], "1")
    type_as(chat, "800", "2")
    type_as(chat, "why is it so much?", "3")
    slots = dict(chat.tracker.slots)
    for message in ("2", "unknown"):
        assert edit(chat, message, "100")[0] == "utter_edited"
    assert chat.tracker.slots["means_safe"] == slots["means_safe"]


def test_a_right_counts_in_whatever_message_it_is_written(app: App) -> None:
    chat = proved(app)
    type_as(chat, "hello", "1")
    type_as(chat, "what do I owe?", "2")
    assert "utter_edited" not in edit(chat, "1", "stop messaging me")
    assert chat.turns[-1]["facts"]["right"] == "stop_contact"


def test_what_was_taken_back_stays_on_the_record(app: App) -> None:
    chat = proved(app)
    type_as(chat, WANTS_PLAN["en"], "1")
    seq = heard(chat)[-1][0]
    said = names(chat.send(chat.input("deleted", message="1")))
    assert said[0] == "utter_deleted"
    body = heard(chat)[-1][1]
    assert (body["kind"], body["edits"]) == ("deleted", seq)


def test_nothing_is_answered_anew_by_somebody_who_has_not_proved_who_they_are(app: App) -> None:
    chat = proved(app)
    type_as(chat, WANTS_PLAN["en"], "1")
    type_as(chat, "500", "2")
    assert isinstance(app.clock, FixedClock)
    app.clock.advance(timedelta(days=1))
    said = edit(chat, "2", "800")
    assert not {"utter_corrected", "utter_offers_below"} & set(said)


def test_somebody_who_wants_a_person_is_answered_besides(app: App) -> None:
    chat = proved(app)
    type_as(chat, "why is it so much and what happens if I don't pay? also I want a person", "1")
    said = [one.response for one in chat.replies]
    order = [said.index(name) for name in ("utter_handoff_asked", "utter_wrong_line", "utter_so_far")]
    assert order == sorted(order)
