"""Telegram: every configured bot, received and sent on a thread and an event loop of its own."""

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.channels.telegram_api import Api
from bot.channels.telegram_bots import Bots, BotSettings, RunningBot
from bot.channels.telegram_intake import Intake
from bot.channels.telegram_lanes import Threads
from bot.channels.telegram_menu import Menus, Words
from bot.channels.telegram_polling import Polling
from bot.channels.telegram_port import TelegramPort
from bot.channels.telegram_sender import Documents, Sender
from bot.clock import Clock
from bot.conversations.sending import Sending

log = logging.getLogger(__name__)

LOOK_EVERY = 1.0  # seconds: what another process said, and what has come due
FORGET_EVERY = 3600.0
STOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class TelegramParts:
    """What the channel is made of. `listen` tells of every conversation in which something was said."""

    bots: Sequence[BotSettings]
    base: str  # of the Bot API: Telegram's own, or a server of one's own
    webhook: bool
    port: TelegramPort
    sending: Sending[Any]
    wall: Clock
    threads: int
    handle_soon: Callable[[str], None]
    listen: Callable[[Callable[[str], None]], None]
    documents: Documents
    words: Words


class Telegram:
    """`start` and `stop` may be called from any thread, each once."""

    def __init__(self, parts: TelegramParts) -> None:
        self._parts = parts
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None
        self._ready = threading.Event()
        self._intake: Intake | None = None
        self._sender: Sender | None = None
        self._tokens = {bot.name: bot for bot in parts.bots}
        self._thread = threading.Thread(target=self._run, name="telegram")
        parts.listen(self._changed)

    def start(self) -> None:
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        loop, end = self._loop, self._end
        if loop is not None and end is not None and self._thread.is_alive():
            loop.call_soon_threadsafe(end.set)
            self._thread.join()

    def bot(self, name: str) -> BotSettings | None:
        return self._tokens.get(name)

    def receive(self, bot: BotSettings, body: bytes) -> None:
        """Commit an update that a webhook brought; only when this has returned may Telegram be told so."""
        bot_id = bot.token.partition(":")[0]
        for sender in self._parts.port.keep(bot.account, bot_id, [body]):
            self._call(partial(self._take_up, bot.account, sender))

    def _take_up(self, account: str, sender: str) -> None:
        if self._intake is not None:
            self._intake.soon(account, sender)

    def _changed(self, conversation_id: str) -> None:
        self._call(partial(self._look_for, conversation_id))

    def _look_for(self, conversation_id: str) -> None:
        if self._sender is not None:
            self._sender.soon(conversation_id)

    def _call(self, fn: Callable[[], object]) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            try:
                loop.call_soon_threadsafe(fn)
            except RuntimeError:
                log.debug("the loop has just closed; what is kept is taken up at the next start")

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except Exception:
            log.exception("Telegram has stopped")
        finally:
            self._ready.set()

    async def _main(self) -> None:
        parts, threads = self._parts, Threads(self._parts.threads)
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        bots: Bots = {each.account: RunningBot(each, Api(each.token, parts.base)) for each in parts.bots}
        intake = self._intake = Intake(bots, parts.port, threads, parts.handle_soon, parts.sending)
        sender = self._sender = Sender(
            bots, parts.sending, threads, parts.wall, parts.documents, Menus(parts.words)
        )
        for account in bots:
            await threads(parts.port.open_account, account)
        self._ready.set()
        fetching = [] if parts.webhook else [Polling(bot, parts.port, threads, intake) for bot in bots.values()]
        tasks = [asyncio.create_task(each.run()) for each in fetching]
        tasks.append(asyncio.create_task(_look(intake, sender)))
        await self._end.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await intake.close(STOP_SECONDS)
        await sender.close(STOP_SECONDS)
        for bot in bots.values():
            await bot.api.close()
        threads.close()


async def _look(intake: Intake, sender: Sender) -> None:
    """Take up what waits, now and from time to time; and clear away what is long done."""
    forgotten_at = 0.0
    while True:
        try:
            await intake.recover()
            await sender.recover()
            if asyncio.get_running_loop().time() - forgotten_at > FORGET_EVERY:
                forgotten_at = asyncio.get_running_loop().time()
                await intake.forget()
        except Exception:
            log.exception("what waits could not be looked for; trying again")
        await asyncio.sleep(LOOK_EVERY)
