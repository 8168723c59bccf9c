"""Sends what the outbox holds: each chat's words in their order, no chat waiting for another."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from bot.channels import telegram_api as api
from bot.channels.backend import Address, Document
from bot.channels.documents import NOTHING_WITHOUT, Card, announced
from bot.channels.telegram_bots import Bots, RunningBot
from bot.channels.telegram_lanes import Lanes, Threads
from bot.channels.telegram_menu import Menus
from bot.channels.telegram_messages import Piece, pieces
from bot.clock import Clock
from bot.conversations.sending import Batch, Sending, Wait
from bot.errors import BotError

log = logging.getLogger(__name__)

PATIENCE = 30.0  # seconds that the rest of a long text waits for its turn, rather than beginning it again
_LATE, _MISSED_MOST = 0.08, 5  # seconds after which a moment to send at is missed; how often that is put up with
_AT_ONCE = 8  # messages of a bot on their way at the same time, in this process
_STALL = 0.25  # seconds: no request takes so long when all is well
_REMEMBERED = 50_000
_NAP = 1.0  # a stop is noticed after so long

Documents = Callable[[Address, Card], Awaitable[Document]]


class Sender:
    def __init__(
        self, bots: Bots, sending: Sending[Any], threads: Threads, wall: Clock, documents: Documents, menus: Menus
    ) -> None:
        self._bots = bots
        self._sending = sending
        self._threads = threads
        self._wall = wall
        self._documents = documents
        self._menus = menus
        self._lanes = Lanes(self._run)
        self._under_way = {account: asyncio.Semaphore(_AT_ONCE) for account in bots}
        self._accounts: OrderedDict[str, str] = OrderedDict()

    def soon(self, conversation_id: str) -> None:
        self._lanes.soon(conversation_id)

    async def recover(self) -> None:
        """Take up what waits: after a kill, or said by another process."""
        for account in self._bots:
            for conversation_id in await self._threads(self._sending.waiting, account):
                self.soon(conversation_id)

    async def close(self, seconds: float) -> None:
        await self._lanes.close(seconds)

    async def _run(self, conversation_id: str) -> None:
        bot = await self._bot_of(conversation_id)
        if bot is None:
            return
        while not self._lanes.closing:
            async with self._under_way[bot.account]:
                found = await self._threads(self._sending.next, conversation_id)
                if isinstance(found, Batch):
                    await self._send(bot, found)
            if found is None:
                return
            if isinstance(found, Wait):
                await self._until(found.until)

    async def _bot_of(self, conversation_id: str) -> RunningBot | None:
        """The bot whose chat this is; None where words are fetched, as on a page."""
        account = self._accounts.get(conversation_id)
        if account is None:
            account = await self._threads(self._sending.account, conversation_id)
            if account is not None:
                self._accounts[conversation_id] = account
            while len(self._accounts) > _REMEMBERED:
                self._accounts.popitem(last=False)
        return self._bots.get(account or "")

    async def _until(self, at: datetime) -> bool:
        """Sleep until `at`; false when it is not reached because everything stops."""
        while (left := (at - self._wall.now()).total_seconds()) > 0:
            if self._lanes.closing:
                return False
            await asyncio.sleep(min(left, _NAP))
        return True

    async def _in_turn(self, batch: Batch) -> bool:
        """Wait for the batch's moment. One that was missed is not made up for: many late ones would go at once."""
        at = batch.at
        for _ in range(_MISSED_MOST):
            if not await self._until(at):
                return False
            if (self._wall.now() - at).total_seconds() <= _LATE:
                break
            at = await self._threads(self._sending.slot, batch, missed=True)
        return True

    async def _send(self, bot: RunningBot, batch: Batch) -> None:
        if not await self._in_turn(batch):
            await self._threads(self._sending.pause, batch, timedelta(0), "stopped before it was sent")
            return
        try:
            made = await self._pieces(bot, batch)
            remote = await self._pieces_sent(bot, batch, made)
        except api.TooFast as early:
            await self._threads(self._sending.pause, batch, timedelta(seconds=early.seconds), str(early))
        except api.Blocked as blocked:
            await self._threads(self._sending.unreachable, batch.conversation.id, str(blocked), batch)
        except api.NotTaken as refused:
            log.error("a message to %s is not taken: %s", batch.conversation.account, refused)
            await self._threads(self._sending.failed, batch, str(refused))
        except (api.Unavailable, api.BadToken, api.SomebodyElse) as trouble:
            log.warning("a message to %s could not be sent: %s", batch.conversation.account, trouble)
            await self._threads(self._sending.again, batch, str(trouble))
        else:
            await self._threads(self._sending.sent, batch, remote)
            await self._menus.show(bot.api, batch.conversation)

    async def _pieces(self, bot: RunningBot, batch: Batch) -> list[Piece]:
        document = None
        if card := announced(batch.events[-1].body):
            conversation = batch.conversation
            try:
                document = await self._documents(Address(conversation.account, conversation.sender), card)
            except BotError as refused:
                if card["type"] in NOTHING_WITHOUT:
                    raise api.NotTaken(f"the file can't be sent: {refused}") from refused
                log.warning("an agreement goes without its file: %s", refused)
        return pieces(batch.events, protect_figures=bot.settings.protect_figures, document=document)

    async def _pieces_sent(self, bot: RunningBot, batch: Batch, made: list[Piece]) -> str | None:
        remote: int | None = None
        for number, piece in enumerate(made):
            if number:
                await self._until(await self._threads(self._sending.slot, batch))
                remote = await self._rest(bot, batch, piece)
            else:
                remote = await self._timed(bot, batch, piece)
        return None if remote is None else str(remote)

    async def _timed(self, bot: RunningBot, batch: Batch, piece: Piece) -> int | None:
        """Send; what a stall held back arrives all at once, so the bot then rests for as long as it lasted."""
        began = asyncio.get_running_loop().time()
        try:
            return await bot.api.send(int(batch.conversation.sender), piece)
        finally:
            took = asyncio.get_running_loop().time() - began
            if took > _STALL:
                await self._threads(self._sending.rest, bot.account, timedelta(seconds=min(took, 1.0)))

    async def _rest(self, bot: RunningBot, batch: Batch, piece: Piece) -> int | None:
        """What follows in a long text waits in place: begun again, its first part would come twice."""
        try:
            return await bot.api.send(int(batch.conversation.sender), piece)
        except api.TooFast as early:
            if early.seconds > PATIENCE:
                raise
            await asyncio.sleep(early.seconds)
            return await bot.api.send(int(batch.conversation.sender), piece)
