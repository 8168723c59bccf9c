"""Wake-ups between two processes on one database, each with its own connections."""

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import anyio
import pytest

from bot.conversations.wakeups import ANY, Wakeups
from bot.record.events import NewEvent
from bot.storage.bells import LOOK, bell_of
from bot.storage.engine import Database
from tests.conftest import KEY
from tests.desk.stage import NOW, chat

SOON = LOOK / 2  # later than this it was not the bell that woke


@contextmanager
def process(database: Database) -> Iterator[Wakeups]:
    """Another process on the same database, as far as wake-ups are concerned."""
    other = Database(database.engine.url.render_as_string(hide_password=False), KEY)
    wakeups = Wakeups()
    bell = bell_of(other, wakeups)
    bell.start()
    try:
        yield wakeups
    finally:
        bell.stop()
        other.close()


@pytest.fixture
def processes(database: Database) -> Iterator[tuple[Wakeups, Wakeups]]:
    with process(database) as one, process(database) as two:
        time.sleep(0.3)  # both listen
        yield one, two


async def woken(wakeups: Wakeups, key: str, cause: Callable[[], Awaitable[None]]) -> float:
    """How many seconds after the cause somebody who waits for `key` is woken; infinite when not soon."""
    with wakeups.waiter(key) as waiter:
        await waiter.wait(0.3)  # a first look tells of everything once
        await cause()
        began = time.monotonic()
        return time.monotonic() - began if await waiter.wait(SOON) else float("inf")


def greet(database: Database, conversation_id: str) -> None:
    with database.transaction() as work:
        work.conversations.lock(conversation_id)
        work.record.append(conversation_id, [NewEvent("user", {"kind": "text", "text": "hello"})], NOW)


def test_a_change_in_one_process_wakes_the_other_soon(
    database: Database, processes: tuple[Wakeups, Wakeups]
) -> None:
    one, two = processes
    with database.transaction() as work:
        conversation = chat(work)

    async def say() -> None:
        greet(database, conversation.id)
        one.changed(conversation.id)

    assert anyio.run(woken, two, conversation.id, say) < SOON
    assert anyio.run(woken, two, ANY, say) < SOON


def test_what_another_process_does_without_a_word_is_found_by_looking(
    database: Database, processes: tuple[Wakeups, Wakeups]
) -> None:
    _, two = processes
    with database.transaction() as work:
        conversation = chat(work)

    async def look() -> None:
        with two.waiter(conversation.id) as waiter:
            await waiter.wait(LOOK + 1)
            greet(database, conversation.id)
            assert conversation.id in await waiter.wait(5 * LOOK)

    anyio.run(look)


def test_typing_is_told_to_other_processes_where_the_database_can(
    database: Database, processes: tuple[Wakeups, Wakeups]
) -> None:
    one, two = processes
    one.typing("a-chat", "borrower")
    time.sleep(0.3)
    assert one.typed("a-chat", "borrower") is not None
    assert one.typed("a-chat", "staff") is None
    assert (two.typed("a-chat", "borrower") is not None) == (database.dialect == "postgresql")


def test_a_lost_listener_comes_back(database: Database, processes: tuple[Wakeups, Wakeups]) -> None:
    if database.dialect == "sqlite":
        pytest.skip("no connection to lose")
    one, two = processes
    with database.transaction() as work:
        # Of this database alone: other tests listen on the same server at the same time.
        listeners = "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%%'"
        work.connection.exec_driver_sql(f"SELECT pg_terminate_backend(pid) {listeners}")
    time.sleep(2.5)  # until it tries again

    async def say() -> None:
        one.changed("a-chat")

    assert anyio.run(woken, two, "a-chat", say) < SOON
