"""One process at a time follows the record, and one that died is in nobody's way."""

import multiprocessing
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from multiprocessing.connection import Connection
from threading import Barrier

import pytest

from bot.review.documents import Document
from bot.review.indexing import Indexer
from bot.storage.engine import Database
from bot.storage.search_index import SearchIndex
from tests.conftest import KEY
from tests.review.test_search import Told, found, tell

LONG = 60  # seconds


def _hold(url: str, told: Connection) -> None:
    """Index, until somebody ends this process."""
    with closing(Database(url, KEY)) as database, database.indexing() as ours:
        told.send(ours)
        time.sleep(10 * LONG)


def test_a_process_that_died_while_it_indexed_is_in_nobodys_way(database: Database, database_url: str) -> None:
    if database.dialect == "sqlite":
        pytest.skip("SQLite is for one server")
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    other = spawn.Process(target=_hold, args=(database_url, there), daemon=True)
    other.start()
    try:
        assert here.poll(LONG)
        assert here.recv() is True
        ids = [tell(database, Told((f"rent {number}",)), number) for number in range(3)]
        assert Indexer(database).run_some() is None
        assert found(database, [("words", "rent")]) == []
    finally:
        other.kill()
        other.join()
    assert sum(Indexer(database).run_all()) == len(ids)
    assert found(database, [("words", "rent")]) == ids[::-1]


def test_two_that_index_at_once_do_nothing_twice(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [tell(database, Told((f"rent {number}",)), number) for number in range(12)]
    kept: list[str] = []
    keep = SearchIndex.keep

    def noting(self: SearchIndex, documents: Sequence[Document]) -> None:
        kept.extend(each.conversation_id for each in documents)
        keep(self, documents)

    monkeypatch.setattr(SearchIndex, "keep", noting)
    monkeypatch.setattr("bot.review.indexing.POLL", 0.01)
    monkeypatch.setattr(Indexer.run_some, "__defaults__", (3,))
    start = Barrier(2)

    def index() -> int:
        start.wait()
        return sum(Indexer(database).run_all())

    with ThreadPoolExecutor(2) as pool:
        done = [future.result(LONG) for future in (pool.submit(index), pool.submit(index))]
    assert set(kept) == set(ids)
    assert found(database, [("words", "rent")]) == ids[::-1]
    if database.dialect == "postgresql":
        assert sorted(kept) == sorted(ids)
        assert sum(done) == len(ids)
