"""A Bot API server with one bot and one person who has begun the chat."""

from collections.abc import Iterator

import pytest

from tests.telegram.asking import Asking
from tests.telegram.people import Person
from tests.telegram.server import Served, serve
from tests.telegram.world import World


class MovableTime:
    """Seconds since the epoch, which stand still."""

    def __init__(self) -> None:
        self.at = 1_763_700_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def time() -> MovableTime:
    return MovableTime()


@pytest.fixture
def served(time: MovableTime) -> Iterator[Served]:
    with serve(World(clock=time)) as served:
        yield served


@pytest.fixture
def telegram() -> Iterator[Served]:
    """A server whose time is the real one."""
    with serve(World()) as served:
        yield served


@pytest.fixture
def api(served: Served) -> Asking:
    return Asking(served, served.world.add_bot())


@pytest.fixture
def person(api: Asking) -> Person:
    """Somebody whose first message the bot has already confirmed."""
    person = Person(api.served.world, api.bot)
    person.start()
    api.bot.queue.drop()
    return person
