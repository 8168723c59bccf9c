"""A whole chat backend in memory: stores once, answers from a script, wakes whoever waits."""

import asyncio
import itertools
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from bot.channels.backend import (
    Address,
    Chat,
    Document,
    LinkRefused,
    Message,
    NotProved,
    NotThere,
    ShownKind,
    Speaker,
)
from bot.clock import Clock
from bot.conversations.store import Received
from bot.dialogue.messages import FileRef, Incoming
from tests.channels.script import answers

LANGUAGES = ("en", "zh_Hans", "zh_Hant")
SPEAKERS = {
    "harbour": Speaker(
        "harbour",
        {"en": "Harbour Bank", "zh_Hans": "海港银行", "zh_Hant": "海港銀行"},
        LANGUAGES,
        verify_page="https://harbour.example/verify",
        colour="#0b5d6b",
    ),
    "swiftlend": Speaker(
        "swiftlend", {"en": "Swiftlend", "zh_Hans": "迅捷贷", "zh_Hant": "迅捷貸"}, LANGUAGES, colour="#ffb000"
    ),
}


@dataclass(slots=True)
class Room:
    """One conversation."""

    id: str
    locale: str = "en"
    messages: list[Message] = field(default_factory=list)
    seqs: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    inputs: list[Incoming] = field(default_factory=list)
    busy: bool = False
    with_person: bool = False
    staff_typing: float | None = None
    typing: int = 0  # signs of writing that came from the borrower
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class MemoryBackend:
    """Implements ChatBackend. `delay` is how long an answer takes; `links` and `codes` are those that are good.

    `proved` are the chats whose borrower has said who they are.
    """

    def __init__(self, clock: Clock, delay: float = 0.0) -> None:
        self.clock, self.delay = clock, delay
        self.rooms: dict[Address, Room] = {}
        self.inputs: dict[tuple[str, str], Received] = {}
        self.files: dict[str, bytes] = {}
        self.links: dict[str, str] = {}
        self.codes: set[tuple[str, str]] = set()
        self.proved: set[Address] = set()
        self.sent: dict[Address, set[str]] = {}  # ids of files that a person sent
        self.tasks: set[asyncio.Task[None]] = set()

    def speaker(self, public_id: str) -> Speaker | None:
        return SPEAKERS.get(public_id)

    def speakers(self) -> Sequence[Speaker]:
        return list(SPEAKERS.values())

    async def submit(self, incoming: Incoming) -> Received:
        key = (incoming.account, incoming.update_id)
        if key in self.inputs:
            known = self.inputs[key]
            return Received(known.conversation_id, known.input_id, duplicate=True)
        room = self._room(Address(incoming.account, incoming.sender))
        self.inputs[key] = Received(room.id, len(self.inputs) + 1, duplicate=False)
        room.inputs.append(incoming)
        room.busy = True
        self._wake(room)
        task = asyncio.get_running_loop().create_task(self._handle(room, incoming))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return self.inputs[key]

    async def read(self, address: Address, after: int) -> Chat:
        room = self.rooms.get(address)
        if room is None:
            return Chat(cursor=after)
        new = [message for message in room.messages if message.seq > after]
        cursor = max([after, *(m.seq for m in room.messages)])
        return Chat(new, cursor, room.busy, room.with_person, room.staff_typing)

    async def typing(self, address: Address) -> None:
        if room := self.rooms.get(address):
            room.typing += 1

    async def wait(self, address: Address, after: int, timeout: float) -> None:
        room = self._room(address)
        if room.messages and room.messages[-1].seq > after:
            return
        try:
            await asyncio.wait_for(room.changed.wait(), timeout)
        except TimeoutError:
            return

    async def keep_file(
        self, address: Address, update_id: str, name: str, media_type: str, content: bytes
    ) -> FileRef:
        file_id = uuid.uuid5(uuid.NAMESPACE_URL, f"{address.account}/{update_id}").hex
        self.files[file_id] = content
        return FileRef(file_id, name, media_type, len(content))

    async def own_record(self, address: Address) -> Document:
        if address not in self.proved:
            raise NotProved("nobody has said who they are")
        said = "".join(
            f"<p>{escape(str((m.body or {}).get('text', '')))}</p>" for m in self.rooms[address].messages
        )
        return Document("conversation-2026-11-21.html", "text/html", said.encode())

    async def agreement(self, address: Address, agreement_id: str) -> Document:
        if address not in self.proved:
            raise NotProved("nobody has said who they are")
        return Document("plan-1234-2026-11-21.html", "text/html", f"<p>{escape(agreement_id)}</p>".encode())

    async def sent_file(self, address: Address, file_id: str) -> Document:
        if file_id not in self.sent.get(address, ()):
            raise NotThere(file_id)
        return Document("信“1”.pdf", "application/pdf", self.files[file_id])

    async def spend_link(self, link: str, channel: str, sender: str, locale: str | None) -> str:
        speaker = self.links.pop(link, None)
        if speaker is None:
            raise LinkRefused("this link can't be used")
        self._room(Address(f"{channel}:{speaker}", sender))
        return speaker

    async def check_code(self, speaker: str, code: str) -> bool:
        return (speaker, code) in self.codes

    def say(self, address: Address, kind: ShownKind, body: Mapping[str, Any] | None) -> None:
        """Put a message into a chat, as a person or a notice would come."""
        room = self._room(address)
        if body and "notice" in body:
            room.with_person = body["notice"] == "joined"
        self._append(room, kind, body)
        self._wake(room)

    def _room(self, address: Address) -> Room:
        return self.rooms.setdefault(address, Room(uuid.uuid4().hex))

    def _wake(self, room: Room) -> None:
        room.changed.set()
        room.changed = asyncio.Event()

    def _append(self, room: Room, kind: ShownKind, body: Mapping[str, Any] | None) -> None:
        room.messages.append(Message(next(room.seqs), kind, self.clock.now(), body))

    async def _handle(self, room: Room, incoming: Incoming) -> None:
        await asyncio.sleep(self.delay)
        pressed = _title(room, incoming.choice)
        room.locale, replies = answers(room.locale, incoming, pressed)
        self._append(room, "user", _user_body(incoming, pressed))
        if not room.with_person:
            for reply in replies:
                self._append(room, "bot", reply | {"locale": room.locale})
        room.busy = False
        self._wake(room)


def _title(room: Room, choice: str | None) -> str | None:
    if choice is None:
        return None
    seq, n = choice.split("-")
    offered = next((m for m in room.messages if m.seq == int(seq) and m.body), None)
    buttons = offered.body.get("buttons", []) if offered and offered.body else []
    return str(buttons[int(n) - 1]["title"]) if 0 < int(n) <= len(buttons) else None


def _user_body(incoming: Incoming, pressed: str | None) -> dict[str, Any]:
    body: dict[str, Any] = {"kind": incoming.kind, "update_id": incoming.update_id}
    if incoming.choice is not None:
        body |= {"choice": incoming.choice, "text": pressed}
    if incoming.text is not None:
        body["text"] = incoming.text
    if incoming.file is not None:
        file = incoming.file
        body["file"] = {"id": file.id, "name": file.name, "media_type": file.media_type, "size": file.size}
    return body
