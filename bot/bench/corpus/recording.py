"""Conversations held with the real bot in a database of their own, and the rows that they left there."""

import shutil
import tempfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa

from bot import assembly
from bot.access import Staff
from bot.assembly import App
from bot.bench.corpus.acting import Visitor
from bot.bench.corpus.sayings import Sayings
from bot.clock import FixedClock
from bot.lender.demo import people
from bot.settings import Settings
from bot.storage.columns import metadata

Row = Mapping[str, Any]
CHANNELS = ("web", "web", "web", "telegram", "telegram")
_LOCALES = ("en", "zh_Hans", "zh_Hant")
_FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # until a recording sets its own
_LATER = (0, 0, 0, 12, 25, 40, 70, 110, 200, 420)
# What a finished conversation does not need: inputs and messages on their way, state for a next turn, sign-ins.
LEFT_OUT = frozenset(
    {"inbox", "outbox", "trackers", "jobs", "staff", "staff_sessions", "audit", "chains", "updates"}
    | {"policy_sets", "proposals"}
)


@dataclass(frozen=True, slots=True)
class Recording:
    """The rows that one borrower's visits left, table by table in the order in which they refer to each other.

    Values are as SQLite keeps them: moments as microseconds, JSON as text, sealed fields as bytes.
    """

    reference: str
    name: str
    locale: str
    rows: Mapping[str, Sequence[Row]]


class Studio:
    """An installation of its own, emptied before each recording."""

    def __init__(
        self, app: App, folder: Path, says: Mapping[str, Any], staff: Sequence[Staff], chance: Random
    ) -> None:
        self._app, self._folder, self._staff, self._chance = app, folder, staff, chance
        self._says = Sayings(says, chance)

    def record(self, number: int, began: datetime) -> Recording:
        """One borrower's visits, the first at `began`."""
        self._empty()
        clock, chance = self._app.clock, self._chance
        assert isinstance(clock, FixedClock)
        clock.set(began)
        locale = chance.choice(_LOCALES)
        reference, name = f"RC-{uuid.uuid4().int % 10**9:09d}", self._says.person(locale)
        size = Decimal(chance.choice((25, 40, 60, 80, 100, 130, 170, 240, 400))) / 100
        person = people.newcomer(number, reference, name, size, chance.choice(_LATER), clock)
        locale = person.borrower.locale if person.borrower.locale and chance.random() < 0.8 else locale
        with self._app.database.transaction() as work:
            people.settle(work.lending, person, clock)
        visitor = Visitor(self._app, person, locale, chance.choice(CHANNELS), self._says, chance)
        visitor.visit(chance.choice(self._staff))
        if chance.random() < 0.2:
            clock.advance(timedelta(days=chance.randint(1, 20), minutes=chance.randint(0, 900)))
            Visitor(self._app, person, locale, "web", self._says, chance).visit(chance.choice(self._staff))
        return Recording(reference, name, locale, self._rows())

    def _empty(self) -> None:
        self._app.database.engine.dispose()
        path = self._folder / "studio.db"
        for beside in ("-wal", "-shm"):
            path.with_name(path.name + beside).unlink(missing_ok=True)
        shutil.copyfile(self._folder / "empty.db", path)

    def _rows(self) -> dict[str, list[Row]]:
        with self._app.database.engine.connect() as connection:
            return {
                table.name: found
                for table in metadata.sorted_tables
                if table.name not in LEFT_OUT and (found := _read(connection, table.name))
            }


def _read(connection: sa.Connection, table: str) -> list[Row]:
    return [dict(row._mapping) for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"')]  # noqa: S608


@contextmanager
def studio(settings: Settings, staff: Sequence[Staff], says: Mapping[str, Any], seed: int) -> Iterator[Studio]:
    """A studio in a temporary folder, with the policies and keys of `settings`."""
    with tempfile.TemporaryDirectory(prefix="bot-studio-") as name:
        folder = Path(name)
        path = folder / "studio.db"
        ground = assembly.ground(
            replace(settings, database_url=f"sqlite:///{path}"),
            FixedClock(_FIRST_DAY),
        )
        with ground.database.transaction() as work:
            for one in staff:
                work.staff.add(one, "nobody signs in with this")
        app = assembly.build(ground)
        ground.database.engine.dispose()  # the last to leave writes everything into the one file
        shutil.copyfile(path, folder / "empty.db")
        try:
            yield Studio(app, folder, says, staff, Random(seed))  # noqa: S311 - nothing secret is drawn
        finally:
            app.close()
