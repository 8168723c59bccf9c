"""Tells who waits for a conversation that it changed: in this process at once, in others by polling."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Awaitable, Callable

POLL = 2.0  # seconds after which a waiter looks for itself: another process may have done the turn


class Wakeups:
    """`changed` may be called from any thread; `wait` is awaited on any loop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: list[Callable[[str], None]] = []
        self._waiting: dict[str, set[tuple[asyncio.AbstractEventLoop, asyncio.Event]]] = defaultdict(set)

    def changed(self, key: str) -> None:
        """Wake everybody who waits for `key`; call it after the commit, never before."""
        with self._lock:
            waiting = list(self._waiting.get(key, ()))
        for listener in self._listeners:
            listener(key)
        for loop, event in waiting:
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)

    def listen(self, listener: Callable[[str], None]) -> None:
        """Have `listener` told of every change, in the thread that made it: it must be quick and not fail."""
        self._listeners.append(listener)

    async def wait(self, key: str, timeout: float, come: Callable[[], Awaitable[bool]]) -> None:
        """Come back on the next change of `key`, at the latest after `timeout` seconds or POLL.

        `come` says whether it has changed already; it is asked once this waiter can no longer miss a change.
        """
        waiter = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._waiting[key].add(waiter)
        try:
            if await come():
                return
            async with asyncio.timeout(min(timeout, POLL)):
                await waiter[1].wait()
        except TimeoutError:
            pass
        finally:
            with self._lock:
                self._waiting[key].discard(waiter)
                if not self._waiting[key]:
                    del self._waiting[key]
