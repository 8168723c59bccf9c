"""One's own phone number and date of birth prove who one is, on a channel that vouches for the number."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.assembly import App
from bot.clock import FixedClock
from bot.dialogue.understanding import Understanding
from bot.lender.demo import people
from bot.storage.engine import Database
from tests.conversations.driver import Chat, demo_app

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
OWN = "+8613800001234"  # HB-1001, born 1990-05-17


@pytest.fixture
def app(database_url: str, tmp_path: Path, model: Understanding) -> Iterator[App]:
    app = demo_app(database_url, tmp_path, NOW, model)
    yield app
    app.close()


def asked(app: App) -> Chat:
    chat = Chat(app, channel="telegram")
    chat.start()
    chat.press("/start_chat")
    return chat


def share(chat: Chat, phone: str | None) -> list[str]:
    chat.press("Use my phone number")
    chat.send(chat.input("contact", phone=phone))
    return responses(chat)


def responses(chat: Chat) -> list[str]:
    return [said.response for said in chat.replies]


def verified(chat: Chat) -> bool:
    return chat.tracker.slots.get("verified") is True


def test_the_number_and_the_date_of_birth_are_enough(app: App) -> None:
    chat = asked(app)
    assert share(chat, OWN) == ["utter_phone_thanks", "utter_ask_identity_birth_date"]
    assert not verified(chat)
    chat.type("1990-05-17")
    assert "utter_identity_verified" in responses(chat)
    assert verified(chat)


def test_whether_a_number_is_known_is_not_told(app: App) -> None:
    known, unknown = asked(app), asked(app)
    assert share(known, OWN) == share(unknown, "+8613999999999")
    for chat in (known, unknown):
        chat.type("1990-05-18")
    assert responses(known) == responses(unknown)
    assert "utter_identity_failed" in responses(known)
    assert not verified(unknown)


def test_a_number_of_somebody_elses_helps_nobody(app: App) -> None:
    chat = asked(app)
    assert share(chat, None) == ["utter_phone_not_own", "utter_ask_share_phone"]
    with app.database.reading() as work:
        assert work.channels.phone_proved("telegram:harbour", chat.sender, NOW - timedelta(days=1)) == []


def test_who_would_rather_type_the_reference_may(app: App) -> None:
    chat = asked(app)
    chat.press("Use my phone number")
    chat.type("HB-1001")
    assert responses(chat) == ["utter_phone_not_needed", "utter_ask_identity_birth_date"]
    chat.type("1990-05-17")
    assert responses(chat) == ["utter_ask_identity_document"]


def test_slots_that_say_so_prove_nothing(app: App) -> None:
    chat = asked(app)
    chat.set_slots({"identity_by_phone": True, "identity_reference": "phone"})
    chat.type("HB-1001")
    chat.set_slots({"identity_by_phone": True})
    chat.type("1990-05-17")
    assert not verified(chat)


def test_a_number_that_nobody_asked_for_changes_nothing(app: App) -> None:
    chat = Chat(app, channel="telegram")
    chat.start()
    chat.send(chat.input("contact", phone=OWN))
    assert responses(chat) == ["utter_phone_unasked"]
    with app.database.reading() as work:
        heard = work.record.events(chat.conversation_id, kinds=["user"])[-1]
    assert heard.body
    assert heard.body["text"] == "☎ …1234"  # the whole stands on the lender's record alone


def test_wrong_birthdays_lock_as_wrong_references_do(app: App) -> None:
    chat = asked(app)
    for _ in range(5):
        if "utter_identity_locked" in responses(chat):
            break
        share(chat, OWN)
        chat.type("1991-01-01")
    assert "utter_identity_locked" in responses(chat)


def test_a_page_asks_for_no_phone(app: App) -> None:
    chat = Chat(app)
    chat.start()
    (question,) = chat.press("/start_chat")
    assert question.response == "utter_ask_identity_reference"
    assert "Use my phone number" not in [button["title"] for button in question.buttons]


def test_people_who_share_a_phone_are_told_apart_by_their_birthdays(app: App) -> None:
    other = next(person for person in people.people(FixedClock(NOW)) if person.borrower.reference == "HB-1002")
    _give_phone(app.database, other, OWN)
    chat = asked(app)
    share(chat, OWN)
    chat.type(other.borrower.birth_date.isoformat())
    with app.database.reading() as work:
        found = work.conversations.get(chat.conversation_id)
        borrower = work.lending.borrower(found.borrower_id or "") if found else None
    assert borrower
    assert borrower.reference == "HB-1002"


def _give_phone(database: Database, person: people.DemoPerson, phone: str) -> None:
    with database.transaction() as work:
        owned = [(account, "borrower") for account in person.accounts]
        work.lending.import_portfolio("harbour", [(replace(person.borrower, phone=phone), owned)])  # type: ignore[list-item]
