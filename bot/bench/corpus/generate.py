"""`demo generate`: some conversations are held with the real bot, and as many as are wanted are made of them."""

import multiprocessing
import pickle
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa

from bot.access import LoginTaken, Staff
from bot.assembly import Ground
from bot.bench.corpus import sayings
from bot.bench.corpus.copying import Master
from bot.bench.corpus.loading import load
from bot.bench.corpus.recording import Recording, studio
from bot.bench.corpus.sayings import Sayings
from bot.errors import BotError
from bot.keys import Keys
from bot.settings import Settings
from bot.storage.engine import Database
from bot.storage.schema import conversations
from bot.storage.schema_lending import borrowers

STAGES = ("recording", "filling")
MONTHS = 14
COLLECTORS = 24
BATCH = 500  # conversations in one transaction
_LEAST_RECORDINGS, _MOST_RECORDINGS, _COPIES = 30, 3000, 20
Tell = Callable[[str, int, int], None]


class RealData(BotError):
    """The database has borrowers of a lender: nothing invented is put beside them."""


@dataclass(frozen=True, slots=True)
class Made:
    """What was generated, how long it took, and how large the database is now."""

    conversations: int
    recorded: int
    seconds: float
    megabytes: float


def generate(ground: Ground, count: int, *, processes: int, seed: int, tell: Tell) -> Made:
    """Fill the database of `ground`; `tell` hears the stage, how many are done, and of how many."""
    began = time.monotonic()
    refuse_real_data(ground)
    staff = _collectors(ground)
    wanted = max(_LEAST_RECORDINGS, min(_MOST_RECORDINGS, count // _COPIES))
    make = partial(_record, ground.settings, staff, ground.clock.now())
    recordings = _recorded(make, wanted, processes, seed, tell)
    fill = partial(_fill, ground.settings.database_url, ground.keys)
    done = 0
    shares = [(seed + 1000 + number, share) for number, share in enumerate(_shares(count, BATCH * 4))]
    masters = {
        "masters": [Master(recording, ground.keys, [one.id for one in staff]) for recording in recordings],
        "examples": sayings.read(ground.settings.dialogues / "nlu"),
    }
    for made in _spread(fill, shares, 1 if ground.database.dialect == "sqlite" else processes, masters):
        done += made
        tell("filling", done, count)
    return Made(done, len(recordings), time.monotonic() - began, megabytes(ground.database))


def refuse_real_data(ground: Ground) -> None:
    """Only demo mode, or a database that holds nothing at all, may be filled with what is invented."""
    if ground.settings.demo:
        return
    with ground.database.engine.connect() as connection:
        for table in (borrowers, conversations):
            if connection.execute(sa.select(table.c.id).limit(1)).first():
                raise RealData(f"the database has {table.name} already; generate into an empty one, or with --demo")


def megabytes(database: Database) -> float:
    """What the database takes on disk, indexes included."""
    with database.engine.connect() as connection:
        if database.dialect == "sqlite":
            return Path(str(database.engine.url.database)).stat().st_size / 1e6
        return int(connection.execute(sa.text("SELECT pg_database_size(current_database())")).scalar_one()) / 1e6


def _collectors(ground: Ground) -> list[Staff]:
    """Invented colleagues, whom nobody can sign in as; those of an earlier run are taken again."""
    names = ("Mei", "Daniel", "Rosa", "Amir", "Chloe", "Wen", "Ines", "Tomás")
    made = [
        Staff(f"{number:032x}", f"invented-{number}", names[number % len(names)], "supervisor", disabled=True)
        for number in range(1, COLLECTORS + 1)
    ]
    for one in made:
        try:
            with ground.database.transaction() as work:
                work.staff.add(one, "no password fits this")
        except LoginTaken:
            continue
    return made


def _recorded(
    make: Callable[[tuple[int, int]], list[Recording]], wanted: int, processes: int, seed: int, tell: Tell
) -> list[Recording]:
    recordings: list[Recording] = []
    parts = [(seed + number, share) for number, share in enumerate(_shares(wanted, -(-wanted // processes)))]
    for part in _spread(make, parts, processes):
        recordings += part
        tell("recording", len(recordings), wanted)
    return recordings


def _record(settings: Settings, staff: Sequence[Staff], now: datetime, part: tuple[int, int]) -> list[Recording]:
    """Hold a share of the recordings, spread over the last months."""
    seed, wanted = part
    chance = Random(seed)  # noqa: S311 - nothing secret is drawn
    present = [Staff(one.id, one.login, one.name, one.role) for one in staff]
    days = MONTHS * 30
    with studio(settings, present, sayings.read(settings.dialogues / "nlu"), seed) as room:
        return [
            room.record(chance.randrange(1000), now - timedelta(days=chance.triangular(22, days, 22), hours=12))
            for _ in range(wanted)
        ]


# What every share of a process needs; handed over once, since it takes longer to send than a share takes to do.
_SHARED: dict[str, Any] = {}


def _share(file: Path) -> None:
    _SHARED.update(pickle.loads(file.read_bytes()))  # noqa: S301 - written by the process that started this one


def _fill(url: str, keys: Keys, share: tuple[int, int]) -> int:
    """Put a share of the conversations into the database; how many it became."""
    seed, wanted = share
    chance = Random(seed)  # noqa: S311 - nothing secret is drawn
    says = Sayings(_SHARED["examples"], chance)
    database = Database(url, keys.data, earlier_keys=keys.earlier, pool=1)
    done = 0
    try:
        while done < wanted:
            chosen: list[Master] = []
            while sum(master.conversations for master in chosen) < min(BATCH, wanted - done):
                chosen.append(chance.choice(_SHARED["masters"]))
            load(database, (row for master in chosen for row in master.copy(says, chance)))
            done += sum(master.conversations for master in chosen)
    finally:
        database.close()
    return done


def _shares(count: int, each: int) -> list[int]:
    return [min(each, count - start) for start in range(0, count, each)]


def _spread(
    work: Callable[[Any], Any], parts: Sequence[Any], processes: int, shared: Mapping[str, Any] | None = None
) -> Iterator[Any]:
    """Results as they come, from as many processes; each of them is given `shared` when it begins."""
    with tempfile.TemporaryDirectory(prefix="bot-shared-") as folder:
        file = Path(folder) / "shared"
        file.write_bytes(pickle.dumps(shared or {}))
        if processes == 1 or len(parts) == 1:
            _share(file)
            yield from map(work, parts)
            return
        # Not forked: threads and connections of this process would be there by half.
        with multiprocessing.get_context("spawn").Pool(processes, _share, (file,)) as pool:
            yield from pool.imap_unordered(work, parts)
