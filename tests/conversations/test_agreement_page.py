"""A plan as a page to keep, given in the real application when it is agreed and whenever it is asked for."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.assembly import App
from bot.channels.backend import Address, Document, NotProved
from bot.clock import FixedClock
from bot.dialogue.understanding import Understanding
from tests.conversations.driver import Chat, demo_app

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
OWN_IDEA = {"en": "could I pay 700 a month", "zh_Hans": "每月还七百行不行", "zh_Hant": "每月還七百可以嗎"}


@pytest.fixture
def app(database_url: str, tmp_path: Path, model: Understanding) -> Iterator[App]:
    app = demo_app(database_url, tmp_path, NOW, model)
    yield app
    app.close()


def agreed(app: App, locale: str) -> tuple[Chat, str]:
    """A chat in which a plan was just agreed, and the plan's id as the message announced it."""
    chat = Chat(app, locale=locale)
    chat.start()
    chat.verify("HB-1001")
    chat.type(OWN_IDEA[locale])
    said = chat.press("/SetSlots(plan_confirmed=true)")[-1]
    assert said.response == "utter_plan_recorded"
    assert said.card is not None
    assert said.card["type"] == "agreement"
    return chat, str(said.card["agreement"])


def fetched(app: App, chat: Chat, plan: str) -> Document:
    return asyncio.run(app.backend().agreement(Address(f"{chat.channel}:{chat.speaker}", chat.sender), plan))


@pytest.mark.parametrize("locale", OWN_IDEA)
def test_every_payment_and_the_very_words_stand_on_it(app: App, locale: str) -> None:
    chat, plan_id = agreed(app, locale)
    made = fetched(app, chat, plan_id)
    page = made.content.decode()
    with app.database.reading() as work:
        conversation = work.conversations.get(chat.conversation_id)
        assert conversation is not None
        (plan,) = work.lending.agreements(str(conversation.borrower_id), "live")
        noted = work.record.events(chat.conversation_id, kinds=["access"])[-1]
    words = app.catalogues.localizer(locale)
    assert page.count("<tr><td>") == len(plan.schedule.instalments)
    for row in plan.schedule.instalments:
        assert f'<td>{words.date(row.due)}</td><td class="amount">{words.money(row.amount)}</td>' in page
    for line in plan.words.splitlines():
        assert line.replace("'", "&#39;") in page
    assert plan.policy_version in page
    assert noted.body == {"what": "agreement_given", "agreement": plan_id}
    assert made.name == "plan-0916-2026-11-21.html"
    assert "<script" not in page


def test_asked_for_later_it_comes_again(app: App) -> None:
    chat, plan_id = agreed(app, "en")
    chat.type("can you send me my contract or statement")
    assert chat.press("/own_plans")[-1].card == {"type": "agreement", "agreement": plan_id}
    other = Chat(app, speaker="chuntian", locale="zh_Hant")
    other.start()
    other.verify("CT-3001")
    other.type("我要合約")
    assert other.press("/own_plans")[-1].response == "utter_no_plan_document"


def test_nobody_else_gets_it_nor_they_unless_they_have_just_proved_who_they_are(app: App) -> None:
    chat, plan_id = agreed(app, "en")
    other = Chat(app, speaker="chuntian", locale="zh_Hant")
    other.start()
    other.verify("CT-3001")
    for who, plan in ((other, plan_id), (chat, "0" * 32)):
        with pytest.raises(NotProved):
            fetched(app, who, plan)
    assert isinstance(app.clock, FixedClock)
    app.clock.advance(timedelta(days=1))
    with pytest.raises(NotProved):
        fetched(app, chat, plan_id)
