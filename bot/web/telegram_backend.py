"""Telegram's way into the program: updates kept as they came, then read in order into the inbox."""

import hashlib
import json
import logging
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

from bot.channels.telegram_port import Read
from bot.channels.telegram_updates import Update, number_of, read, sender_of
from bot.clock import Clock
from bot.conversations.channels import ChannelWork, KeptUpdate, NewUpdate
from bot.conversations.inputs import places
from bot.conversations.store import Database
from bot.conversations.turn import Speakers
from bot.dialogue.messages import FileRef, Incoming
from bot.dialogue.tracker import Tracker
from bot.errors import BadInput
from bot.files.checks import MediaType, safe_name
from bot.files.store import FileStore, KeptFile
from bot.lending.identity import link_digest
from bot.lending.policy import Policies
from bot.lending.store import LendingStore, LinkSpent

log = logging.getLogger(__name__)

BATCH = 50  # updates of one chat read in one transaction
# Telegram brings an update again for a day at most; what is longer ago need not be known by its id.
KEPT_FOR = timedelta(days=7)
TRIES = 3  # of an update that can't be read in, before it is put aside
DOWNLOAD_LEASE = timedelta(minutes=2)


class TelegramWork(ChannelWork, Protocol):
    @property
    def lending(self) -> LendingStore: ...
    @property
    def files(self) -> FileStore: ...


class TelegramBackend:
    """Implements TelegramPort. `wall` is the clock of machines, `clock` that of conversations."""

    def __init__(
        self,
        database: Database[TelegramWork],
        *,
        clock: Clock,
        wall: Clock,
        speakers: Speakers,
        policies: Policies,
    ) -> None:
        self._database = database
        self._clock = clock
        self._wall = wall
        self._speakers = speakers
        self._policies = policies

    def open_account(self, account: str) -> None:
        with self._database.transaction() as work:
            work.channels.open_account(account, self._speakers.speaker_of(account), self._wall.now())

    def poll(self, account: str, who: str, lasts: timedelta) -> bool:
        """Whether this process is the one that fetches the account's updates."""
        with self._database.transaction() as work:
            return work.channels.poll(account, who, self._wall.now(), lasts)

    def stop_polling(self, account: str, who: str) -> None:
        with self._database.transaction() as work:
            work.channels.stop_polling(account, who)

    def keep(self, account: str, bot_id: str, bodies: Sequence[bytes]) -> list[str]:
        """Keep updates as they came, before anything reads them; the senders of those that are new."""
        updates = [_update(bot_id, body) for body in bodies]
        with self._database.transaction() as work:
            return work.updates.keep(account, updates, self._clock.now())

    def senders(self, account: str, limit: int = 1000) -> list[str]:
        with self._database.reading() as work:
            return work.updates.senders(account, self._wall.now(), limit)

    def read(self, account: str, sender: str, limit: int = BATCH) -> Read:
        """Read the chat's next updates into the inbox, up to one whose file must be fetched first."""
        with self._database.transaction() as work:
            waiting = work.updates.next(account, sender, self._wall.now(), limit)
            done: list[Update] = []
            received: str | None = None
            for kept in waiting:
                update = _parsed(work, kept)
                if update is None:
                    continue
                if update.want == "file":
                    if done:
                        return self._result(work, done, received, more=True)
                    return self._fetch(work, kept, update)
                received = self._take(work, kept, update) or received
                done.append(update)
            return self._result(work, done, received, more=len(waiting) == limit)

    def _fetch(self, work: TelegramWork, kept: KeptUpdate, update: Update) -> Read:
        work.updates.claim(kept.id, self._wall.now() + DOWNLOAD_LEASE)
        return Read(fetch=(kept, update), more=True)

    def _result(self, work: TelegramWork, done: list[Update], received: str | None, *, more: bool) -> Read:
        conversation = work.conversations.get(received) if received else None
        held = conversation is not None and conversation.held_by is not None
        return Read(tuple(done), received, held, more=more)

    def _take(self, work: TelegramWork, kept: KeptUpdate, update: Update) -> str | None:
        """Do what the update wants; the conversation that it is an input of."""
        if update.want == "input":
            work.updates.settle(kept.id, "done")
            conversation_id = self._input(work, kept, update)
            self._caption(work, kept, update, update.caption)
            return conversation_id
        if update.want == "joined":
            conversation = work.conversations.find(kept.account, update.sender)
            if conversation is not None:
                work.channels.open_chat(conversation.id, kept.account, self._wall.now())
        work.updates.settle(kept.id, "ignored" if update.want in ("nothing", "leave") else "done")
        return None

    def _input(self, work: TelegramWork, kept: KeptUpdate, update: Update, file: FileRef | None = None) -> str:
        incoming = Incoming(
            account=kept.account,
            sender=update.sender,
            update_id=kept.key,
            kind=update.kind,
            text=None if update.kind == "unreadable" else update.text,
            choice=update.choice,
            file=file,
            locale=update.locale,
            what=update.text if update.kind == "unreadable" else None,
            phone=update.phone,
            message=str(update.message_id) if update.message_id is not None else None,
        )
        conversation_id = self._receive(work, incoming)
        if update.link:
            self._spend(work, conversation_id, update.link)
        return conversation_id

    def _receive(self, work: TelegramWork, incoming: Incoming) -> str:
        speaker = self._speakers.speaker_of(incoming.account)
        locale = self._speakers.first_locale(speaker, incoming.locale)
        received = work.inbox.receive(incoming, speaker, locale, self._clock.now())
        work.channels.open_chat(received.conversation_id, incoming.account, self._wall.now())
        return received.conversation_id

    def _spend(self, work: TelegramWork, conversation_id: str, link: str) -> None:
        """A one-time link finds the borrower and verifies nobody; one that can't be used changes nothing."""
        conversation = work.conversations.lock(conversation_id)
        if conversation.held_by is not None:
            return  # whose chat it is may not change while a person talks with somebody in it
        creditors = self._policies.speaker(conversation.speaker).creditors
        try:
            borrower_id = work.lending.spend_link(link_digest(link), self._clock.now(), creditors)
        except LinkSpent:
            return
        borrower = work.lending.borrower(borrower_id)
        if borrower is None or conversation.borrower_id == borrower_id:
            return
        found = replace(conversation, borrower_id=borrower_id, verified_until=None)
        if not conversation.locale_chosen and borrower.locale:
            found = replace(found, locale=borrower.locale)
        work.conversations.save(found)
        before = work.conversations.tracker(conversation_id)
        turn = before.turn + 1 if before else 0
        # Nothing that was told about somebody else goes on; that they were known here ends with the next turn.
        known = {"verified": True} if before and before.slots.get("verified") else {}
        work.conversations.save_tracker(Tracker(conversation_id, found.locale, slots=dict(known), turn=turn))

    def refuse_file(self, kept: KeptUpdate, update: Update, what: str) -> str:
        """The file is not taken; the borrower is told why, and what they wrote with it is still read."""
        with self._database.transaction() as work:
            work.updates.settle(kept.id, "done")
            refused = replace(update, want="input", kind="unreadable", text=what)
            conversation_id = self._input(work, kept, refused)
            self._caption(work, kept, update, update.text)
            return conversation_id

    def keep_file(self, kept: KeptUpdate, update: Update, media_type: MediaType, content: bytes) -> str:
        """The file was fetched and checked: keep it, and what was written with it as a message of its own."""
        assert update.file
        name = safe_name(update.file.name, media_type)
        # The same upload again gets the same id, so that a retry keeps one file.
        file_id = uuid.uuid5(uuid.NAMESPACE_URL, f"{kept.account}/{kept.key}").hex
        with self._database.transaction() as work:
            work.updates.settle(kept.id, "done")
            file = FileRef(file_id, name, media_type, len(content))
            conversation_id = self._input(work, kept, replace(update, text=None), file)
            if work.files.file(file_id) is None:
                work.files.keep(
                    KeptFile(
                        id=file_id,
                        conversation_id=conversation_id,
                        name=name,
                        media_type=media_type,
                        size=len(content),
                        sha256=hashlib.sha256(content).digest(),
                        kept_at=self._clock.now(),
                    ),
                    content,
                )
            self._caption(work, kept, update, update.text)
            return conversation_id

    def _caption(self, work: TelegramWork, kept: KeptUpdate, update: Update, words: str | None) -> None:
        """What was written with a file or recording is a message of its own, for whatever it says it counts."""
        if words and words.strip():
            key, message = f"{kept.key}/caption", str(update.message_id) if update.message_id is not None else None
            said = Incoming(
                kept.account, update.sender, key, "text", text=words, locale=update.locale, message=message
            )
            self._receive(work, said)

    def try_again(self, kept: KeptUpdate, wait: timedelta, error: str) -> None:
        with self._database.transaction() as work:
            work.updates.release(kept.id, self._wall.now() + wait, error)

    def failed(self, account: str, sender: str, error: str) -> None:
        """The chat's next update can't be read in: count it, and in the end put it aside so that others go on."""
        with self._database.transaction() as work:
            for kept in work.updates.next(account, sender, self._wall.now(), 1):
                if kept.tries + 1 >= TRIES:
                    log.error("update %s of %s is put aside: %s", kept.key, account, error)
                    work.updates.settle(kept.id, "aside", error)
                else:
                    work.updates.claim(kept.id, self._wall.now() + timedelta(seconds=1))

    def title(self, account: str, sender: str, choice: str) -> str | None:
        seq, position = places(choice)
        with self._database.reading() as work:
            conversation = work.conversations.find(account, sender)
            event = work.record.event(conversation.id, seq) if conversation else None
        buttons = event.body.get("buttons", ()) if event and event.body and event.kind == "bot" else ()
        return str(buttons[position - 1]["title"]) if 1 <= position <= len(buttons) else None

    def forget(self, account: str) -> int:
        with self._database.transaction() as work:
            return work.updates.forget(account, self._clock.now() - KEPT_FOR)

    def conversation_id(self, account: str, sender: str) -> str | None:
        with self._database.reading() as work:
            conversation = work.conversations.find(account, sender)
        return conversation.id if conversation else None


def _update(bot_id: str, body: bytes) -> NewUpdate:
    """An update by its own id; one without any by what it says, so that it too is kept once."""
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError):
        raw = None
    number = number_of(raw)
    key = str(number) if number is not None else hashlib.sha256(body).hexdigest()
    return NewUpdate(f"{bot_id}/{key}", number or 0, sender_of(raw), body)


def _parsed(work: TelegramWork, kept: KeptUpdate) -> Update | None:
    """What the update says; one that says nothing known is put aside and reported."""
    try:
        return read(json.loads(kept.body))
    except (BadInput, ValueError, RecursionError) as wrong:
        log.error("update %s of %s can't be read and is put aside: %s", kept.key, kept.account, wrong)
        work.updates.settle(kept.id, "aside", f"{type(wrong).__name__}: {wrong}")
        return None
