"""An update is confirmed to Telegram only once it is committed here, and one process fetches at a time."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

import pytest

from bot.channels import telegram_polling
from bot.channels.telegram_api import Api, SomebodyElse, TooFast, Unavailable
from bot.channels.telegram_bots import BotSettings, RunningBot
from bot.channels.telegram_intake import Intake
from bot.channels.telegram_lanes import Threads
from bot.channels.telegram_polling import Polling
from bot.channels.telegram_port import TelegramPort

Answer = list[Any] | Exception


@dataclass
class Telegram:
    """Gives one answer after the other, then keeps silent; notes which offset it was asked for."""

    answers: list[Answer]
    offsets: list[int | None] = field(default_factory=list)
    bot_id: str = "123"

    async def updates(self, offset: int | None, seconds: int) -> list[Any]:
        self.offsets.append(offset)
        if not self.answers:
            await asyncio.sleep(60)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class Program:
    """Keeps updates, unless the database is away; `ours` says whether this process is the one to fetch."""

    away: int = 0
    ours: bool = True
    kept: list[bytes] = field(default_factory=list)
    soon: list[tuple[str, str]] = field(default_factory=list)
    stopped: int = 0
    asked: int = 0

    def keep(self, account: str, bot_id: str, bodies: Sequence[bytes]) -> list[str]:
        if self.away:
            self.away -= 1
            raise OSError("the database is away")
        self.kept += bodies
        return ["7"]

    def poll(self, account: str, who: str, lasts: timedelta) -> bool:
        self.asked += 1
        return self.ours

    def pass_on(self) -> bool:
        """Let another process have its turn; true once this one has noticed."""
        if self.ours:
            self.ours, self.asked = False, 0
        return self.asked >= 5

    def stop_polling(self, account: str, who: str) -> None:
        self.stopped += 1


class Takes:
    def __init__(self, program: Program) -> None:
        self._program = program

    def soon(self, account: str, sender: str) -> None:
        self._program.soon.append((account, sender))


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram_polling, "_BEAT", 0.01)
    monkeypatch.setattr(telegram_polling, "_LONGEST_PAUSE", 0.01)


def run(telegram: Telegram, program: Program, until: Callable[[], bool]) -> None:
    async def go() -> None:
        bot = RunningBot(BotSettings("harbour", "123:abc"), cast(Api, telegram))
        threads = Threads(1)
        polling = Polling(bot, cast(TelegramPort, program), threads, cast(Intake, Takes(program)))
        task = asyncio.create_task(polling.run())
        async with asyncio.timeout(10):
            while not until():
                await asyncio.sleep(0.005)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        threads.close()

    asyncio.run(go())


def test_an_update_is_confirmed_once_it_is_kept_and_not_before() -> None:
    telegram = Telegram([[{"update_id": 5}, {"update_id": 6}], [{"update_id": 6}], []])
    program = Program(away=1)
    run(telegram, program, lambda: len(telegram.offsets) >= 4)
    assert telegram.offsets[:3] == [None, None, 7]  # not confirmed while the database was away
    assert program.kept == [b'{"update_id": 6}']
    assert program.soon == [("telegram:harbour", "7")]


@pytest.mark.parametrize("error", [Unavailable("no answer"), SomebodyElse("409"), TooFast(0.01)])
def test_trouble_is_outlived(error: Exception) -> None:
    telegram, program = Telegram([error, [{"update_id": 1}]]), Program()
    run(telegram, program, lambda: bool(program.kept))


def test_what_has_no_id_is_kept_and_not_asked_for_in_a_whirl() -> None:
    telegram, program = Telegram([["strange"], ["strange"]]), Program()
    run(telegram, program, lambda: len(telegram.offsets) >= 3)
    assert program.kept == [b'"strange"'] * 2
    assert telegram.offsets == [None] * 3


def test_only_the_process_whose_turn_it_is_fetches() -> None:
    telegram, program = Telegram([[{"update_id": 1}]]), Program(ours=False)
    run(telegram, program, lambda: program.asked >= 5)
    assert (telegram.offsets, program.stopped) == ([], 1)


def test_a_process_whose_turn_is_over_stops_fetching() -> None:
    telegram, program = Telegram([]), Program()
    run(telegram, program, lambda: bool(telegram.offsets) and program.pass_on())
    assert len(telegram.offsets) == 1
