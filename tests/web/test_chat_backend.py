"""What a page has fetched is marked once, and marking wakes nobody for ever."""

from contextlib import closing
from typing import Any, cast

import anyio
import pytest
from anyio import CapacityLimiter

from bot.channels.backend import Address
from bot.clock import FixedClock
from bot.conversations.wakeups import Wakeups
from bot.dialogue.messages import Incoming
from bot.lending.policy import Policies
from bot.record.events import NewEvent
from bot.serving import Health
from bot.settings import ROOT
from bot.storage.engine import Database
from bot.web.chat_backend import Backend
from tests.conftest import KEY
from tests.desk.stage import NOW

HERE = Address("web:harbour", "a" * 64)


@pytest.fixture
def backend(database: Database) -> Backend:
    nothing = cast(Any, None)  # no turn runs here
    return Backend(
        database=database,
        turns=nothing,
        worker=nothing,
        wakeups=Wakeups(),
        policies=Policies.load(ROOT / "bot" / "lender" / "demo" / "creditors"),
        languages=("en", "zh_Hans", "zh_Hant"),
        clock=FixedClock(NOW),
        writers=CapacityLimiter(1),
        documents=nothing,
    )


def spoken(database: Database, *texts: str) -> str:
    """A chat in which the bot said these; its id."""
    with database.transaction() as work:
        start = Incoming(HERE.account, HERE.sender, "1", "start")
        conversation = work.inbox.receive(start, "harbour", "en", NOW).conversation_id
        work.conversations.lock(conversation)
        said = work.record.append(conversation, [NewEvent("bot", {"text": text}) for text in texts], NOW)
        work.outbox.put(conversation, [event.seq for event in said], unasked=False, at=NOW)
    return conversation


def marks(database: Database, conversation: str) -> list[dict[str, Any]]:
    with database.reading() as work:
        return [dict(event.body or {}) for event in work.record.events(conversation, kinds=["delivery"])]


def test_naming_a_cursor_marks_what_is_before_it_once(backend: Backend, database: Database) -> None:
    conversation = spoken(database, "one", "two", "three")

    async def read() -> None:
        assert (await backend.read(HERE, 0)).cursor == 3
        assert marks(database, conversation) == []
        assert (await backend.read(HERE, 2)).cursor == 3
        assert marks(database, conversation) == [{"state": "delivered", "seqs": [1, 2]}]
        for _ in range(3):
            await backend.read(HERE, 2)
        await backend.read(HERE, 4)
        await backend.read(HERE, 5)

    anyio.run(read)
    assert marks(database, conversation)[1:] == [{"state": "delivered", "seqs": [3]}]
    with database.reading() as work:
        assert work.record.head(conversation)[0] == 5


def test_two_tabs_come_to_rest(backend: Backend, database: Database) -> None:
    conversation = spoken(database, "one", "two")

    async def follow() -> None:
        cursors = [0, 0]
        for _ in range(8):
            for tab in (0, 1):
                cursors[tab] = (await backend.read(HERE, cursors[tab])).cursor
        assert cursors == [3, 3]

    anyio.run(follow)
    assert len(marks(database, conversation)) == 1


def test_a_stranger_marks_nothing(backend: Backend, database: Database) -> None:
    conversation = spoken(database, "one")

    async def read() -> None:
        await backend.read(Address("web:harbour", "b" * 64), 99)
        await backend.read(Address("web:swiftlend", HERE.sender), 99)

    anyio.run(read)
    assert marks(database, conversation) == []


def test_a_files_name_is_made_harmless(backend: Backend, database: Database) -> None:
    spoken(database, "one")

    async def keep() -> str:
        name = "../../\u202egnp.<b>payslip</b>\r\n.exe"
        return (await backend.keep_file(HERE, "u", name, "image/png", b"x")).name

    name = anyio.run(keep)
    assert name.endswith(".png")
    assert not set(name) & {"/", "\\", "\u202e", "\r", "\n"}


def test_health_asks_the_database(database_url: str) -> None:
    with closing(Database(database_url, KEY)) as database:
        assert anyio.run(Health(database).answers)


def test_health_says_no_when_it_does_not_answer(tmp_path: Any) -> None:
    with closing(Database(f"sqlite:///{tmp_path / 'empty.db'}", KEY)) as database:
        assert not anyio.run(Health(database).answers)
