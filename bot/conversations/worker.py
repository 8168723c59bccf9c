"""Threads that handle turns: one where the database has one writer, a pool where it has many."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Generic

from bot.conversations.store import Database, W
from bot.conversations.turn import Turns

log = logging.getLogger(__name__)


class Worker(Generic[W]):
    """Handles conversations in the background, one thread a conversation at a time within this process.

    The row lock keeps order across processes; this only keeps threads from queueing on it for nothing.
    """

    def __init__(self, turns: Turns[W], database: Database[W], threads: int) -> None:
        self._turns = turns
        self._database = database
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="turn")
        self._lock = threading.Lock()
        self._busy: dict[str, bool] = {}  # conversation → something more came while it was being handled
        self._closed = False

    def handle_soon(self, conversation_id: str) -> None:
        """Have the conversation's waiting inputs handled; safe to call again while they are."""
        with self._lock:
            if self._closed:
                return  # what is stored is handled at the next start
            if conversation_id in self._busy:
                self._busy[conversation_id] = True
                return
            self._busy[conversation_id] = False
            self._pool.submit(self._run, conversation_id)

    def recover(self, limit: int = 1000) -> int:
        """Take up what was stored but not handled, as after a kill; how many conversations."""
        with self._database.reading() as work:
            waiting = work.inbox.waiting(limit)
        for conversation_id in waiting:
            self.handle_soon(conversation_id)
        return len(waiting)

    def close(self) -> None:
        with self._lock:
            self._closed = True
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, conversation_id: str) -> None:
        """Handle one input; what else waits in this conversation goes behind what waits in others."""
        try:
            more = self._turns.handle(conversation_id)
        except Exception:
            log.exception("conversation %s could not be handled; it is tried again later", conversation_id)
            with self._lock:
                self._busy.pop(conversation_id, None)
            return
        with self._lock:
            if not (more or self._busy.get(conversation_id)) or self._closed:
                self._busy.pop(conversation_id, None)
                return
            self._busy[conversation_id] = False
            self._pool.submit(self._run, conversation_id)
