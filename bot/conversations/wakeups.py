"""Tells who waits for a conversation that it changed: in this process at once, in others through a bell."""

import asyncio
import threading
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal, Protocol

POLL = 2.0  # seconds after which a waiter looks for itself: another process may have done the turn
TYPING = 6.0  # seconds for which a sign of typing holds
ANY = "*"  # to wait for a change of whatever conversation
Side = Literal["borrower", "staff"]
Typist = tuple[str, Side]


class Bell(Protocol):
    """Carries changes to the other processes on the same database, as far as that is possible."""

    def ring(self, key: str, typist: Side | None = None) -> None:
        """Called after the commit, from any thread; it neither waits nor fails."""
        ...


class Waiter:
    """Collects which of its keys have changed, so that none is missed between two looks."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._event = asyncio.Event()
        self._fired: set[str] = set()

    async def wait(self, timeout: float) -> set[str]:
        """The keys that have changed since the last call; empty after `timeout` seconds without any."""
        try:
            async with asyncio.timeout(timeout):
                await self._event.wait()
        except TimeoutError:
            pass
        self._event.clear()
        fired, self._fired = self._fired, set()
        return fired

    def fire(self, key: str) -> None:
        """From any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._note, key)

    def _note(self, key: str) -> None:
        self._fired.add(key)
        self._event.set()


class Wakeups:
    """`changed`, `typing` and `heard` may be called from any thread; waiters wait on any loop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: list[Callable[[str], None]] = []
        self._waiting: dict[str, set[Waiter]] = defaultdict(set)
        self._typing: dict[Typist, float] = {}
        self._bell: Bell | None = None

    def changed(self, key: str) -> None:
        """Wake everybody who waits for `key`; call it after the commit, never before."""
        self._fire(key)
        for listener in self._listeners:
            listener(key)
        if self._bell:
            self._bell.ring(key)

    def typing(self, key: str, side: Side) -> None:
        """Somebody is writing just now: a signal for a few seconds, on no record."""
        self._type(key, side)
        if self._bell:
            self._bell.ring(key, side)

    def heard(self, keys: Collection[str], typists: Sequence[Typist] = ()) -> None:
        """What another process changed, and who is writing there."""
        for key in keys:
            self._fire(key)
        for key, side in typists:
            self._type(key, side)

    def listen(self, listener: Callable[[str], None]) -> None:
        """Have `listener` told of every change, in the thread that made it: it must be quick and not fail."""
        self._listeners.append(listener)

    def tell_others(self, bell: Bell) -> None:
        self._bell = bell

    def awaited(self) -> list[str]:
        """The keys that somebody waits for just now."""
        with self._lock:
            return list(self._waiting)

    def typed(self, key: str, side: Side) -> float | None:
        """When that side last gave a sign of typing, by the monotonic clock; None when it has stopped."""
        at = self._typing.get((key, side))
        return at if at is not None and time.monotonic() - at < TYPING else None

    @contextmanager
    def waiter(self, *keys: str) -> Iterator[Waiter]:
        """Waits for all of `keys` until the block ends; look for yourself once inside, then wait."""
        waiter = Waiter()
        with self._lock:
            for key in keys:
                self._waiting[key].add(waiter)
        try:
            yield waiter
        finally:
            with self._lock:
                for key in keys:
                    self._waiting[key].discard(waiter)
                    if not self._waiting[key]:
                        del self._waiting[key]

    async def wait(self, key: str, timeout: float, come: Callable[[], Awaitable[bool]]) -> None:
        """Come back on the next change of `key`, at the latest after `timeout` seconds or POLL.

        `come` says whether it has changed already; it is asked once this waiter can no longer miss a change.
        """
        with self.waiter(key) as waiter:
            if not await come():
                await waiter.wait(min(timeout, POLL))

    def _fire(self, key: str) -> None:
        with self._lock:
            waiting = [*self._waiting.get(key, ()), *self._waiting.get(ANY, ())]
        for waiter in waiting:
            waiter.fire(key)

    def _type(self, key: str, side: Side) -> None:
        now = time.monotonic()
        with self._lock:
            self._typing = {typist: at for typist, at in self._typing.items() if now - at < TYPING}
            self._typing[key, side] = now
        self._fire(key)
