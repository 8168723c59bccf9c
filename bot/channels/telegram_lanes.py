"""One thing after the other for each chat, many chats at once, on one event loop."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


class Threads:
    """Runs what blocks (the database) beside the event loop: one thread where there is one writer."""

    def __init__(self, count: int) -> None:
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="telegram")

    async def __call__(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, lambda: fn(*args, **kwargs))

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)


class Lanes:
    """`run` is called for a key that something came for, and again if more came meanwhile; never twice at once."""

    def __init__(self, run: Callable[[str], Awaitable[None]]) -> None:
        self._run = run
        self._more: dict[str, bool] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.closing = False

    def soon(self, key: str) -> None:
        if self.closing:
            return
        if key in self._more:
            self._more[key] = True
            return
        self._more[key] = False
        task = asyncio.get_running_loop().create_task(self._go(key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _go(self, key: str) -> None:
        while True:
            try:
                await self._run(key)
            except Exception:
                log.exception("%s failed; it is tried again later", key)
                self._more.pop(key, None)
                return
            if self.closing or not self._more[key]:
                del self._more[key]
                return
            self._more[key] = False

    async def close(self, seconds: float) -> None:
        """Let what is under way end, at most so long."""
        self.closing = True
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
