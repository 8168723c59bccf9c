"""Telegram's rates, over several workers on one database; one chat's wait or flood is no other's."""

import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.conversations.sending import Limits
from bot.dialogue.understanding import Understanding
from tests.process.test_kill import free_port, running
from tests.telegram.line import environment_for, on_telegram
from tests.telegram.people import Person
from tests.telegram.server import Served, serve
from tests.telegram.world import Bot, World
from tests.telegram.world import Limits as Rates

# A tenth of slack: how long a request is on its way varies.
STRICT = Rates(chat_every=0.9, bot_per_second=33)
_NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)


@pytest.fixture
def telegram() -> Iterator[Served]:
    """A server that keeps to the rates."""
    with serve(World(STRICT)) as served:
        yield served


def _answered(person: Person) -> bool:
    return len(person.chat.shown) > 0


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_workers_keep_the_rates_together(
    telegram: Served, database_url: str, tmp_path: Path, trained_folder: Path
) -> None:
    """Processes of their own, so that nothing but the workers decides when a request arrives."""
    shutil.copytree(trained_folder, tmp_path / "model")
    bot = telegram.world.add_bot()
    about = environment_for(telegram, bot, "polling") | {"BOT_DATABASE_URL": database_url}
    with running(tmp_path, free_port(), **about), running(tmp_path, free_port(), **about):
        crowd = [Person(telegram.world, bot) for _ in range(70)]
        for person in crowd:
            person.start()
        talker = crowd[0]
        for number in range(5):
            talker.say(f"hello {number}")
        telegram.world.wait(lambda: all(map(_answered, crowd)), 60, "not everybody was answered")
        telegram.world.wait(lambda: len(talker.chat.shown) >= 6, 60, "the talker was not answered")
    _kept(bot)


def _kept(bot: Bot) -> None:
    """Save for the slack, no chat had two messages within a second and the bot no more than thirty."""
    for chat in bot.chats.values():
        gaps = [after - before for before, after in zip(chat.sent_at, chat.sent_at[1:], strict=False)]
        assert min(gaps, default=1.0) >= STRICT.chat_every, gaps
    refused = [call for call in bot.calls if call.refused and call.refused.code == 429]
    times = sorted([*bot.sent_at, *(call.at for call in refused)])
    assert not refused, [round(at - times[0], 2) for at in times]


def test_a_chat_that_must_wait_holds_up_no_other(
    telegram: Served, sqlite_url: str, tmp_path: Path, model: Understanding
) -> None:
    """And it waits for as long as it was told to, no less and hardly more."""
    bot = telegram.world.add_bot()
    waits, other = (Person(telegram.world, bot) for _ in range(2))
    with on_telegram(telegram, bot, "polling", sqlite_url, tmp_path, _NOW, model, limits=Limits()):
        telegram.world.refuse_for(waits.chat, 4)
        told = time.time()
        waits.start()
        telegram.world.wait(lambda: [call for call in bot.calls if call.refused], 10, "nobody was refused")
        other.start()
        telegram.world.wait(lambda: _answered(other), 2, "the other chat was held up")
        assert not waits.chat.shown
        telegram.world.wait(lambda: _answered(waits), 10, "it was never tried again")
        assert 4 <= waits.chat.sent_at[0] - told < 6
    assert len([call for call in bot.calls if call.refused]) == 1
