"""What an open desk is told as it happens: the queue has changed, the case that is shown has news, somebody types.

An event says that something is new, never what: the page asks for what it lacks by its cursor. The stream's own
cursor holds what the page has seen of both, so that after a cut nothing is missed and nothing told twice.
"""

import asyncio
import hashlib
import json
import random
import time
from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from bot.access import Staff
from bot.conversations.wakeups import ANY, TYPING, Waiter
from bot.web import staff as accounts
from bot.web.guard import SignedIn
from bot.web.staff_pages import StaffPages
from bot.web.work import StaffWork

HEARTBEAT = 15.0  # seconds between signs of life, at which also the session is looked at
QUEUE_EVERY = (3.0, 6.0)  # a page hears of its queue no more often than this: drawn anew, so that pages spread out
LOOK_EVERY = 0.25  # the queues are looked at no more often than this, however much happens
LONGEST_LOOK = 5.0  # and no less often than this, while anybody has the desk open
STREAMS_OF_A_SESSION = 12  # tabs, and connections that died unnoticed
QUEUE = "queue"  # what a waiter hears when some queue has changed


class QueueWatch:
    """Looks at the queues for all open pages of this process at once."""

    def __init__(self, pages: StaffPages) -> None:
        self._pages = pages
        self._versions: Mapping[str, str] = {}
        self._waiters: set[Waiter] = set()
        self._task: asyncio.Task[None] | None = None

    @contextmanager
    def telling(self, waiter: Waiter) -> Iterator[None]:
        """Fire `waiter` on each change until the block ends; the looking goes on while there is one."""
        self._waiters.add(waiter)
        if self._task is None:
            self._task = asyncio.create_task(self._look_again())
        try:
            yield
        finally:
            self._waiters.discard(waiter)
            if not self._waiters and self._task:
                self._task.cancel()
                self._task = None

    def version(self, staff: Staff) -> str:
        """Another one whenever the queue of `staff` may show something else."""
        seen = sorted(item for item in self._versions.items() if staff.covers(item[0]))
        return hashlib.sha256(repr(seen).encode()).hexdigest()[:12]

    async def look(self) -> None:
        found = await self._pages.port.run(lambda work: work.pulse.queues(), reading=True)
        if found != self._versions:
            self._versions = found
            for waiter in self._waiters:
                waiter.fire(QUEUE)

    async def _look_again(self) -> None:
        with self._pages.wakeups.waiter(ANY) as waiter:
            while True:
                try:
                    await self.look()
                except Exception:  # noqa: BLE001 - the database may be away; the pages poll meanwhile
                    await asyncio.sleep(LONGEST_LOOK)
                await asyncio.sleep(LOOK_EVERY)
                await waiter.wait(LONGEST_LOOK)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page shows: `after` is the newest event of its case, `queue` the version of its queue."""

    after: int = 0
    queue: str = ""

    @classmethod
    def of(cls, cursor: str) -> "Seen":
        after, _, queue = cursor.partition(".")
        return cls(int(after) if after.isdecimal() and len(after) < 16 else 0, queue[:40])

    @property
    def cursor(self) -> str:
        return f"{self.after}.{self.queue}"


@dataclass(slots=True)
class Streams:
    """The streams of this process."""

    pages: StaffPages
    watch: QueueWatch
    open: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def counted(self, session: str) -> Iterator[None]:
        self.open[session] += 1
        try:
            yield
        finally:
            self.open -= Counter([session])

    def full(self, signed: SignedIn) -> bool:
        return self.open[signed.token] >= STREAMS_OF_A_SESSION


async def events(
    streams: Streams, signed: SignedIn, conversation_id: str | None, seen: Seen
) -> AsyncGenerator[str, None]:
    """Server-sent events until the session or the connection ends."""
    keys = (conversation_id,) if conversation_id else ()
    wakeups = streams.pages.wakeups
    with streams.counted(signed.token), wakeups.waiter(*keys) as waiter, streams.watch.telling(waiter):
        await streams.watch.look()
        page = _Page(streams, signed, conversation_id, seen)
        fired: set[str] = set()
        yield "retry: 2000\n\n"
        while True:
            for event in await page.news(fired):
                yield event
            if page.ended:
                return
            fired = await waiter.wait(page.patience())


class _Page:
    """One open page: what it has been told, and when."""

    def __init__(self, streams: Streams, signed: SignedIn, conversation_id: str | None, seen: Seen) -> None:
        self._pages, self._watch = streams.pages, streams.watch
        self._signed = signed
        self._conversation_id = conversation_id
        self._seen = seen
        self._queue_told = float("-inf")  # by the monotonic clock, as are the two below
        self._queue_every = 0.0  # the first time at once
        self._looked = float("-inf")
        self._typed = 0.0
        self.ended = False

    async def news(self, fired: set[str]) -> list[str]:
        told: list[str] = []
        if self._conversation_id in fired or self._due():
            told += await self._look()
        told += self._typing() + self._queue()
        return told

    def patience(self) -> float:
        """How long to wait when nothing happens."""
        now = time.monotonic()
        until = self._looked + HEARTBEAT
        if self._queue_is_new():
            until = min(until, self._queue_told + self._queue_every)
        return max(until - now, 0.01)

    def _due(self) -> bool:
        return time.monotonic() - self._looked >= HEARTBEAT

    async def _look(self) -> list[str]:
        """Whether the session lasts, and whether the case has news."""
        quiet = self._due()
        self._looked = time.monotonic()
        lasts, length = await self._pages.port.run(self._read, reading=True)
        if not lasts:
            self.ended = True
            return [self._event("signed_out")]
        if length > self._seen.after and self._conversation_id:
            self._seen = replace(self._seen, after=length)
            return [self._event("news", after=length)]
        return [self._event("alive")] if quiet else []

    def _read(self, work: StaffWork) -> tuple[bool, int]:
        lasts = accounts.staff_of(work, self._signed.token, self._pages.clock.now()) is not None
        return lasts, work.pulse.length(self._conversation_id) if self._conversation_id else 0

    def _typing(self) -> list[str]:
        at = self._conversation_id and self._pages.wakeups.typed(self._conversation_id, "borrower")
        if not at or at == self._typed:
            return []
        self._typed = at
        return [self._event("typing", seconds=TYPING)]

    def _queue_is_new(self) -> bool:
        return self._watch.version(self._signed.staff) != self._seen.queue

    def _queue(self) -> list[str]:
        if not self._queue_is_new() or time.monotonic() - self._queue_told < self._queue_every:
            return []
        self._queue_told = time.monotonic()
        self._queue_every = random.uniform(*QUEUE_EVERY)  # noqa: S311 - nothing hangs on guessing it
        self._seen = replace(self._seen, queue=self._watch.version(self._signed.staff))
        return [self._event("queue")]

    def _event(self, name: str, **data: object) -> str:
        return f"id: {self._seen.cursor}\nevent: {name}\ndata: {json.dumps(data)}\n\n"
