"""`review index`: brings the search index up to date, or builds it anew, with as many processes as help."""

import multiprocessing
from collections.abc import Iterator

from bot import commands, keys
from bot.review.indexing import Indexer
from bot.settings import Settings
from bot.storage import search_rebuild
from bot.storage.engine import Database

_STRETCHES = 64  # for each process, so that all of them end at about the same time


def index(settings: Settings, *, rebuild: bool, processes: int) -> Iterator[int]:
    """Yields how many conversations were done each time."""
    with commands.opened(settings) as ground:
        indexer = Indexer(ground.database)
        if not rebuild:
            yield from indexer.run_all()
        elif ground.database.dialect == "sqlite":
            yield from indexer.rebuild()
        else:
            yield from _anew(settings, ground.database, processes)
            yield from indexer.run_all()


def _anew(settings: Settings, database: Database, processes: int) -> Iterator[int]:
    search_rebuild.clear(database)
    parts = [(settings, first, until) for first, until in search_rebuild.parts(database, processes * _STRETCHES)]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap_unordered(_stretch, parts)
    search_rebuild.finish(database)


def _stretch(part: tuple[Settings, int, int]) -> int:
    settings, first, until = part
    secret = keys.load(settings.key_file)
    database = Database(settings.database_url, secret.data, earlier_keys=secret.earlier, pool=1)
    try:
        return sum(search_rebuild.fill(database, first, until))
    finally:
        database.close()
