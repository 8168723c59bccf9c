"""What comes without being asked for: a photo that turns out to be a proof; and two chats of one borrower."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.assembly import App
from bot.dialogue.understanding import Understanding
from tests.conversations.driver import Chat, demo_app

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def app(database_url: str, tmp_path: Path, model: Understanding) -> Iterator[App]:
    app = demo_app(database_url, tmp_path, NOW, model)
    yield app
    app.close()


def proved(app: App, locale: str = "en", channel: str = "web") -> Chat:
    chat = Chat(app, locale=locale, channel=channel)
    chat.start()
    chat.verify("HB-1001")
    return chat


def names(chat: Chat) -> list[str]:
    return [said.response for said in chat.replies]


@pytest.mark.parametrize("locale", ["en", "zh_Hans", "zh_Hant"])
def test_a_photo_is_the_proof_that_would_be_asked_for(app: App, locale: str) -> None:
    chat = proved(app, locale)
    chat.upload(PNG, "slip.png")
    assert names(chat) == ["utter_unasked_file"]
    chat.press("/already_paid")
    chat.type("2026-11-09")
    assert "utter_ask_payment_proof" not in names(chat), "it has been sent"
    with app.database.reading() as work:
        [kept] = work.files.files(chat.conversation_id)
        case = work.desk.open_case(chat.conversation_id)
        told = work.desk.events(case.id) if case else []
    assert [event.body["card"].get("proof") for event in told][-1] == kept.id
    assert chat.tracker.slots["uploaded_file"] is None, "the next payment has a proof of its own"


def test_before_identity_a_photo_is_kept_and_proves_nothing_yet(app: App) -> None:
    chat = Chat(app, locale="zh_Hant")
    chat.start()
    chat.upload(PNG, "slip.png")
    assert names(chat) == ["utter_unasked_file_before_identity"]
    assert not chat.tracker.slots.get("uploaded_file")


@pytest.mark.parametrize("locale", ["en", "zh_Hans", "zh_Hant"])
def test_what_is_on_hold_in_one_chat_is_on_hold_in_the_other(app: App, locale: str) -> None:
    here, there = proved(app, locale), proved(app, locale, channel="terminal")
    there.press("/request_plan")
    there.type("800")
    assert names(there)[0] == "utter_offers_below"
    here.press("/dispute_debt")
    there.press("/SetSlots(plan_choice=a)")
    assert names(there) == ["utter_plan_held"]
    with app.database.reading() as work:
        borrower = work.lending.borrower_by_reference(["harbour"], "HB-1001")
        assert borrower is not None
        assert work.lending.agreements(borrower.id, "live") == []


def test_one_plan_however_many_chats_agree_to_one(app: App) -> None:
    here, there = proved(app), proved(app, "zh_Hans", channel="terminal")
    for chat in (here, there):
        chat.press("/request_plan")
        if chat is here:
            chat.type("800")
        chat.press("/SetSlots(plan_choice=a)")
    for chat in (here, there):
        chat.press("/SetSlots(plan_confirmed=true)")
        assert chat.replies
    with app.database.reading() as work:
        borrower = work.lending.borrower_by_reference(["harbour"], "HB-1001")
        assert borrower is not None
        assert len(work.lending.agreements(borrower.id, "live")) == 1
    there.type("我的分期")
    assert any(said.response.startswith("utter_plan") for said in there.replies)
