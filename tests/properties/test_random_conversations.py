"""Thousands of random inputs through the whole application, with everything that must hold checked after each."""

import itertools
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.assembly import App
from bot.clock import FixedClock
from bot.dialogue.understanding import Understanding
from bot.lender.demo import people
from bot.lender.demo.people import DemoPerson
from tests.conversations.driver import Chat, Said, demo_app
from tests.properties import invariants, moves, sayings
from tests.properties.moves import Collector, Move, Script, Wait
from tests.properties.secrets import Secrets
from tests.properties.visit import Visit

PEOPLE = 12
_AT = datetime(2026, 11, 21, 4, tzinfo=UTC)


class Errors(logging.Handler):
    """Keeps what the application reports as a failure: a turn that only its second try saved is one too."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(self.format(record))


@dataclass
class Town:
    """The running application and its people, for all visits of one test."""

    app: App
    errors: Errors
    demo: list[DemoPerson]
    secrets: Secrets
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def visit(self, person: int, locale: str) -> Visit:
        clock = self.app.clock
        assert isinstance(clock, FixedClock)
        clock.set(_AT)
        return Visit(self.app, self.demo[person % len(self.demo)], next(self.numbers), locale)


@pytest.fixture
def town(database_url: str, tmp_path: Path, model: Understanding) -> Iterator[Town]:
    app, errors = demo_app(database_url, tmp_path, _AT, model), Errors()
    logging.getLogger("bot").addHandler(errors)
    demo = people.people(app.clock)
    assert len(demo) == PEOPLE
    yield Town(app, errors, demo, Secrets(demo))
    logging.getLogger("bot").removeHandler(errors)
    app.close()


def play(town: Town, script: Script) -> None:
    visit = town.visit(script.person, script.locale)
    said: dict[int, list[list[Said]]] = {0: [], 1: []}
    for move in script.moves:
        for chat in _do(town, visit, move):
            number = visit.chats.index(chat)
            said[number].append(list(chat.replies))
            assert not invariants.repeats(said[number]), f"asks {chat.replies[-1].response} for ever"
        assert not town.errors.found, town.errors.found
    invariants.check_end(visit)


def _do(town: Town, visit: Visit, move: Move) -> list[Chat]:
    """Do one move and judge it; the chats that were answered."""
    chat = visit.chats[move.chat]
    if isinstance(move.act, Wait):
        visit.wait(move.act.minutes)
        return []
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


Test = Callable[..., None]


def _drawn(examples: int, *, steady: bool = True) -> Callable[[Test], Test]:
    """`steady` runs draw the same conversations every time, so that what passed here passes elsewhere."""
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=steady,
        print_blob=not steady,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )


scripts = st.sampled_from(sayings.LOCALES).flatmap(lambda locale: moves.scripts(PEOPLE, locale, 16))


@given(scripts)
@_drawn(150)
def test_whatever_comes(town: Town, script: Script) -> None:
    play(town, script)
