"""From kept updates to inputs: each chat's in their order, files fetched in between, presses answered at once."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from bot.channels import telegram_api as api
from bot.channels.telegram_bots import Bots, RunningBot
from bot.channels.telegram_lanes import Lanes, Threads
from bot.channels.telegram_port import TelegramPort
from bot.channels.telegram_presses import show_choice
from bot.channels.telegram_updates import FILE_MOST, MEDIA_TYPES, Press, RemoteFile, Update
from bot.conversations.channels import KeptUpdate
from bot.conversations.sending import Sending
from bot.files.checks import LARGEST, FileRefused, media_type

log = logging.getLogger(__name__)

DOWNLOADS = 4  # tries to fetch a file
_TYPING_EVERY = 4.0  # seconds; Telegram shows it for five
_REMEMBERED = 10_000


class Intake:
    """`handle_soon` has a conversation's inputs handled; `sending` hears who can't be reached any more."""

    def __init__(
        self,
        bots: Bots,
        port: TelegramPort,
        threads: Threads,
        handle_soon: Callable[[str], None],
        sending: Sending[Any],
    ) -> None:
        self._bots = bots
        self._port = port
        self._threads = threads
        self._handle_soon = handle_soon
        self._sending = sending
        self._lanes = Lanes(self._run)
        self._beside: set[asyncio.Task[None]] = set()
        self._typed: OrderedDict[str, float] = OrderedDict()
        self._shown: OrderedDict[tuple[str, int], None] = OrderedDict()

    def soon(self, account: str, sender: str) -> None:
        self._lanes.soon(f"{account}/{sender}")

    async def recover(self) -> None:
        """Take up what a kill has left."""
        for account in self._bots:
            for sender in await self._threads(self._port.senders, account):
                self.soon(account, sender)

    async def forget(self) -> None:
        for account in self._bots:
            await self._threads(self._port.forget, account)

    async def close(self, seconds: float) -> None:
        await self._lanes.close(seconds)
        for task in self._beside:
            task.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)

    async def _run(self, key: str) -> None:
        account, _, sender = key.partition("/")
        limit, more = 50, True
        while more and not self._lanes.closing:
            try:
                more = await self._step(self._bots[account], sender, limit)
                limit = 50
            except Exception as error:
                if limit == 1:
                    log.exception("an update of %s could not be read in", account)
                    await self._threads(self._port.failed, account, sender, f"{type(error).__name__}: {error}")
                    return
                limit = 1  # find the one that is to blame

    async def _step(self, bot: RunningBot, sender: str, limit: int) -> bool:
        read = await self._threads(self._port.read, bot.account, sender, limit)
        if read.conversation_id:
            self._handle_soon(read.conversation_id)
        for number, update in enumerate(read.updates, start=1):
            back = any(later.want in ("joined", "input") for later in read.updates[number:])
            await self._after(bot, update, back=back)
        if read.updates and read.conversation_id and not read.held:
            self._show_typing(bot, sender)
        if read.fetch is not None:
            self._show_typing(bot, sender)
            self._handle_if(await self._fetch(bot, *read.fetch))
        return read.more

    def _handle_if(self, conversation_id: str | None) -> None:
        if conversation_id:
            self._handle_soon(conversation_id)

    async def _after(self, bot: RunningBot, update: Update, *, back: bool) -> None:
        """What an update calls for beside its input; whoever left may be `back` by now."""
        if update.press is not None:
            self._in_passing(bot.api.answer(update.press.query))
            self._in_passing(self._show(bot, update.sender, update.press))
        if update.leave is not None:
            self._in_passing(bot.api.leave(update.leave))
        if update.want == "left" and not back:
            gone = await self._threads(self._port.conversation_id, bot.account, update.sender)
            if gone:
                await self._threads(self._sending.unreachable, gone, "blocked")

    async def _show(self, bot: RunningBot, sender: str, press: Press) -> None:
        """Once a message: a second press of it finds the keyboard gone, or comes too late to change the choice."""
        message = press.message or {}
        key = (f"{bot.account}/{sender}", int(message.get("message_id") or 0))
        if key in self._shown:
            return
        self._shown[key] = None
        while len(self._shown) > _REMEMBERED:
            self._shown.popitem(last=False)
        title = await self._threads(self._port.title, bot.account, sender, press.data)
        await show_choice(bot.api, int(sender), press, title)

    def _show_typing(self, bot: RunningBot, sender: str) -> None:
        now, key = asyncio.get_running_loop().time(), f"{bot.account}/{sender}"
        if now - self._typed.get(key, -_TYPING_EVERY) < _TYPING_EVERY or not sender:
            return
        self._typed[key] = now
        while len(self._typed) > _REMEMBERED:
            self._typed.popitem(last=False)
        self._in_passing(bot.api.typing(int(sender)))

    def _in_passing(self, asked: Awaitable[None]) -> None:
        """Nothing waits for it, and nothing is lost if it fails."""
        task = asyncio.get_running_loop().create_task(api.quietly(asked))
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    async def _fetch(self, bot: RunningBot, kept: KeptUpdate, update: Update) -> str | None:
        """Fetch a file and keep it, or say why not; the conversation's id, None if it is tried again."""
        assert update.file
        # Begun so often and never ended: whatever it is, the chat must go on.
        refused = "file_broken" if kept.tries >= DOWNLOADS else unfit(update.file)
        if refused is None:
            try:
                content = await bot.api.fetch(update.file, LARGEST)
                found = await self._threads(media_type, content)
                return await self._threads(self._port.keep_file, kept, update, found, content)
            except FileRefused as error:
                refused = f"file_{error.reason}"
            except api.NotTaken:
                refused = "file_too_large"  # "Bad Request: file is too big"
            except (api.Unavailable, api.TooFast, api.Blocked, api.BadToken) as error:
                refused = await self._later(kept, error)
            except Exception as error:
                log.exception("a file of %s could not be taken in", kept.account)
                refused = await self._later(kept, error)
        return await self._threads(self._port.refuse_file, kept, update, refused) if refused else None

    async def _later(self, kept: KeptUpdate, error: Exception) -> str | None:
        """The reason if it has failed too often; else None, and the chat waits for the file a little longer."""
        if kept.tries + 1 >= DOWNLOADS:
            return "file_broken"
        seconds = error.seconds if isinstance(error, api.TooFast) else 2.0 ** (kept.tries + 1)
        await self._threads(self._port.try_again, kept, timedelta(seconds=seconds), str(error))
        await asyncio.sleep(seconds)
        return None


def unfit(file: RemoteFile) -> str | None:
    """Why a file is not even fetched, by what the sender's app says of it."""
    if file.media_type is not None and file.media_type not in MEDIA_TYPES:
        return "file_type"
    if file.size is not None and file.size > min(LARGEST, FILE_MOST):
        return "file_too_large"
    return None
