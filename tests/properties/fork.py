"""Trying something out from where a visit has come to: whatever it brings about is undone afterwards."""

import copy
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from bot.assembly import App
from bot.clock import FixedClock
from tests.conversations.driver import Chat


@contextmanager
def tried(app: App, chat: Chat) -> Iterator[Chat]:
    """The same chat with a future of its own; SQLite only."""
    clock, path = app.clock, app.database.engine.url.database
    assert isinstance(clock, FixedClock)
    assert path
    at = clock.now()
    twin = copy.copy(chat)
    twin.sent, twin.history = list(chat.sent), list(chat.history)
    with closing(sqlite3.connect(":memory:")) as kept:
        _copied(path, kept, back=False)
        try:
            yield twin
        finally:
            _copied(path, kept, back=True)
            clock.set(at)


def _copied(path: str, kept: sqlite3.Connection, *, back: bool) -> None:
    with closing(sqlite3.connect(path)) as live:
        kept.backup(live) if back else live.backup(kept)
