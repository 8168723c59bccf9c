"""What a chat on Telegram brings is read in whole: words beside a recording, a return after a block, a bad file."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from unittest.mock import AsyncMock, MagicMock

import pytest

from bot.assembly import App, SpeakerBook
from bot.channels.telegram_bots import RunningBot
from bot.channels.telegram_intake import DOWNLOADS, Intake
from bot.channels.telegram_lanes import Threads
from bot.channels.telegram_port import Read
from bot.channels.telegram_updates import NOTHING, RemoteFile, Update, read
from bot.clock import SystemClock
from bot.conversations.channels import KeptUpdate
from bot.dialogue.understanding import Understanding
from bot.lending.identity import link_digest, new_link_token
from bot.web.telegram_backend import TelegramBackend
from tests.conversations.driver import Chat, demo_app
from tests.desk.stage import hire
from tests.telegram.test_files import picture

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
ACCOUNT = "telegram:harbour"
ME = {"id": 7, "language_code": "en"}


def message(number: int, **content: Any) -> dict[str, Any]:
    return {"message_id": number, "date": 1, "chat": {"id": 7, "type": "private"}, "from": ME, **content}


@pytest.fixture
def app(sqlite_url: str, tmp_path: Path, model: Understanding) -> Iterator[App]:
    app = demo_app(sqlite_url, tmp_path, NOW, model)
    yield app
    app.close()


class Phone(Chat):
    """A chat whose updates come as Telegram writes them, and are handled as they are read."""

    def bring(self, **update: Any) -> list[str]:
        """The responses that an update is answered with."""
        backend = TelegramBackend(
            self.app.database,
            clock=self.app.clock,
            wall=SystemClock(),
            speakers=SpeakerBook(self.app.policies, self.app.catalogues),
            policies=self.app.policies,
        )
        backend.open_account(ACCOUNT)
        self._number = getattr(self, "_number", 0) + 1
        backend.keep(ACCOUNT, "1", [json.dumps({"update_id": self._number, **update}).encode()])
        found = backend.read(ACCOUNT, "7").conversation_id
        if found is None:
            return []
        self.conversation_id = found
        self.app.turns.drain(found)
        with self.app.database.reading() as work:
            events = work.record.events(found, after=self._seq)
        self._seq = events[-1].seq
        return [str((event.body or {})["response"]) for event in events if event.kind == "bot"]


@pytest.mark.parametrize("kind", ["video", "voice", "animation"])
def test_words_beside_what_cannot_be_read_are_read(app: App, kind: str) -> None:
    phone = Phone(app)
    phone.bring(message=message(1, text="/start"))
    said = phone.bring(message=message(2, **{kind: {"file_id": "f"}, "caption": "I want to kill myself"}))
    assert "utter_distress_thanks_before_identity" in said


@pytest.mark.parametrize(
    "changed", [{"text": "/stop"}, {"photo": [{"file_id": "p"}], "caption": "stop messaging me, all of you"}]
)
def test_a_stop_counts_however_it_came_into_a_message(app: App, changed: dict[str, Any]) -> None:
    phone = Phone(app)
    phone.bring(message=message(1, text="/start"))
    said = phone.bring(edited_message=message(2, **changed))
    assert "utter_stop_done_before_identity" in said


def test_an_edited_file_without_words_says_nothing() -> None:
    assert read({"edited_message": message(2, photo=[{"file_id": "p"}])}) == NOTHING


@pytest.mark.parametrize("held", [False, True])
def test_a_link_to_somebody_else_ends_what_was_known_here(app: App, *, held: bool) -> None:
    """On the record too: what is said from here on is nobody's yet. While a person has the chat nothing changes."""
    phone = Phone(app)
    phone.bring(message=message(1, text="/start"))
    with app.database.transaction() as work:
        first, second = (work.lending.borrower_by_reference(["harbour"], f"HB-100{n}") for n in (1, 2))
        assert first
        assert second
        token = new_link_token()
        work.lending.add_link(link_digest(token), second.id, NOW + timedelta(hours=1))
        known: dict[str, Any] = {"borrower_id": first.id, "verified_until": NOW + timedelta(minutes=9)}
        holder = hire(work, "collector").id if held else None
        work.conversations.save(replace(work.conversations.lock(phone.conversation_id), held_by=holder, **known))
    phone.set_slots({"verified": True})
    phone.bring(message=message(2, text=f"/start {token}"))
    with app.database.reading() as work:
        events = work.record.events(phone.conversation_id, kinds=["access"])
        after = work.conversations.get(phone.conversation_id)
    assert [(event.body or {})["what"] for event in events] == ([] if held else ["lapsed"])
    assert after
    assert (after.borrower_id, after.verified(NOW)) == ((first.id, True) if held else (second.id, False))


def step(read: Read, *, keep_file: Exception | None = None) -> MagicMock:
    """One look into a chat; the port and what sends, with what was asked of them."""
    port, sending = MagicMock(), MagicMock()
    port.read.side_effect = [read, Read()]
    port.keep_file.side_effect = keep_file
    port.refuse_file.return_value = "c"
    api = MagicMock(fetch=AsyncMock(return_value=picture(40, 30)), typing=AsyncMock(), answer=AsyncMock())
    bot = cast(RunningBot, MagicMock(account=ACCOUNT, api=api))

    async def run() -> None:
        threads = Threads(1)
        intake = Intake({ACCOUNT: bot}, port, threads, MagicMock(), sending)
        intake.soon(ACCOUNT, "7")
        await asyncio.wait(asyncio.all_tasks() - {asyncio.current_task()}, timeout=60)
        threads.close()

    asyncio.run(run())
    return MagicMock(port=port, sending=sending)


@pytest.mark.parametrize("back", [Update("joined", "7"), Update("input", "7", "text", text="hello")])
def test_whoever_blocks_the_bot_and_comes_back_can_be_reached(back: Update) -> None:
    gone = Update("left", "7")
    assert not step(Read((gone, back))).sending.unreachable.called
    assert step(Read((back, gone))).sending.unreachable.called


def test_a_file_that_always_fails_is_refused_in_the_end() -> None:
    def fetched(tries: int) -> Read:
        kept = KeptUpdate(1, ACCOUNT, "1/1", "7", b"", tries)
        return Read(fetch=(kept, Update("file", "7", "file", file=RemoteFile("f", "a.png", "image/png", 500))))

    for tries in (DOWNLOADS - 1, DOWNLOADS):
        port = step(fetched(tries), keep_file=RuntimeError("boom")).port
        assert port.refuse_file.call_args.args[-1] == "file_broken"
        assert port.keep_file.called == (tries < DOWNLOADS)
