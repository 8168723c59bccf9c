"""The stream of an open desk: what it tells, and that a cut makes it neither miss nor repeat anything."""

from collections.abc import AsyncGenerator

import anyio
import pytest

from bot.access import Staff
from bot.conversations.store import Conversation
from bot.desk import handoffs
from bot.record.events import NewEvent
from bot.storage.engine import Database
from bot.web import desk_stream
from bot.web import staff as accounts
from bot.web.desk_stream import QueueWatch, Seen, Streams, events
from bot.web.guard import SignedIn
from bot.web.staff_pages import StaffPages
from tests.desk.stage import NOW, ask_for_person, chat, move_in, notice
from tests.web.office import Office

Told = list[tuple[str, str]]  # names of events with the cursor that each carries


@pytest.fixture
def office(database: Database, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(desk_stream, "QUEUE_EVERY", (0.05, 0.05))
    monkeypatch.setattr(desk_stream, "LOOK_EVERY", 0.02)
    move_in(database)
    return Office(database)


def waiting(office: Office) -> tuple[str, Conversation]:
    with office.database.transaction() as work:
        conversation = chat(work, sender="borrower-1", reference="HB-1001")
        return ask_for_person(work, conversation), conversation


def signed_in(office: Office, staff: Staff) -> SignedIn:
    with office.database.transaction() as work:
        return SignedIn(staff, accounts.start_session(work, staff, "test", NOW))


def write(office: Office, pages: StaffPages, conversation: Conversation) -> None:
    with office.database.transaction() as work:
        work.conversations.lock(conversation.id)
        work.record.append(conversation.id, [NewEvent("user", {"kind": "text", "text": "still there?"})], NOW)
    pages.wakeups.changed(conversation.id)


async def heard(stream: AsyncGenerator[str, None], seconds: float = 0.5) -> Told:
    """What comes within some time, signs of life aside."""
    told: Told = []
    with anyio.move_on_after(seconds):
        async for block in stream:
            lines = dict(line.split(": ", 1) for line in block.strip().splitlines())
            if lines.get("event", "alive") != "alive":
                told.append((lines["event"], lines["id"]))
    return told


async def listened(pages: StaffPages, signed: SignedIn, conversation: Conversation, cursor: str) -> Told:
    """What a page that has seen everything up to a cursor is told when it comes."""
    streams = Streams(pages, QueueWatch(pages))
    return await heard(events(streams, signed, conversation.id, Seen.of(cursor)))


def test_what_was_told_is_not_told_again_and_what_came_meanwhile_is(office: Office) -> None:
    _, conversation = waiting(office)
    pages = office.pages()
    signed = signed_in(office, office.hired("collector"))

    async def follow() -> None:
        first = await listened(pages, signed, conversation, "")
        assert sorted(name for name, _ in first) == ["news", "queue"]
        cursor = first[-1][1]
        assert await listened(pages, signed, conversation, cursor) == []
        write(office, pages, conversation)
        (again,) = await listened(pages, signed, conversation, cursor)
        assert again[0] == "news"
        assert await listened(pages, signed, conversation, again[1]) == []

    anyio.run(follow)


def test_an_open_page_hears_of_words_of_its_queue_and_of_typing(office: Office) -> None:
    case, conversation = waiting(office)
    pages = office.pages()
    mei = office.hired("collector")
    signed = signed_in(office, mei)

    async def follow() -> None:
        streams = Streams(pages, QueueWatch(pages))
        cursor = (await listened(pages, signed, conversation, ""))[-1][1]
        told: Told = []
        async with anyio.create_task_group() as both:

            async def listen() -> None:
                told.extend(await heard(events(streams, signed, conversation.id, Seen.of(cursor)), 1.5))

            both.start_soon(listen)
            await anyio.sleep(0.4)
            pages.wakeups.typing(conversation.id, "borrower")
            pages.wakeups.typing(conversation.id, "staff")  # their own page need not be told
            await anyio.sleep(0.2)
            with office.database.transaction() as work:
                handoffs.take(work, case, mei, NOW, notice)
            pages.wakeups.changed(conversation.id)
        assert told[0][0] == "typing"
        assert sorted(name for name, _ in told) == ["news", "queue", "typing"]
        assert streams.open == {}

    anyio.run(follow)


def test_a_stream_ends_with_its_session_and_keeps_none_alive(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_stream, "HEARTBEAT", 0.1)
    _, conversation = waiting(office)
    pages = office.pages()
    staff = office.hired("collector")
    signed = signed_in(office, staff)

    async def follow() -> None:
        assert "signed_out" not in {name for name, _ in await listened(pages, signed, conversation, "")}
        with office.database.transaction() as work:
            found = work.staff.session(accounts.digest_of(signed.token))
            assert found is not None
            assert found.seen_at == NOW
            work.staff.end_sessions(staff.id)
        assert [name for name, _ in await listened(pages, signed, conversation, "")][:1] == ["signed_out"]

    anyio.run(follow)
