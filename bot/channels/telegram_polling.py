"""Fetches a bot's updates. An update is confirmed to Telegram only once it is committed here."""

import asyncio
import json
import logging
import socket
import uuid
from datetime import timedelta

from bot.channels import telegram_api as api
from bot.channels.telegram_bots import RunningBot
from bot.channels.telegram_intake import Intake
from bot.channels.telegram_lanes import Threads
from bot.channels.telegram_port import TelegramPort
from bot.channels.telegram_updates import number_of

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=4)  # a poller that died is replaced after so long
_BEAT = 1.3
_LONGEST_PAUSE = 30.0


class Polling:
    """One bot. Any number of processes may run it; one at a time fetches."""

    def __init__(self, bot: RunningBot, port: TelegramPort, threads: Threads, intake: Intake) -> None:
        self._bot = bot
        self._port = port
        self._threads = threads
        self._intake = intake
        self._who = f"{socket.gethostname()}/{uuid.uuid4().hex[:8]}"
        self._offset: int | None = None
        self._fetching: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Hold the lease and fetch under it, until cancelled."""
        try:
            while True:
                await self._beat()
                await asyncio.sleep(_BEAT)
        finally:
            await self._stop()
            await self._threads(self._port.stop_polling, self._bot.account, self._who)

    async def _beat(self) -> None:
        try:
            ours = await self._threads(self._port.poll, self._bot.account, self._who, LEASE)
        except Exception:
            log.exception("the database does not say who fetches for %s", self._bot.account)
            ours = False
        if not ours:
            await self._stop()
        elif self._fetching is None or self._fetching.done():
            self._fetching = asyncio.create_task(self._fetch_for_ever())

    async def _stop(self) -> None:
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)
            self._fetching = None

    async def _fetch_for_ever(self) -> None:
        pause = 0.0
        while True:
            try:
                await self._fetch()
                pause = 0.0
            except api.TooFast as early:
                await asyncio.sleep(early.seconds)
            except Exception as error:  # noqa: BLE001 - whatever it is, fetching goes on
                pause = min(max(1.0, pause * 2), _LONGEST_PAUSE)
                self._tell(error)
                await asyncio.sleep(pause)

    def _tell(self, error: Exception) -> None:
        name = self._bot.account
        match error:
            case api.BadToken():
                log.error("%s: Telegram does not know this token; `telegram setup` says more", name)
            case api.SomebodyElse():
                log.error("%s: %s; `telegram setup` puts it right", name, error)
            case api.Unavailable():
                log.warning("%s: no updates: %s", name, error)
            case _:
                log.error("%s: updates could not be kept", name, exc_info=error)

    async def _fetch(self) -> None:
        raw = await self._bot.api.updates(self._offset, api.POLL_SECONDS)
        if not raw:
            # All before the offset is confirmed by now; after a week of silence new identifiers may be lower ones.
            self._offset = None
            return
        bodies = [json.dumps(update).encode() for update in raw]
        senders = await self._threads(self._port.keep, self._bot.account, self._bot.api.bot_id, bodies)
        # Only now: the next request with this offset tells Telegram to forget them.
        numbers = [number for update in raw if (number := number_of(update)) is not None]
        if numbers:
            self._offset = max(numbers) + 1
        else:
            await asyncio.sleep(_BEAT)  # nothing of it has an id by which it could be confirmed
        for sender in senders:
            self._intake.soon(self._bot.account, sender)
