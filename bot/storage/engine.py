"""The database: its engine, set up so that no write is lost, and the transactions that entry points open."""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from bot.errors import BadInput
from bot.storage.claims import INDEXING, claimed
from bot.storage.fields import Fields
from bot.storage.work import Work

log = logging.getLogger(__name__)

BUSY_SECONDS = 30
_DRIVERS = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg", "sqlite": "sqlite"}
_PRAGMAS: tuple[str, ...] = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}",
    "PRAGMA foreign_keys=ON",
)


class Database:
    """SQLite (`sqlite:///path`) or PostgreSQL (`postgresql://…`), with the key that seals personal data.

    `pool` is how many connections PostgreSQL is asked for at most; SQLite has one writer in any case.
    """

    def __init__(self, url: str, key: bytes, *, earlier_keys: Sequence[bytes] = (), pool: int = 8) -> None:
        self._fields = Fields(key, earlier_keys)
        self.engine = _engine(_parsed(url), pool)
        self._reader = self.engine.execution_options(read_only=True, postgresql_readonly=True)
        self._writer = _OneWriter() if self.engine.dialect.name == "sqlite" else None

    @property
    def dialect(self) -> str:
        return self.engine.dialect.name

    @contextmanager
    def transaction(self) -> Iterator[Work]:
        """Leaving the block commits and then runs what was asked for after the commit; an exception rolls back."""
        if self._writer is None:
            with self.engine.begin() as connection:
                work = Work(connection, self._fields)
                yield work
                work.flush()
        else:
            with self._writer, self.engine.begin() as connection:
                work = Work(connection, self._fields)
                yield work
                work.flush()
        for callback in work.callbacks:
            try:
                callback()
            except Exception:
                log.exception("a callback after a commit failed")

    @contextmanager
    def reading(self) -> Iterator[Work]:
        """One consistent view, without any lock; writing in it is an error on PostgreSQL."""
        with self._reader.connect() as connection:
            yield Work(connection, self._fields)

    def indexing(self) -> AbstractContextManager[bool]:
        """Whether it is this process's turn to bring the search index up to date, for the length of the block."""
        return claimed(self.engine, INDEXING)

    def migrate(self) -> None:
        """Bring the schema up to date; several processes may start at once."""
        from bot.storage.migrations import upgrade  # alembic takes a while to import, and few need it

        upgrade(self.engine)

    def is_current(self) -> bool:
        """Whether `migrate` has nothing to do."""
        from bot.storage.migrations import is_current

        return is_current(self.engine)

    def close(self) -> None:
        """What is still in use, by a request that nobody waits for, is closed when it is given back."""
        sa.event.listen(self.engine.pool, "checkin", _not_kept)
        self.engine.dispose()


class _OneWriter:
    """Lets the threads of a process queue for SQLite's one writer in turn, instead of polling for its lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner: int | None = None

    def __enter__(self) -> None:
        if self._owner == threading.get_ident():
            raise RuntimeError("this thread already has a transaction open")
        self._lock.acquire()
        self._owner = threading.get_ident()

    def __exit__(self, *exc: object) -> None:
        self._owner = None
        self._lock.release()


def _parsed(url: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
    except ArgumentError:
        raise BadInput("database URL", "it is not one; sqlite:///file.db or postgresql://host/name") from None
    driver = _DRIVERS.get(parsed.get_backend_name())
    if driver is None:
        raise BadInput("database URL", f"{parsed.get_backend_name()} is not known; use sqlite or postgresql")
    if driver == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise BadInput("database URL", "SQLite needs a file: several threads and processes share it")
    return parsed.set(drivername=driver)


def _engine(url: sa.URL, pool: int) -> sa.Engine:
    if url.get_backend_name() != "sqlite":
        server = sa.create_engine(url, pool_size=pool, max_overflow=0, pool_recycle=600, pool_use_lifo=True)
        # Many rows in one statement, where the driver would send one statement a row: an import takes a third.
        server.dialect.use_insertmanyvalues_wo_returning = True
        return server
    engine = sa.create_engine(url, pool_size=pool, max_overflow=64, connect_args={"timeout": BUSY_SECONDS})
    sa.event.listen(engine, "connect", _on_connect)
    sa.event.listen(engine, "begin", _on_begin)
    return engine


def _not_kept(connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:  # noqa: ARG001
    record.invalidate()


def _on_connect(connection: DBAPIConnection, record: Any) -> None:  # noqa: ARG001
    # The driver would otherwise open transactions of its own, deferred ones, which lose writes.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _on_begin(connection: sa.Connection) -> None:
    # The write lock first: a transaction that has read before it writes could otherwise not be serialised.
    read_only = connection.get_execution_options().get("read_only")
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
