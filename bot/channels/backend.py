"""What a chat channel asks of the program behind it. `assembly` implements it over the turn and the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from bot.conversations.store import Received
from bot.dialogue.messages import FileRef, Incoming
from bot.errors import BotError

ShownKind = Literal["user", "bot", "agent", "notice"]
SHOWN: tuple[ShownKind, ...] = ("user", "bot", "agent", "notice")


class LinkRefused(BotError):
    """A one-time link is unknown, expired or already used; which of them is not told."""


class NotThere(BotError):
    """No such file was sent in this chat, or it is no longer kept."""


class NotProved(BotError):
    """What was asked for is for somebody who has just proved who they are; this chat has not."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file for the borrower; a bot message announces it by its card (see `documents`)."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Address:
    """One end of a chat: `account` is "<channel>:<speaker>", `sender` an opaque id of who writes."""

    account: str
    sender: str


@dataclass(frozen=True, slots=True)
class Message:
    """An event of the record that is to be shown. `body` is the event's, None once it was erased.

    user: {"text"?, "choice"?, "file"?: {"id", "name", "media_type", "size"}, "update_id"}
    bot: {"text", "buttons": [{"id", "title"}], "card", "response", "locale"}
    agent: {"text", "name"?} · notice: {"text", "locale"} or {"notice": "joined" | "returned" | "resolved"}
    """

    seq: int
    kind: ShownKind
    at: datetime
    body: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Chat:
    """What was said after a cursor, whether an input still waits for its answer, whether a person has the chat.

    `cursor` is the seq up to which the record was read; it may be that of an event which is not shown.
    """

    messages: Sequence[Message] = ()
    cursor: int = 0
    busy: bool = False
    with_person: bool = False
    typing: float | None = None  # the person's newest sign of writing, by a clock of its own; None: no longer


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whom a chat speaks for. `names` by locale; `verify_page` is on the lender's own site."""

    id: str
    names: Mapping[str, str]
    languages: tuple[str, ...]
    verify_page: str | None = None
    colour: str = "#1f4e8c"

    def name(self, locale: str) -> str:
        return self.names.get(locale) or self.names.get("en") or self.id


class ChatBackend(Protocol):
    """The whole program, as a channel sees it. Every method may be called from any process at any time."""

    def speaker(self, public_id: str) -> Speaker | None: ...
    def speakers(self) -> Sequence[Speaker]: ...

    async def submit(self, incoming: Incoming) -> Received:
        """Commit the input (T1) and have it handled in the background; a repetition changes nothing."""
        ...

    async def read(self, address: Address, after: int) -> Chat:
        """The chat after a cursor; empty for an address that never wrote."""
        ...

    async def typing(self, address: Address) -> None:
        """The borrower is writing just now: whoever has the chat sees it for a few seconds."""
        ...

    async def wait(self, address: Address, after: int, timeout: float) -> None:
        """Come back when something may have changed since `after`, at the latest after `timeout` seconds."""
        ...

    async def keep_file(
        self, address: Address, update_id: str, name: str, media_type: str, content: bytes
    ) -> FileRef:
        """Store a file that was checked; the same update_id again gives the file that is already kept."""
        ...

    async def own_record(self, address: Address) -> Document:
        """The chat as a file that proves itself, in the borrower's language; raises NotProved."""
        ...

    async def agreement(self, address: Address, agreement_id: str) -> Document:
        """A plan that they agreed, as a page to keep, in the language that it was agreed in; raises NotProved."""
        ...

    async def sent_file(self, address: Address, file_id: str) -> Document:
        """A file that a person of the lender sent in this very chat; raises NotThere."""
        ...

    async def spend_link(self, link: str, channel: str, sender: str, locale: str | None) -> str:
        """Use a one-time link up and give `sender` the chat that it opens; returns the speaker's id.

        Raises LinkRefused. The link finds the borrower; it does not verify anybody.
        """
        ...

    async def check_code(self, speaker: str, code: str) -> bool:
        """Whether this speaker's chat gave out `code` a short while ago."""
        ...
