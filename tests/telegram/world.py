"""What the server knows: bots, people, chats, messages, files and the updates that wait."""

import itertools
import re
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.telegram.rules import Refused, bad
from tests.telegram.updates import Queue

ANSWER_WITHIN = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class Limits:
    """How many messages go in a second, to a chat and from a bot, and how many at once before that counts."""

    chat_every: float = 1.0
    chat_burst: int = 1
    bot_per_second: int = 30
    retry_after: int = 1  # seconds that whoever goes over is told to wait


NO_LIMITS = Limits(chat_every=0.0, bot_per_second=10**9)


@dataclass(slots=True)
class File:
    id: str
    unique_id: str
    name: str
    media_type: str
    size: int
    content: bytes
    linked_at: float | None = None  # when getFile last gave the link


@dataclass(slots=True)
class Query:
    """A press of a button that waits to be answered."""

    id: str
    at: float
    answered: str | None = None


@dataclass(slots=True)
class Chat:
    """One chat of one bot. `messages` are as they stand now, in the Bot API's own form."""

    id: int
    kind: str
    about: dict[str, Any]
    member: bool  # the person has begun the chat, or the bot is in the group
    blocked: bool = False
    messages: dict[int, dict[str, Any]] = field(default_factory=dict)
    sent_at: list[float] = field(default_factory=list)  # when each message of the bot went out
    refused_until: float = 0.0
    actions: list[str] = field(default_factory=list)
    below: dict[str, Any] | None = None  # the keyboard under the text field

    @property
    def shown(self) -> list[dict[str, Any]]:
        """The bot's messages as the person sees them now."""
        return [message for message in self.messages.values() if message["from"]["is_bot"]]


@dataclass(frozen=True, slots=True)
class Call:
    """A request that a bot made: what it asked, when, and what was wrong with it."""

    method: str
    parameters: dict[str, Any]
    at: float
    refused: Refused | None


@dataclass(slots=True)
class Bot:
    id: int
    token: str
    username: str
    name: str
    queue: Queue
    chats: dict[int, Chat] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    queries: dict[str, Query] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    commands: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)
    about: dict[tuple[str, str], str] = field(default_factory=dict)  # (name | description …, language)
    menu: dict[int, dict[str, Any]] = field(default_factory=dict)  # 0 is every chat without its own
    sent_at: deque[float] = field(default_factory=lambda: deque(maxlen=10_000))
    refused_until: float = 0.0

    def user(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": True, "first_name": self.name, "username": self.username}


class World:
    """Everything behind the server; every method may be called from any thread.

    `local` is the manner of a Bot API server of one's own: a webhook may be plain HTTP on loopback.
    """

    def __init__(
        self, limits: Limits = NO_LIMITS, *, clock: Callable[[], float] = time.time, local: bool = True
    ) -> None:
        self.limits, self.clock, self.local = limits, clock, local
        self.answer_within = ANSWER_WITHIN
        self.bots: dict[str, Bot] = {}
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.ids = itertools.count(1001)

    def add_bot(self, username: str = "harbour_demo_bot", name: str = "Harbour Bank") -> Bot:
        number = 700_000_000 + next(self.ids)
        token = f"{number}:AA{username[:10]:x<10}-T3st_0nly_{number:x}"
        bot = Bot(number, token, username, name, Queue(self.clock))
        self.bots[token] = bot
        return bot

    def bot(self, token: str) -> Bot:
        known = self.bots.get(token)
        if known is None:
            problem = "" if re.fullmatch(r"\d+:[\w-]+", token) else ": invalid token specified"
            raise Refused("token", 401, f"Unauthorized{problem}")
        return known

    def chat(self, bot: Bot, chat_id: int | str) -> Chat:
        """A chat that the bot may know of; else as if there were none."""
        found = bot.chats.get(chat_id) if isinstance(chat_id, int) else None
        if found is None:
            raise bad("chat_found", "chat not found")
        return found

    def writable(self, bot: Bot, chat_id: int | str) -> Chat:
        """The chat, if the bot may write there now."""
        chat = self.chat(bot, chat_id)
        if chat.kind == "private" and not chat.member:
            raise Refused("user_starts", 403, "Forbidden: bot can't initiate conversation with a user")
        if not chat.member:
            raise Refused("leave", 403, f"Forbidden: bot is not a member of the {chat.kind} chat")
        if chat.blocked:
            raise Refused("blocked", 403, "Forbidden: bot was blocked by the user")
        return chat

    def count(self, bot: Bot, chat: Chat) -> None:
        """Take one more message into the rates, or refuse it with the seconds to wait."""
        now = self.clock()
        wait = max(bot.refused_until, chat.refused_until) - now
        if wait > 0:
            raise _too_many(wait, "retry_after")
        window = self.limits.chat_every * self.limits.chat_burst
        # A burst of n may go at once; then no n + 1 within n seconds.
        if window and len(_since(chat.sent_at, now - window)) >= self.limits.chat_burst:
            chat.refused_until = now + self.limits.retry_after
            raise _too_many(self.limits.retry_after, "chat_rate")
        if len(_since(bot.sent_at, now - 1.0)) >= self.limits.bot_per_second:
            bot.refused_until = now + self.limits.retry_after
            raise _too_many(self.limits.retry_after, "bot_rate")
        chat.sent_at.append(now)
        bot.sent_at.append(now)

    def refuse_for(self, chat: Chat, seconds: int) -> None:
        """Have the flood control close a chat for so long, whatever was sent."""
        with self.changed:
            chat.refused_until = self.clock() + seconds

    def add_message(self, chat: Chat, sender: dict[str, Any], **content: Any) -> dict[str, Any]:
        message = {
            "message_id": next(self.ids),
            "date": int(self.clock()),
            "chat": chat.about,
            "from": sender,
            **content,
        }
        chat.messages[message["message_id"]] = message
        self.changed.notify_all()
        return message

    def add_file(self, bot: Bot, name: str, media_type: str, content: bytes, size: int | None = None) -> File:
        """`size` may claim more than there is: for what is refused before it is read."""
        number = next(self.ids)
        file = File(
            f"BQACAgIAAxkBAAI{number:x}", f"AgAD{number:x}", name, media_type, size or len(content), content
        )
        bot.files[file.id] = file
        return file

    def wait(self, holds: Callable[[], object], timeout: float = 20.0, why: str = "") -> None:
        """Until `holds`, looked at whenever something changes and now and then besides."""
        end = time.monotonic() + timeout
        with self.changed:
            while not holds():
                if time.monotonic() > end:
                    raise AssertionError(why or "what was waited for did not come")
                self.changed.wait(0.05)


def _since(times: "list[float] | deque[float]", start: float) -> list[float]:
    found = []
    for at in reversed(times):
        if at <= start:
            break
        found.append(at)
    return found


def _too_many(wait: float, rule: str) -> Refused:
    seconds = max(1, int(-(-wait // 1)))
    return Refused(rule, 429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
