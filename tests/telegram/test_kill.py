"""The program as a process on Telegram: killed at any moment, it loses no update and handles none twice."""

import random
import shutil
import signal
import time
from contextlib import closing
from pathlib import Path

import pytest

from bot.assembly import Ground, ground
from bot.settings import from_environment
from tests.process.test_kill import port, running, verify
from tests.telegram.asking import Asking
from tests.telegram.line import WAYS, Way, environment_for, webhook_at
from tests.telegram.people import Person
from tests.telegram.phone_chat import unshown
from tests.telegram.server import Served

__all__ = ["port"]

HANDLED_WITHIN = 300.0  # seconds, on a busy machine


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("people", "each", "kills"),
    [pytest.param(6, 5, 1, id="30"), pytest.param(50, 20, 12, id="1000", marks=pytest.mark.slow)],
)
def test_killed_at_random_no_update_is_lost_and_none_handled_twice(
    way: Way,
    people: int,
    each: int,
    kills: int,
    telegram: Served,
    tmp_path: Path,
    trained_folder: Path,
    port: int,
) -> None:
    shutil.copytree(trained_folder, tmp_path / "model")
    bot = telegram.world.add_bot()
    crowd = [Person(telegram.world, bot) for _ in range(people)]
    sent = {person.id: [f"hello {person.id} {number}" for number in range(each)] for person in crowd}
    for number in range(each):
        for person in crowd:
            person.say(sent[person.id][number])
    environment = environment_for(telegram, bot, way)
    if way == "webhook":
        webhook_at(Asking(telegram, bot), f"http://127.0.0.1:{port}/telegram/harbour")
        telegram.api.deliverers[bot.token].longest_wait = 1.0
    _run_and_kill(tmp_path, port, environment, kills)
    with running(tmp_path, port, **environment), closing(_look(tmp_path, port, environment)) as found:
        telegram.world.wait(lambda: not bot.queue.waiting, HANDLED_WITHIN, "updates were not taken")
        _nothing_is_missing(found, crowd, sent)
        if kills > 1:  # what a killed process was sending is sent again a minute later
            _everything_said_is_shown(found, crowd)
    assert sorted(bot.queue.confirmed) == sorted(update for person in crowd for update in person.said)
    verify(tmp_path)


def _run_and_kill(state: Path, port: int, environment: dict[str, str], kills: int) -> None:
    rng = random.Random(20261122)
    for _ in range(kills):
        with running(state, port, **environment) as process:
            time.sleep(rng.uniform(0, 0.8))
            process.send_signal(signal.SIGKILL)
            process.wait()


def _look(state: Path, port: int, environment: dict[str, str]) -> Ground:
    """The program's own database, from outside."""
    about = {"BOT_STATE": str(state), "BOT_PORT": str(port), **environment}
    return ground(from_environment(about, demo=True))


def _heard(found: Ground, person: Person) -> list[str]:
    with found.database.reading() as work:
        conversation = work.conversations.find("telegram:harbour", str(person.id))
        if conversation is None:
            return []
        events = work.record.events(conversation.id)
    return [str((event.body or {}).get("text")) for event in events if event.kind == "user"]


def _nothing_is_missing(found: Ground, crowd: list[Person], sent: dict[int, list[str]]) -> None:
    """Every text stands on the record once, in its chat, in the order in which it was written."""
    end = time.monotonic() + HANDLED_WITHIN
    for person in crowd:
        while len(_heard(found, person)) < len(sent[person.id]):
            assert time.monotonic() < end, f"{person.id} was heard to say {_heard(found, person)}"
            time.sleep(0.1)
    assert {person.id: _heard(found, person) for person in crowd} == sent


def _everything_said_is_shown(found: Ground, crowd: list[Person]) -> None:
    """No answer was lost on its way out either."""
    end = time.monotonic() + HANDLED_WITHIN
    for person in crowd:
        with found.database.reading() as work:
            conversation = work.conversations.find("telegram:harbour", str(person.id))
            assert conversation
            events = work.record.events(conversation.id)
        while _on_its_way(found, conversation.id):
            assert time.monotonic() < end, f"{person.id} is not told everything"
            time.sleep(0.5)
        for body in (event.body or {} for event in events if event.kind == "bot"):
            assert unshown(person.chat.shown, body["text"], body.get("card")) == []


def _on_its_way(found: Ground, conversation_id: str) -> bool:
    with found.database.reading() as work:
        return work.outbox.unfetched(conversation_id, 2**31 - 1)
