"""`review index`: brings the search index up to date, or builds it anew, with as many processes as help."""

import gc
import multiprocessing
from collections.abc import Iterator

from bot import commands, keys
from bot.review.indexing import Indexer
from bot.settings import Settings
from bot.storage import search_rebuild
from bot.storage.engine import Database

_STRETCHES = 64  # for each process, so that all of them end at about the same time
_GARBAGE = (
    100_000  # objects: little of what a stretch makes is in circles, and looking for them often takes a sixth
)


def index(settings: Settings, *, rebuild: bool, processes: int) -> Iterator[int]:
    """Yields how many conversations were done each time; goes on with a build that was interrupted."""
    with commands.opened(settings) as ground:
        indexer = Indexer(ground.database)
        if ground.database.dialect == "postgresql":
            yield from _built(settings, ground.database, processes, anew=rebuild)
        elif rebuild:
            indexer.forget_all()
        yield from indexer.run_all()


def _built(settings: Settings, database: Database, processes: int, *, anew: bool) -> Iterator[int]:
    if not anew and not search_rebuild.unfinished(database):
        return
    with search_rebuild.alone(database):
        if anew:
            search_rebuild.clear(database)
        stretches = search_rebuild.parts(database, processes * _STRETCHES)
        parts = [(settings, first, until) for first, until in stretches]
        with multiprocessing.get_context("spawn").Pool(processes) as pool:
            yield from pool.imap_unordered(_stretch, parts)
        search_rebuild.finish(database)


def _stretch(part: tuple[Settings, int, int]) -> int:
    settings, first, until = part
    gc.set_threshold(_GARBAGE)
    secret = keys.load(settings.key_file)
    database = Database(settings.database_url, secret.data, earlier_keys=secret.earlier, pool=1)
    try:
        return sum(search_rebuild.fill(database, first, until))
    finally:
        database.close()
