"""Wakes the waiters of the other processes on the same database: by notifications, or by looking at its version."""

import json
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any, TypeVar, cast

import psycopg
import sqlalchemy as sa

from bot.conversations.wakeups import ANY, Side, Typist, Wakeups
from bot.storage.engine import Database
from bot.storage.schema import conversations

T = TypeVar("T")
log = logging.getLogger(__name__)

CHANNEL = "bot_changes"
COALESCE = 0.005  # seconds that a notification waits for company
LOOK = 2.0  # seconds between looks of one's own: a notification is lost with its connection
VERSION_EVERY = 0.1  # seconds between two looks at SQLite's data_version, which costs some microseconds
LISTENING = 0.5  # seconds after which a listener sees that it is to stop
ASKED = 500  # conversations in one question
MOST = 150  # changes in one notification, which PostgreSQL bounds to 8,000 bytes
SLOWEST = 30.0  # seconds between tries to reach a database that does not answer

_LENGTHS = sa.select(conversations.c.id, conversations.c.chain_length).where(
    conversations.c.id.in_(sa.bindparam("ids", expanding=True))
)


def bell_of(database: Database, wakeups: Wakeups) -> "PostgresBell | SqliteBell":
    """The bell for this kind of database; start it, and the wake-ups reach other processes and come from them."""
    return SqliteBell(database, wakeups) if database.dialect == "sqlite" else PostgresBell(database, wakeups)


class _Look:
    """Finds out which of the awaited conversations have grown, whoever made them grow."""

    def __init__(self, database: Database, wakeups: Wakeups) -> None:
        self._database = database
        self._wakeups = wakeups
        self._known: dict[str, int] = {}

    def look(self) -> None:
        found: dict[str, int] = {}
        with self._database.reading() as work:
            for ids in _batched(self._wakeups.awaited(), ASKED):
                found |= {row[0]: row[1] for row in work.connection.execute(_LENGTHS, {"ids": ids})}
        grown = [key for key, length in found.items() if self._known.get(key) != length]
        self._known = found
        self._wakeups.heard([*grown, ANY])


class _Threads:
    """Background threads that come back after a failure of the database, later and later."""

    def __init__(self, runs: Mapping[str, Callable[[], None]]) -> None:
        self.stopped = threading.Event()
        self._threads = [threading.Thread(target=self._keep, args=(run,), name=name) for name, run in runs.items()]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self.stopped.set()
        for thread in self._threads:
            thread.join()

    def _keep(self, run: Callable[[], None]) -> None:
        wait = 1.0
        while not self.stopped.is_set():
            began = time.monotonic()
            try:
                run()
            except (psycopg.Error, sqlite3.Error, sa.exc.SQLAlchemyError) as error:
                log.warning("live pages hear nothing of other processes for now: %s", type(error).__name__)
            wait = 1.0 if time.monotonic() - began > SLOWEST else min(wait * 2, SLOWEST)
            self.stopped.wait(wait)


class PostgresBell:
    """Notifications carry keys alone and are sent after the commit, several at once: they hold no commit up."""

    def __init__(self, database: Database, wakeups: Wakeups) -> None:
        self._engine = database.engine
        self._wakeups = wakeups
        self._look = _Look(database, wakeups)
        self._out: set[tuple[str, Side | None]] = set()
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._own = -1  # the server's number for the connection that this process notifies by
        self._threads = _Threads({"bell-ring": self._ring, "bell-listen": self._listen})

    def start(self) -> None:
        self._wakeups.tell_others(self)
        self._threads.start()

    def stop(self) -> None:
        self._threads.stopped.set()
        self._ready.set()
        self._threads.stop()

    def ring(self, key: str, typist: Side | None = None) -> None:
        with self._lock:
            self._out.add((key, typist))
        self._ready.set()

    def _connect(self) -> "psycopg.Connection[Any]":
        args, options = self._engine.dialect.create_connect_args(self._engine.url)
        return psycopg.connect(*args, **options, autocommit=True)

    def _ring(self) -> None:
        with self._connect() as connection:
            self._own = connection.info.backend_pid
            while not self._threads.stopped.is_set():
                self._ready.wait()
                self._ready.clear()
                time.sleep(COALESCE)
                with self._lock:
                    out, self._out = self._out, set()
                for some in _batched(sorted(out, key=str), MOST):
                    connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, json.dumps(some)))

    def _listen(self) -> None:
        with self._connect() as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            self._look.look()
            looked = time.monotonic()
            while not self._threads.stopped.is_set():
                for notice in connection.notifies(timeout=LISTENING):
                    if notice.pid != self._own:
                        self._hear(json.loads(notice.payload))
                if time.monotonic() - looked > LOOK:
                    self._look.look()
                    looked = time.monotonic()

    def _hear(self, told: Sequence[Sequence[str | None]]) -> None:
        keys = [str(key) for key, side in told if side is None]
        self._wakeups.heard(keys, _typists(told))


def _batched(items: Sequence[T], most: int) -> Iterator[Sequence[T]]:
    return (items[start : start + most] for start in range(0, len(items), most))


def _typists(told: Iterable[Sequence[str | None]]) -> list[Typist]:
    return [(str(key), cast("Side", side)) for key, side in told if side is not None]


class SqliteBell:
    """SQLite can tell that another connection has written, not what; signs of typing stay in their process."""

    def __init__(self, database: Database, wakeups: Wakeups) -> None:
        self._path = str(database.engine.url.database)
        self._look = _Look(database, wakeups)
        self._threads = _Threads({"bell": self._watch})

    def start(self) -> None:
        self._threads.start()

    def stop(self) -> None:
        self._threads.stop()

    def _watch(self) -> None:
        with closing(sqlite3.connect(self._path)) as connection:
            seen = None
            while not self._threads.stopped.wait(VERSION_EVERY):
                (version,) = connection.execute("PRAGMA data_version").fetchone()
                if version != seen:
                    self._look.look()
                seen = version
