"""Words on their way out, on channels that are sent to: at their pace, in their order, by one worker at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

from bot.clock import Clock
from bot.conversations.channels import ChannelWork, SentChat
from bot.conversations.store import Conversation, Database, Outgoing
from bot.record.events import Event as Event
from bot.record.events import NewEvent

W = TypeVar("W", bound=ChannelWork)
W_contra = TypeVar("W_contra", bound=ChannelWork, contravariant=True)

LOOK_AT = 12  # messages that are looked at together; more would only be put back
TRIES = 18  # of a message that a channel keeps failing to take, by ever longer pauses: most of a day
_LONGEST_PAUSE = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds between two messages in a chat and of a bot. A slot further off than `ahead` is not waited for.

    Telegram: "avoid sending more than one message per second" in a chat, and no more than "30 messages per second"
    of a bot (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this).
    `bulk_ahead`: what nobody asked for goes only when so little else waits for the bot.
    """

    chat_seconds: float = 1.0
    bot_seconds: float = 1 / 27
    ahead: float = 5.0
    bulk_ahead: float = 0.2
    lease: float = 45.0  # beyond the slot: longer than any request to a channel may take


@dataclass(frozen=True, slots=True)
class Now:
    """It may be sent."""


@dataclass(frozen=True, slots=True)
class Later:
    """It may not be sent before `at`."""

    at: datetime


@dataclass(frozen=True, slots=True)
class No:
    """It may not be sent; `why` in a word."""

    why: str


class Gate(Protocol[W_contra]):
    """Asked of every message that nobody asked for, in the transaction that takes it."""

    def ask(self, work: W_contra, conversation: Conversation, now: datetime) -> Now | Later | No: ...


class Lost(Protocol[W_contra]):
    """Told, in the same transaction, that a borrower can't be written to any more."""

    def __call__(self, work: W_contra, conversation: Conversation, now: datetime) -> Sequence[NewEvent]:
        """Whoever must know is told; what goes on the record."""
        ...


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages that leave together as one, at `at`: their rows in the outbox and their events."""

    conversation: Conversation
    rows: tuple[Outgoing, ...]
    events: tuple[Event, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Wait:
    """There is something to send, but not before `until`."""

    until: datetime


class Sending(Generic[W]):
    """Each method is one transaction; nothing of the network happens in it.

    `together` says how many of a chat's next messages leave as one. `now` of pace and pauses is that of `wall`:
    it is a matter between machines, whatever the time in the conversation.
    """

    def __init__(
        self,
        database: Database[W],
        *,
        clock: Clock,
        wall: Clock,
        gate: Gate[W],
        lost: Lost[W],
        together: Callable[[Sequence[Event]], int],
        limits: Limits | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._wall = wall
        self._gate = gate
        self._lost = lost
        self._together = together
        self._limits = limits or Limits()

    def waiting(self, account: str, limit: int = 500) -> list[str]:
        with self._database.reading() as work:
            return work.channels.waiting(account, self._clock.now(), limit)

    def account(self, conversation_id: str) -> str | None:
        """The account that this chat is sent to by; None where its words are fetched."""
        with self._database.reading() as work:
            chat = work.channels.chat(conversation_id)
        return chat.account if chat else None

    def next(self, conversation_id: str) -> Batch | Wait | None:
        """Take what the chat's borrower is to read next; Wait where it is too early; None where nothing waits."""
        with self._database.reading() as work:
            chat = work.channels.chat(conversation_id)
            if chat is None or not work.outbox.ready(conversation_id, self._clock.now(), 1):
                return None
            early = chat.next_send_at - self._wall.now()
        if early > timedelta(0) and chat.unreachable_since is None:
            return Wait(chat.next_send_at)
        with self._database.transaction() as work:
            return self._take(work, conversation_id)

    def _take(self, work: W, conversation_id: str) -> Batch | Wait | None:
        conversation = work.conversations.lock(conversation_id)
        chat = work.channels.chat(conversation_id)
        rows = self._allowed(work, conversation)
        if chat is None or not rows:
            return None
        if chat.unreachable_since is not None:
            for row in rows:
                work.outbox.failed(row.id, "unreachable", None)
            return None
        wait = self._too_early(work, chat, bulk=rows[0].unasked)
        if wait is not None:
            return wait
        return self._batch(work, conversation, rows, self._reserve(work, chat, self._wall.now()))

    def _batch(self, work: W, conversation: Conversation, rows: Sequence[Outgoing], slot: datetime) -> Batch:
        events = [event for row in rows if (event := work.record.event(conversation.id, row.seq)) is not None]
        count = max(1, self._together(events))
        lease = timedelta(seconds=self._limits.lease + self._limits.ahead)
        taken = work.outbox.take(rows[:count], self._clock.now() + lease)
        return Batch(conversation, tuple(taken), tuple(events[:count]), slot)

    def _allowed(self, work: W, conversation: Conversation) -> list[Outgoing]:
        """The next messages, all asked for or all unasked; what may not be sent now is put off or cancelled."""
        allowed: list[Outgoing] = []
        for row in work.outbox.ready(conversation.id, self._clock.now(), LOOK_AT):
            if allowed and row.unasked != allowed[0].unasked:
                break
            answer = self._gate.ask(work, conversation, self._clock.now()) if row.unasked else Now()
            match answer:
                case Later(at):
                    work.outbox.postpone(row.id, at)
                case No(why):
                    work.outbox.cancel(row.id, why)
                case Now():
                    allowed.append(row)
        return allowed

    def _too_early(self, work: W, chat: SentChat, *, bulk: bool) -> Wait | None:
        now = self._wall.now()
        if chat.next_send_at > now:
            return Wait(chat.next_send_at)
        ahead = timedelta(seconds=self._limits.bulk_ahead if bulk else self._limits.ahead)
        free_at = work.channels.account_free_at(chat.account)
        return Wait(free_at - ahead / 2) if free_at - now > ahead else None

    def slot(self, batch: Batch, *, missed: bool = False) -> datetime:
        """Another moment to send at: for what does not fit into one message, or since the first was `missed`."""
        with self._database.transaction() as work:
            work.outbox.lock(batch.conversation.id)
            chat = work.channels.chat(batch.conversation.id)
            assert chat  # it was there when the batch was taken, and is never removed
            now = self._wall.now()
            return self._reserve(work, replace(chat, next_send_at=now) if missed else chat, now)

    def rest(self, account: str, span: timedelta) -> None:
        """Send nothing from this account for a while."""
        with self._database.transaction() as work:
            work.channels.rest(account, self._wall.now() + span)

    def _reserve(self, work: W, chat: SentChat, now: datetime) -> datetime:
        gaps = timedelta(seconds=self._limits.chat_seconds), timedelta(seconds=self._limits.bot_seconds)
        return work.channels.reserve(chat, now, chat_gap=gaps[0], account_gap=gaps[1])

    def sent(self, batch: Batch, remote_id: str | None) -> None:
        with self._database.transaction() as work:
            work.conversations.lock(batch.conversation.id)
            for row in batch.rows:
                work.outbox.sent(row.id, self._clock.now(), remote_id)
            self._mark(work, batch, "sent", {"remote": remote_id} if remote_id else {})

    def failed(self, batch: Batch, why: str) -> None:
        """The channel will never take these; what comes after them goes on."""
        with self._database.transaction() as work:
            work.conversations.lock(batch.conversation.id)
            for row in batch.rows:
                work.outbox.failed(row.id, why, None)
            self._mark(work, batch, "failed", {"why": why})

    def pause(self, batch: Batch, span: timedelta, why: str) -> None:
        """The channel said how long to wait: nothing goes into this chat before, and no other chat waits."""
        with self._database.transaction() as work:
            work.outbox.lock(batch.conversation.id)
            work.channels.pause(batch.conversation.id, self._wall.now() + span)
            self._put_back(work, batch, why)

    def again(self, batch: Batch, why: str) -> None:
        """Something failed that may pass: tried again after a pause that grows, given up in the end."""
        tries = batch.rows[0].attempts
        if tries >= TRIES:
            self.failed(batch, why)
            return
        self.pause(batch, min(timedelta(seconds=2**tries), _LONGEST_PAUSE), why)

    def _put_back(self, work: W, batch: Batch, why: str) -> None:
        for row in reversed(batch.rows):
            work.outbox.failed(row.id, why, self._clock.now())

    def unreachable(self, conversation_id: str, why: str, batch: Batch | None = None) -> None:
        """The borrower has blocked the channel, or is gone: nothing more is tried until they come back."""
        with self._database.transaction() as work:
            conversation = work.conversations.lock(conversation_id)
            now = self._clock.now()
            for taken in batch.rows if batch else ():
                work.outbox.failed(taken.id, why, None)
            for row in work.outbox.ready(conversation_id, now):
                work.outbox.failed(row.id, why, None)
            if work.channels.unreachable(conversation_id, self._wall.now()):
                gone = NewEvent("delivery", {"state": "unreachable", "why": why})
                work.record.append(conversation_id, [gone, *self._lost(work, conversation, now)], now)

    def _mark(self, work: W, batch: Batch, state: str, more: dict[str, Any]) -> None:
        body = {"state": state, "seqs": [row.seq for row in batch.rows], **more}
        work.record.append(batch.conversation.id, [NewEvent("delivery", body)], self._clock.now())
