"""A chat that floods the bot delays no other."""

import random
import shutil
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.process.test_kill import port, running
from tests.telegram.line import environment_for
from tests.telegram.people import Person
from tests.telegram.server import Served

__all__ = ["port"]

FLOOD = 1000
MOST = 0.3  # seconds that others may wait longer at the 95th percentile
_PACE = 1.3  # seconds between two messages of one person: they read what they were answered


@pytest.mark.slow
def test_a_flooding_chat_hardly_delays_another(
    telegram: Served,
    tmp_path: Path,
    trained_folder: Path,
    port: int,
    record_property: Callable[[str, object], None],
) -> None:
    shutil.copytree(trained_folder, tmp_path / "model")
    bot = telegram.world.add_bot()
    others = [Person(telegram.world, bot) for _ in range(4)]
    flooder = Person(telegram.world, bot)
    with running(tmp_path, port, **environment_for(telegram, bot, "polling")):
        quiet = _waits(telegram, others)
        for number in range(FLOOD):
            flooder.say(f"hello {number}")
        flooded = _waits(telegram, others)
    delay = _p95(flooded) - _p95(quiet)
    figure = f"a chat with {FLOOD} messages delays others by {delay * 1000:.0f} ms at p95"
    record_property("figure", f"{figure} ({_p95(quiet) * 1000:.0f} → {_p95(flooded) * 1000:.0f} ms)")
    assert delay < MOST, figure


def _waits(telegram: Served, people: list[Person]) -> list[float]:
    """How long each of many messages waited for its answer, the people taking turns."""
    rng = random.Random(20261122)
    waits = []
    for _ in range(8):  # about as long as the flood takes to be answered
        for person in people:
            time.sleep(_PACE / len(people) * rng.uniform(0.8, 1.2))
            waits.append(_wait(telegram, person))
    return waits


def _wait(telegram: Served, person: Person) -> float:
    before = len(person.chat.shown)
    said = time.monotonic()
    person.say("hello")
    telegram.world.wait(lambda: len(person.chat.shown) > before, 60, "no answer")
    return time.monotonic() - said


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]
