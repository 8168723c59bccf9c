"""A bot's updates: kept in order until they are confirmed, a day at most, and fetched by one poller at a time."""

import asyncio
import random
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tests.telegram.rules import Refused, bad

KEPT = 24 * 3600.0
WEEK = 7 * KEPT
# What is left out where nothing was wished for.
_ONLY_ON_REQUEST = {"chat_member", "message_reaction", "message_reaction_count"}
_LONGEST_POLL = 50


@dataclass(slots=True)
class Waiting:
    id: int
    at: float
    body: dict[str, Any]


@dataclass(slots=True)
class Webhook:
    url: str
    secret: str | None = None
    max_connections: int = 40
    failed_at: float | None = None
    problem: str | None = None


class Queue:
    """`first` is the first update's id; `confirmed` every update that the bot was done with, in order."""

    def __init__(self, clock: Callable[[], float], first: int = 87_000_001) -> None:
        self._clock = clock
        self._lock = threading.RLock()  # people write from other threads than the server's
        self._next, self._newest_at = first, clock()
        self._listeners: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
        self.poller: object | None = None
        self.waiting: list[Waiting] = []
        self.handed: list[int] = []  # ids in the order in which they were given out, again and again
        self.confirmed: list[int] = []
        self.allowed: set[str] | None = None
        self.webhook: Webhook | None = None

    def put(self, kind: str, body: dict[str, Any]) -> int:
        """Queue an update, if its kind is wanted; its id counts in any case."""
        update_id = self._number()
        wanted = kind not in _ONLY_ON_REQUEST if not self.allowed else kind in self.allowed
        if wanted:
            self._put({"update_id": update_id, kind: body})
        return update_id

    def put_raw(self, body: dict[str, Any]) -> int:
        """Queue an update as no client would make it."""
        update_id = self._number()
        self._put({"update_id": update_id, **body})
        return update_id

    def _number(self) -> int:
        """One more than the last; after a week of silence another, which may be lower."""
        with self._lock:
            now = self._clock()
            if now - self._newest_at >= WEEK:
                self._next = random.randrange(1, self._next)
            self._newest_at = now
            self._next += 1
            return self._next - 1

    def put_back(self, body: dict[str, Any]) -> None:
        """Give an update out once more, as where a confirmation was lost."""
        self._put(body)

    def _put(self, body: dict[str, Any]) -> None:
        with self._lock:
            self.waiting.append(Waiting(body["update_id"], self._clock(), body))
        self.wake()

    def allow(self, kinds: Iterable[object] | None) -> None:
        """Which kinds are queued from now on; None leaves it as it is."""
        if kinds is None:
            return
        wished = list(kinds)
        if not all(isinstance(kind, str) for kind in wished):
            raise bad("parameter_types", "allowed_updates must be an Array of String")
        self.allowed = {str(kind) for kind in wished}

    def expire(self) -> None:
        oldest = self._clock() - KEPT
        with self._lock:
            self.waiting = [update for update in self.waiting if update.at > oldest]

    def confirm(self, below: int) -> None:
        """Forget every update whose id is lower."""
        with self._lock:
            self.confirmed += [update.id for update in self.waiting if update.id < below]
            self.waiting = [update for update in self.waiting if update.id >= below]

    def done(self, update_id: int) -> None:
        """Forget one update, that a webhook has taken."""
        with self._lock:
            self.confirmed.append(update_id)
            self.waiting = [update for update in self.waiting if update.id != update_id]

    def drop(self) -> None:
        with self._lock:
            self.waiting = []

    def fetch(self, offset: int, limit: int) -> list[dict[str, Any]]:
        self.expire()
        with self._lock:
            return self._fetch(offset, limit)

    def _fetch(self, offset: int, limit: int) -> list[dict[str, Any]]:
        if offset < 0 and self.waiting:
            self.confirm(self.waiting[max(0, len(self.waiting) + offset)].id)
        elif offset > 0:
            self.confirm(offset)
        given = self.waiting[:limit]
        self.handed += [update.id for update in given]
        return [update.body for update in given]

    async def poll(self, offset: int, limit: int, timeout: int, gone: Callable[[], Any]) -> list[dict[str, Any]]:
        """What getUpdates gives; the newest of two at once wins, and the older one is told so."""
        me = self.poller = object()
        end = asyncio.get_running_loop().time() + min(timeout, _LONGEST_POLL)
        self.wake()
        while True:
            event = self.listen()
            self._still_mine(me)
            found = self.fetch(offset, limit)
            left = end - asyncio.get_running_loop().time()
            if found or left <= 0 or await gone():
                return found
            offset = max(offset, 0)  # a negative one counts from what was there at first
            await until(event, min(left, 0.5))

    def _still_mine(self, me: object) -> None:
        if self.webhook is not None:
            raise Refused("exclusive", 409, "Conflict: terminated by setWebhook request")
        if self.poller is not me:
            raise Refused(
                "one_poller",
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            )

    def listen(self) -> asyncio.Event:
        """An event that is set at the next change; wait for it on the loop that asks."""
        event = asyncio.Event()
        with self._lock:
            self._listeners.append((asyncio.get_running_loop(), event))
        return event

    def wake(self) -> None:
        with self._lock:
            listeners, self._listeners = self._listeners, []
        for loop, event in listeners:
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)


async def until(event: asyncio.Event, seconds: float) -> None:
    """Until it is set, at the longest so many seconds."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return


async def stopped(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel what runs, and wait until it has put everything away."""
    running = list(tasks)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
