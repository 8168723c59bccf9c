"""Thousands of random inputs through the whole application, with everything that must hold checked after each."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.understanding import Understanding
from tests.conversations.driver import Chat, Said
from tests.properties import invariants, moves, sayings
from tests.properties.moves import Collector, Move, Script, Single, Wait
from tests.properties.town import PEOPLE, Town, built, drawn
from tests.properties.visit import Visit


def play(town: Town, script: Script) -> list[str]:
    """Do a script, every invariant checked on the way; what went wrong beside them."""
    visit = town.visit(script.person, script.locale)
    said: dict[int, list[list[Said]]] = {0: [], 1: []}
    for move in script.moves:
        for chat in _do(town, visit, move):
            number = visit.chats.index(chat)
            said[number].append(list(chat.replies))
            if invariants.repeats(said[number]) and not invariants.called(visit, chat):
                return [f"says {chat.replies[-1].response} for ever"]
        if town.errors.found:
            return [str(error) for error in town.errors.found]
    invariants.check_end(visit)
    return []


def _do(town: Town, visit: Visit, move: Move) -> list[Chat]:
    """Do one move and judge it; the chats that were answered."""
    chat = visit.chats[move.chat]
    if isinstance(move.act, Wait):
        visit.wait(move.act.minutes)
        return []
    if isinstance(move.act, Collector) and move.beside is not None:
        return _contest(town, visit, chat, move.act, move.beside)
    if isinstance(move.act, Collector):
        visit.collector(chat, move.act)
        return []
    acts = [(chat, move.act)]
    if move.beside is not None:
        acts.append((visit.chats[1 - move.chat], move.beside))
    inputs = [(each, visit.incoming(each, act)) for each, act in acts]
    news = [incoming not in each.sent for each, incoming in inputs]
    before = [invariants.look(visit, each) for each, _ in inputs]
    if len(inputs) == 1:
        chat.send(inputs[0][1])
    else:
        visit.at_once(inputs)
    for (each, _), known, new in zip(inputs, before, news, strict=True):
        invariants.check(visit, each, known, town.secrets, news=new)
    return [each for (each, _), new in zip(inputs, news, strict=True) if new]


def _contest(town: Town, visit: Visit, chat: Chat, act: Collector, beside: Single) -> list[Chat]:
    incoming = visit.incoming(chat, beside)
    if incoming in chat.sent:
        visit.collector(chat, act)
        return []
    before = invariants.look(visit, chat)
    visit.staff_and(chat, act, incoming)
    invariants.check(visit, chat, before, town.secrets, news=True, contested=True)
    return []


@pytest.fixture
def sqlite_town(
    sqlite_template: Path, tmp_path: Path, model: Understanding, record_property: Callable[[str, object], None]
) -> Iterator[Town]:
    path = tmp_path / "bot.db"
    shutil.copyfile(sqlite_template, path)
    with built(f"sqlite:///{path}", tmp_path, model) as town:
        yield town
        record_property("driven", town.driven())


any_script = st.sampled_from(sayings.LOCALES).flatmap(lambda locale: moves.scripts(PEOPLE, locale, 16))


@pytest.mark.parametrize("locale", sayings.LOCALES)
def test_whatever_comes(sqlite_town: Town, locale: str) -> None:
    @drawn(60)
    @given(moves.scripts(PEOPLE, locale, 16))
    def visits(script: Script) -> None:
        assert play(sqlite_town, script) == []

    visits()
    assert sqlite_town.driven()[1] >= 400  # how many are drawn varies


@pytest.mark.parametrize("locale", sayings.LOCALES)
def test_the_same_again_and_again(sqlite_town: Town, locale: str) -> None:
    @drawn(40)
    @given(moves.insisting(PEOPLE, locale))
    def visits(script: Script) -> None:
        assert play(sqlite_town, script) == []

    visits()
    assert sqlite_town.driven()[1] >= 350


@given(any_script)
@drawn(30)
def test_whatever_comes_on_either_database(town: Town, script: Script) -> None:
    assert play(town, script) == []


@pytest.mark.slow
@given(any_script)
@drawn(3000, steady=False)
def test_whatever_comes_at_length(town: Town, script: Script) -> None:
    assert play(town, script) == []
