"""The statements of docs/scaling.md, run on a real PostgreSQL that has chats in it; then turns on the result."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot.assembly import App
from bot.dialogue.messages import Incoming
from bot.dialogue.understanding import Awaiting, Understood
from bot.review.verification import verify_all
from bot.settings import ROOT
from bot.storage.columns import metadata
from tests.conversations.driver import Chat, demo_app
from tests.storage.samples import NOW

PAGE = ROOT / "docs" / "scaling.md"
SPLIT = ("events", "trackers", "outbox", "inbox", "instalments", "file_contents")


class _Unasked:
    """These chats press buttons only."""

    def understand(self, text: str, *, locale: str, today: date, awaiting: Awaiting | None = None) -> Understood:
        raise AssertionError(f"{text!r} was to be understood")


@contextmanager
def opened(url: str, state: Path) -> Iterator[App]:
    with closing(demo_app(url, state, NOW, _Unasked())) as app:
        yield app


def chats(app: App, count: int) -> list[Chat]:
    found = [Chat(app) for _ in range(count)]
    for chat in found:
        chat.start()
        chat.press("/start_chat")
    return found


def split(app: App) -> None:
    blocks = re.findall(r"```sql\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert len(blocks) == 1
    with app.database.engine.begin() as connection:
        # As psql sends it: many statements in one text, in which % is a plain character.
        connection.connection.cursor().execute(blocks[0])


def rows(app: App) -> dict[str, int]:
    with app.database.engine.connect() as connection:
        return {name: connection.execute(sa.select(sa.func.count()).select_from(metadata.tables[name])).scalar_one()
                for name in SPLIT}  # fmt: skip


def test_chats_go_on_in_split_tables_and_keep_their_record(empty_postgresql_url: str, tmp_path: Path) -> None:
    with opened(empty_postgresql_url, tmp_path) as app:
        early = chats(app, 8)
        before = rows(app)
        split(app)
        assert rows(app) == before
    with opened(empty_postgresql_url, tmp_path) as app:
        for chat in early:
            chat.app = app
            assert chat.press("/check_us")
        late = chats(app, 8)
        late[0].upload(b"\x89PNG\r\n\x1a\n")
        after = rows(app)
        assert after["events"] > before["events"]
        assert after["inbox"] == before["inbox"] + 8 + 16 + 1
        with app.database.reading() as work:
            verdicts = list(verify_all(work, app.keys.proving))
        assert len(verdicts) >= 16
        assert [verdict for verdict in verdicts if verdict.broken] == []


def test_rows_spread_over_the_partitions(empty_postgresql_url: str, tmp_path: Path) -> None:
    with opened(empty_postgresql_url, tmp_path) as app:
        split(app)
        chats(app, 12)
        query = "SELECT count(DISTINCT tableoid), count(*) FROM {}"
        with app.database.engine.connect() as connection:
            for table in ("events", "inbox", "outbox", "trackers"):
                partitions, count = connection.exec_driver_sql(query.format(table)).one()
                assert count >= 12
                assert partitions > 3, table


def test_the_same_update_is_still_stored_once(empty_postgresql_url: str, tmp_path: Path) -> None:
    with opened(empty_postgresql_url, tmp_path) as app:
        split(app)
        once = Incoming("web:harbour", "s1", "u1", "start", locale="en")
        first, again = app.turns.receive(once), app.turns.receive(once)
        assert not first.duplicate
        assert again.duplicate
        assert again.input_id == first.input_id
        assert rows(app)["inbox"] == 1


def test_what_must_be_one_is_still_refused_twice(empty_postgresql_url: str, tmp_path: Path) -> None:
    with opened(empty_postgresql_url, tmp_path) as app:
        split(app)
        (chat,) = chats(app, 1)
        copy = "INSERT INTO events SELECT * FROM events WHERE conversation_id = %(id)s AND seq = 1"
        with app.database.engine.connect() as connection, pytest.raises(IntegrityError):
            connection.exec_driver_sql(copy, {"id": chat.conversation_id})


def test_every_table_is_either_split_or_said_to_stay_whole() -> None:
    page = PAGE.read_text("utf-8")
    leading = {
        name
        for name, table in metadata.tables.items()
        if next(iter(table.primary_key.columns)).name in ("conversation_id", "borrower_id")
    }
    whole = leading - set(SPLIT)
    assert whole == {"parties", "channel_chats", "contact_preferences", "support_notes", "erasures"}
    assert all(f"`{name}`" in page for name in (*SPLIT, *whole))
