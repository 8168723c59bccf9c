"""One application a worker and database for many conversations; each of them finds the demo as on its first day."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from bot.assembly import App
from bot.clock import FixedClock
from bot.dialogue.understanding import Understanding
from tests.conftest import new_database, url_of
from tests.conversations.cases import FIRST_DAY
from tests.conversations.driver import demo_app
from tests.kept import Kept


class House:
    """Statements stay compiled and the demo is written once: that halves what a case costs."""

    def __init__(self, app: App, put_back: Callable[[], None]) -> None:
        self._app = app
        self._put_back = put_back

    def open(self, at: datetime) -> App:
        """The application with nothing in it but the demo, at this time."""
        self._app.database.engine.dispose()
        self._put_back()
        clock = self._app.clock
        assert isinstance(clock, FixedClock)
        clock.set(at)
        return self._app


@contextmanager
def on_sqlite(template: Path, folder: Path, model: Understanding) -> Iterator[House]:
    path, first = folder / "bot.db", folder / "first.db"
    shutil.copyfile(template, path)
    app = demo_app(f"sqlite:///{path}", folder, FIRST_DAY, model)
    app.database.engine.dispose()  # the last to leave writes everything into the one file
    shutil.copyfile(path, first)

    def put_back() -> None:
        for beside in ("-wal", "-shm"):
            path.with_name(path.name + beside).unlink(missing_ok=True)
        shutil.copyfile(first, path)

    try:
        yield House(app, put_back)
    finally:
        app.close()


@contextmanager
def on_postgresql(server: sa.Engine, template: str, folder: Path, model: Understanding) -> Iterator[House]:
    with new_database(server, template) as name:
        app = demo_app(url_of(server, name), folder, FIRST_DAY, model)
        with closing(app), closing(Kept(url_of(server, name))) as kept:
            yield House(app, kept.put_back)
