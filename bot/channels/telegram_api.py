"""The Bot API as this program uses it, and what can go wrong with a request in four words."""

import json
import logging
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, TypeVar

from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    KeyboardButton,
    LinkPreviewOptions,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, TelegramError
from telegram.request import HTTPXRequest

from bot.channels.telegram_messages import Piece
from bot.channels.telegram_updates import ALLOWED, RemoteFile
from bot.errors import BotError

log = logging.getLogger(__name__)

T = TypeVar("T")
PARALLEL = 64  # requests of a bot at once
POLL_SECONDS = 25


class TooFast(TelegramError):
    """429: nothing may be sent before so many seconds have passed."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Too Many Requests: retry after {seconds:g}")
        self.seconds = seconds


class Blocked(BotError):
    """403: the borrower has blocked the bot, or their account is gone."""


class NotTaken(BotError):
    """Telegram will never take this request as it is."""


class BadToken(BotError):
    """Telegram does not know this token."""


class SomebodyElse(BotError):
    """409: another program fetches this bot's updates, or a webhook is set."""


class Unavailable(BotError):
    """No answer, or none that says anything: it may pass."""


class OddAnswer(BotError):
    """The request was taken, and the answer is not what the Bot API describes."""


class _Request(HTTPXRequest):
    """Reads a 429 itself: the library's own error warns of its future form each time it is made."""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        code, payload = await super().do_request(*args, **kwargs)
        if code == 429:
            raise TooFast(_seconds(payload))
        return code, payload


def _seconds(payload: bytes) -> float:
    try:
        found = json.loads(payload)["parameters"]["retry_after"]
        return max(0.0, float(found))
    except (ValueError, KeyError, TypeError):
        return 1.0


class Api:
    """One bot. Every method raises one of the errors above and nothing else of the network."""

    def __init__(self, token: str, base: str) -> None:
        self.token = token
        self._requests = (_request(4), _request(PARALLEL))
        base = base.rstrip("/")
        self.bot = Bot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            get_updates_request=self._requests[0],
            request=self._requests[1],
        )

    @property
    def bot_id(self) -> str:
        return self.token.partition(":")[0]

    async def close(self) -> None:
        for request in self._requests:
            await request.shutdown()

    async def updates(self, offset: int | None, seconds: int) -> list[Any]:
        """Updates from `offset` on as raw JSON: what the library would not understand must still be kept."""
        asked: dict[str, Any] = {"timeout": seconds, "allowed_updates": list(ALLOWED), "limit": 100}
        if offset is not None:
            asked["offset"] = offset
        # Spelt so that the library, which has a method of this name, does not warn each time.
        raw = await plainly(self.bot.do_api_request("get__updates", api_kwargs=asked, read_timeout=seconds + 10))
        if not isinstance(raw, list):
            raise Unavailable(f"getUpdates answered {type(raw).__name__}")
        return raw

    async def send(self, chat: int, piece: Piece) -> int | None:
        """Send one message; its id, None where the answer does not tell it."""
        if piece.document is not None:
            return await self._document(chat, piece)
        return await _message_id(
            self.bot.send_message(
                chat,
                piece.html,
                parse_mode="HTML",
                reply_markup=_markup(piece),
                protect_content=piece.protect or None,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        )

    async def _document(self, chat: int, piece: Piece) -> int | None:
        assert piece.document
        return await _message_id(
            self.bot.send_document(
                chat,
                InputFile(piece.document.content, filename=piece.document.name),
                caption=piece.html or None,
                parse_mode="HTML",
                reply_markup=_markup(piece),
                protect_content=piece.protect or None,
            )
        )

    async def answer(self, query: str) -> None:
        await plainly(self.bot.answer_callback_query(query))

    async def typing(self, chat: int) -> None:
        await plainly(self.bot.send_chat_action(chat, "typing"))

    async def commands(self, chat: int, words: Mapping[str, str]) -> None:
        """Set the commands that one chat's menu shows."""
        commands = [BotCommand(name, text) for name, text in words.items()]
        await plainly(self.bot.set_my_commands(commands, scope=BotCommandScopeChat(chat)))

    async def leave(self, chat: int) -> None:
        await plainly(self.bot.leave_chat(chat))

    async def edit_text(self, chat: int, message: int, text: str, entities: Sequence[Mapping[str, Any]]) -> None:
        """Replace a message's text and take its keyboard away."""
        marks = [mark for each in entities if (mark := MessageEntity.de_json(dict(each), None))]
        await plainly(
            self.bot.edit_message_text(
                text,
                chat,
                message,
                entities=marks,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        )

    async def edit_caption(self, chat: int, message: int, text: str, entities: Sequence[Mapping[str, Any]]) -> None:
        marks = [mark for each in entities if (mark := MessageEntity.de_json(dict(each), None))]
        await plainly(self.bot.edit_message_caption(chat, message, caption=text, caption_entities=marks))

    async def take_keyboard(self, chat: int, message: int) -> None:
        await plainly(self.bot.edit_message_reply_markup(chat, message))

    async def fetch(self, file: RemoteFile, most: int) -> bytes:
        """The content of a file that a borrower sent; NotTaken if Telegram says that it is larger than `most`."""
        found = await plainly(self.bot.get_file(file.id))
        if found.file_size is not None and found.file_size > most:
            raise NotTaken(f"the file has {found.file_size} bytes")
        return bytes(await plainly(found.download_as_bytearray(read_timeout=60)))


def _request(connections: int) -> _Request:
    return _Request(
        connection_pool_size=connections,
        connect_timeout=10,
        read_timeout=20,
        write_timeout=20,
        pool_timeout=30,
        media_write_timeout=60,
    )


async def _message_id(sending: Awaitable[Any]) -> int | None:
    try:
        message = await plainly(sending)
    except OddAnswer:
        return None  # sent it is; to send it again would be worse than not to know its id
    found = getattr(message, "message_id", None)
    return found if isinstance(found, int) else None


async def plainly(asked: Awaitable[T]) -> T:
    """The library's errors as ours; a bad request is one of its network errors, so the order matters."""
    try:
        return await asked
    except TooFast:
        raise
    except Forbidden as error:
        raise Blocked(error.message) from error
    except InvalidToken as error:
        raise BadToken(error.message) from error
    except Conflict as error:
        raise SomebodyElse(error.message) from error
    except BadRequest as error:
        raise NotTaken(error.message) from error
    except NetworkError as error:
        raise Unavailable(error.message) from error
    except TelegramError as error:
        raise NotTaken(error.message) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise OddAnswer(f"{type(error).__name__}: {error}") from error


async def quietly(asked: Awaitable[None]) -> None:
    """For what is a courtesy: nothing is lost if it fails."""
    try:
        await asked
    except (TooFast, NotTaken, Unavailable, Blocked, BadToken, SomebodyElse, OddAnswer) as error:
        log.info("left out: %s", error)


def _markup(piece: Piece) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | None:
    if piece.keyboard:
        rows = [[InlineKeyboardButton(title, callback_data=data) for title, data in row] for row in piece.keyboard]
        return InlineKeyboardMarkup(rows)
    if piece.ask_contact:
        button = KeyboardButton(piece.ask_contact, request_contact=True)
        return ReplyKeyboardMarkup([[button]], resize_keyboard=True, one_time_keyboard=True)
    return ReplyKeyboardRemove() if piece.end_contact else None
