"""From wherever a chat can come to, a person, a stop and a dispute are one message away."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.understanding import Understanding
from bot.lending.holds import HoldReason, SubjectKind
from tests.conversations.driver import Chat
from tests.properties import moves, sayings
from tests.properties.fork import tried
from tests.properties.moves import Collector, Script, Wait
from tests.properties.town import PEOPLE, Town, built, drawn
from tests.properties.visit import Visit

LOOK_EVERY = 4  # moves; and once more at the end


@pytest.fixture
def sqlite_town(
    sqlite_template: Path, tmp_path: Path, model: Understanding, record_property: Callable[[str, object], None]
) -> Iterator[Town]:
    path = tmp_path / "bot.db"
    shutil.copyfile(sqlite_template, path)
    with built(f"sqlite:///{path}", tmp_path, model) as town:
        yield town
        record_property("driven", town.driven())


def locale_of(chat: Chat) -> str:
    with chat.app.database.reading() as work:
        conversation = work.conversations.get(chat.conversation_id)
    assert conversation is not None
    return conversation.locale


def person_is_one_message_away(visit: Visit, chat: Chat) -> None:
    with tried(visit.app, chat) as here:
        here.type(sayings.PERSON[locale_of(chat)])
        with visit.app.database.reading() as work:
            assert work.desk.open_case(here.conversation_id) is not None, "nobody was called"


def right_is_one_message_away(visit: Visit, chat: Chat, words: str, reason: HoldReason) -> None:
    with tried(visit.app, chat) as here:
        here.type(words)
        assert reason in in_force(visit, here), f"{words!r} stops nothing; {here.turns[-1]}"


def in_force(visit: Visit, chat: Chat) -> set[HoldReason]:
    """Why anything is on hold for this chat, or for its borrower if it is proved to be theirs."""
    with visit.app.database.reading() as work:
        conversation = work.conversations.get(chat.conversation_id)
        assert conversation is not None
        subjects: list[tuple[SubjectKind, str]] = [("address", conversation.address)]
        if conversation.verified(visit.app.clock.now()) and conversation.borrower_id:
            subjects.append(("borrower", conversation.borrower_id))
            accounts = work.lending.accounts(conversation.borrower_id)
            subjects += [("account", account.id) for account, _ in accounts]
        return {hold.reason for hold in work.lending.holds(subjects)}


def look_for_ways_out(visit: Visit) -> int:
    for chat in visit.started():
        locale = locale_of(chat)
        person_is_one_message_away(visit, chat)
        right_is_one_message_away(visit, chat, sayings.STOP[locale], "stop_contact")
        right_is_one_message_away(visit, chat, sayings.DISPUTE[locale], "dispute")
    return len(visit.started())


def walk(town: Town, script: Script) -> int:
    """Play the script and look for the ways out of the states on its way; of how many there were."""
    visit, states = town.visit(script.person, script.locale), 0
    for number, move in enumerate(script.moves, start=1):
        chat = visit.chats[move.chat]
        match move.act:
            case Wait(minutes):
                visit.wait(minutes)
            case Collector():
                visit.collector(chat, move.act)
            case act:
                chat.send(visit.incoming(chat, act))
        if number % LOOK_EVERY == 0 or number == len(script.moves):
            states += look_for_ways_out(visit)
    assert not town.errors.found, town.errors.found
    return states


any_script = st.sampled_from(sayings.LOCALES).flatmap(lambda locale: moves.scripts(PEOPLE, locale, 12))


def test_every_way_out_is_one_message_away(sqlite_town: Town) -> None:
    states = 0

    @drawn(20)
    @given(any_script)
    def walks(script: Script) -> None:
        nonlocal states
        states += walk(sqlite_town, script)

    walks()
    assert states >= 40


@pytest.mark.slow
def test_every_way_out_is_one_message_away_at_length(sqlite_town: Town) -> None:
    @drawn(1000, steady=False)
    @given(any_script)
    def walks(script: Script) -> None:
        walk(sqlite_town, script)

    walks()


def test_what_is_tried_is_undone(sqlite_town: Town) -> None:
    visit = sqlite_town.visit(0, "en")
    chat = visit.chats[0]
    chat.start()
    with visit.app.database.reading() as work:
        before = work.record.head(chat.conversation_id)
    right_is_one_message_away(visit, chat, sayings.STOP["en"], "stop_contact")
    with visit.app.database.reading() as work:
        assert work.record.head(chat.conversation_id) == before
    assert in_force(visit, chat) == set()
    assert chat.type("hello"), "and the chat goes on"
