"""The rule behind a consequence, a hold and an offer: noted by what decided, shown beside what was said."""

from collections.abc import Mapping

import anyio
import pytest

from bot.desk.recording import Book, place_hold
from bot.record.events import NewEvent
from bot.review import words_in_use
from bot.storage.engine import Database
from tests.actions.stage import Chat, sure
from tests.actions.test_debts import about
from tests.desk.stage import NOW, POLICIES, ask_for_person, hire, notice
from tests.web.office import Office, text_of


def recorded(database: Database, chat: Chat, facts: Mapping[str, object]) -> None:
    """Put a turn with these facts on the record, and one message that it said."""
    turn = NewEvent(
        "turn", {"input": 1, "commands": [], "trace": [{"event": "action", "name": "action_x"}], "facts": facts}
    )
    with database.transaction() as work:
        work.conversations.lock(chat.id)
        work.record.append(
            chat.id, [turn, NewEvent("bot", {"text": "…", "response": "utter_x", "locale": "en"})], NOW
        )


def page(database: Database, chat: Chat) -> str:
    office = Office(database)

    async def look() -> str:
        browser = office.browser(office.hired("reviewer"))
        return text_of(await browser.get(f"/review/conversations/{chat.id}"))

    return anyio.run(look)


def test_a_consequence_is_told_with_the_lenders_rule_and_the_law_it_rests_on(sqlite_database: Database) -> None:
    chat = Chat(sqlite_database)
    facts = about(chat, "HB-1001", "action_explain_consequences").facts
    assert facts["rule"] == "harbour.yml#consequences"
    recorded(sqlite_database, chat, facts)
    why = page(sqlite_database, chat).split("Bot", 1)[1]
    assert "harbour.yml#consequences" in why
    assert str(facts["policy"])[:12] in why
    law = facts["law"]
    assert isinstance(law, list)
    assert len(law) > 1
    assert any(f"{one['title']}, {one['article']}" in why for one in law)


@pytest.mark.parametrize("verified", [True, False])
def test_a_hold_is_told_with_the_rule_that_placed_it(sqlite_database: Database, verified: bool) -> None:
    chat = Chat(sqlite_database)
    if verified:
        chat.verify()
    facts = chat.step(understood=sure("dispute_debt")).facts
    rules = facts["hold_rules"]
    assert isinstance(rules, dict)
    assert list(rules.values()) == ["harbour.yml#holds.dispute"]
    recorded(sqlite_database, chat, facts)
    assert page(sqlite_database, chat).count("Rule behind the hold harbour.yml#holds.dispute") == 2, (
        "turn and message"
    )


def test_a_colleagues_hold_is_told_with_the_rule_and_the_policy_of_that_day(sqlite_database: Database) -> None:
    chat = Chat(sqlite_database)
    chat.verify()
    with sqlite_database.transaction() as work:
        case = ask_for_person(work, chat.conversation, "dispute")
        place_hold(work, Book(POLICIES, notice), case, hire(work, "collector"), "dispute", None, "as told", NOW)
    version = POLICIES.for_creditor("harbour").version
    assert f"Rule behind it: harbour.yml#holds.dispute · Policy version: {version[:12]}" in page(
        sqlite_database, chat
    )


def test_an_offer_is_told_with_its_rule(sqlite_database: Database) -> None:
    chat = Chat(sqlite_database)
    recorded(sqlite_database, chat, {"offers": [{"count": 6}], "rule": "harbour.yml#plans", "policy": "ab" * 32})
    shown = page(sqlite_database, chat)
    assert shown.count("Rule behind it harbour.yml#plans") == 2
    assert "Policy version " + "ab" * 6 in shown


def test_a_message_is_shown_with_the_version_of_its_words(sqlite_database: Database) -> None:
    chat = Chat(sqlite_database)
    recorded(sqlite_database, chat, {})
    with sqlite_database.transaction() as work:
        words_in_use.note(work, {"dialogues/a.yml": "1"}, NOW)
        version = words_in_use.version(words_in_use.history(work), NOW, "en")
    assert f"utter_x · English · {version}" in page(sqlite_database, chat)
