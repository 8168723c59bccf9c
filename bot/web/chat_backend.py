"""The chat channels' way into the program: inputs stored and handled, the record read, files kept, links spent."""

import asyncio
import hashlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread

from bot.channels.backend import SHOWN, Address, Chat, Document, LinkRefused, Message, Speaker
from bot.clock import Clock
from bot.conversations.delivery import acknowledge
from bot.conversations.inputs import choice_id
from bot.conversations.store import Database, Received
from bot.conversations.turn import Turns
from bot.conversations.wakeups import Wakeups
from bot.conversations.worker import Worker
from bot.dialogue.messages import FileRef, Incoming
from bot.errors import BotError
from bot.files.checks import safe_name
from bot.files.store import KeptFile
from bot.lending.identity import link_digest
from bot.lending.policy import Policies, UnknownSpeaker
from bot.lending.store import LinkSpent
from bot.record.events import Event
from bot.web.documents import Documents
from bot.web.work import ChatWork

T = TypeVar("T")


class NoConversation(BotError):
    """A file was sent in a chat that was never opened."""


class Backend:
    """Implements the channels' ChatBackend. One thread writes where the database has one writer."""

    def __init__(
        self,
        *,
        database: Database[Any],
        turns: Turns[Any],
        worker: Worker[Any],
        wakeups: Wakeups,
        policies: Policies,
        languages: tuple[str, ...],
        clock: Clock,
        writers: CapacityLimiter,
        documents: Documents,
    ) -> None:
        self._database: Database[ChatWork] = database
        self._turns = turns
        self._worker = worker
        self._wakeups = wakeups
        self._policies = policies
        self._languages = languages
        self._clock = clock
        self._writers = writers
        self._documents = documents

    def speaker(self, public_id: str) -> Speaker | None:
        try:
            speaker = self._policies.speaker(public_id)
        except UnknownSpeaker:
            return None
        return Speaker(
            speaker.id, speaker.names, self._languages, verify_page=speaker.verify_page, colour=speaker.colour
        )

    def speakers(self) -> Sequence[Speaker]:
        shown = (self.speaker(speaker.id) for speaker in self._policies.speakers())
        return [speaker for speaker in shown if speaker is not None]

    async def submit(self, incoming: Incoming) -> Received:
        received = await self._write(lambda: self._turns.receive(incoming))
        self._wakeups.changed(received.conversation_id)
        self._worker.handle_soon(received.conversation_id)
        return received

    async def read(self, address: Address, after: int) -> Chat:
        """What was said after a cursor; whoever names one has everything up to it, which is marked once."""
        chat, unmarked = await to_thread.run_sync(self._read, address, after)
        if unmarked:
            await self._write(lambda: acknowledge(self._database, unmarked, after, self._clock.now()))
        return chat

    async def typing(self, address: Address) -> None:
        conversation_id = await to_thread.run_sync(self._conversation_id, address)
        if conversation_id:
            self._wakeups.typing(conversation_id, "borrower")

    async def wait(self, address: Address, after: int, timeout: float) -> None:
        conversation_id = await to_thread.run_sync(self._conversation_id, address)
        if conversation_id is None:
            await asyncio.sleep(min(timeout, 1.0))  # nothing was ever sent: the first input opens the chat
            return

        async def come() -> bool:
            return await to_thread.run_sync(self._length, conversation_id) > after

        await self._wakeups.wait(conversation_id, timeout, come)

    async def keep_file(
        self, address: Address, update_id: str, name: str, media_type: str, content: bytes
    ) -> FileRef:
        shown = safe_name(name, media_type)  # type: ignore[arg-type]  # checked by content before
        return await self._write(lambda: self._keep(address, update_id, shown, media_type, content))

    async def own_record(self, address: Address) -> Document:
        return await self._documents.own_record(address)

    async def sent_file(self, address: Address, file_id: str) -> Document:
        return await self._documents.sent_file(address, file_id)

    async def agreement(self, address: Address, agreement_id: str) -> Document:
        return await self._documents.agreement(address, agreement_id)

    async def spend_link(self, link: str, channel: str, sender: str, locale: str | None) -> str:
        speaker, conversation_id = await self._write(lambda: self._spend(link, channel, sender, locale))
        self._worker.handle_soon(conversation_id)
        return speaker

    async def check_code(self, speaker: str, code: str) -> bool:
        def check() -> bool:
            with self._database.reading() as work:
                return work.lending.check_code(code, speaker, self._clock.now())

        return await to_thread.run_sync(check)

    async def _write(self, fn: Callable[[], T]) -> T:
        return await to_thread.run_sync(fn, limiter=self._writers)

    def _conversation_id(self, address: Address) -> str | None:
        with self._database.reading() as work:
            conversation = work.conversations.find(address.account, address.sender)
        return conversation.id if conversation else None

    def _length(self, conversation_id: str) -> int:
        with self._database.reading() as work:
            return work.record.head(conversation_id)[0]

    def _read(self, address: Address, after: int) -> tuple[Chat, str | None]:
        """The chat, and its conversation's id where words up to `after` are not marked as delivered yet."""
        with self._database.reading() as work:
            conversation = work.conversations.find(address.account, address.sender)
            if conversation is None:
                return Chat(cursor=after), None
            events = work.record.events(conversation.id, after=after)
            busy = work.inbox.oldest_unhandled(conversation.id) is not None
            unmarked = bool(after) and work.outbox.unfetched(conversation.id, after)
        chat = Chat(
            messages=[_message(event) for event in events if event.kind in SHOWN],
            cursor=events[-1].seq if events else after,
            busy=busy and conversation.held_by is None,
            with_person=conversation.held_by is not None,
            typing=self._wakeups.typed(conversation.id, "staff"),
        )
        return chat, conversation.id if unmarked else None

    def _keep(self, address: Address, update_id: str, name: str, media_type: str, content: bytes) -> FileRef:
        # The same upload again gets the same id, so that a retry keeps one file.
        file_id = uuid.uuid5(uuid.NAMESPACE_URL, f"{address.account}/{address.sender}/{update_id}").hex
        with self._database.transaction() as work:
            conversation = work.conversations.find(address.account, address.sender)
            if conversation is None:
                raise NoConversation("open the chat before sending a file")
            if work.files.file(file_id) is None:
                kept = KeptFile(
                    id=file_id,
                    conversation_id=conversation.id,
                    name=name,
                    media_type=media_type,  # type: ignore[arg-type]  # checked by content before
                    size=len(content),
                    sha256=hashlib.sha256(content).digest(),
                    kept_at=self._clock.now(),
                )
                work.files.keep(kept, content)
        return FileRef(file_id, name, media_type, len(content))

    def _spend(self, link: str, channel: str, sender: str, locale: str | None) -> tuple[str, str]:
        now = self._clock.now()
        with self._database.transaction() as work:
            try:
                borrower_id = work.lending.spend_link(link_digest(link), now)
            except LinkSpent as spent:
                raise LinkRefused("this link can't be used") from spent
            borrower = work.lending.borrower(borrower_id)
            if borrower is None:
                raise LinkRefused("this link can't be used")
            speaker = self._policies.speaker_of_creditor(borrower.creditor).id
            opened = Incoming(
                account=f"{channel}:{speaker}",
                sender=sender,
                update_id=f"{sender[:12]}/link/{link_digest(link)[:16]}",
                kind="start",
                locale=locale,
            )
            received = work.inbox.receive(opened, speaker, borrower.locale or locale or "en", now)
            conversation = work.conversations.lock(received.conversation_id)
            # Found, not verified: the borrower still proves who they are.
            work.conversations.save(replace(conversation, borrower_id=borrower_id, verified_until=None))
        return speaker, received.conversation_id


def _message(event: Event) -> Message:
    if event.kind != "bot" or event.body is None:
        return Message(event.seq, event.kind, event.at, event.body)  # type: ignore[arg-type]  # kind is one of SHOWN
    body = dict(event.body)
    body["buttons"] = [
        {"id": choice_id(event.seq, position), "title": button["title"]}
        for position, button in enumerate(body.get("buttons", ()), start=1)
    ]
    return Message(event.seq, "bot", event.at, body)
