"""The indexer: follows the record by what has moved since it last looked, in the background, a batch at a time.

It keeps no place of its own: a conversation whose chain is longer than the index knows is taken up again, whoever
was killed before. Of many processes one at a time does a batch. Texts are read and taken apart outside the
transaction that writes, so that it is short.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from bot.review.documents import document
from bot.review.search_store import SearchStore

log = logging.getLogger(__name__)

BATCH = 200  # conversations read at once
WRITTEN = 50  # and written in one transaction
POLL = 0.5  # seconds


class IndexWork(Protocol):
    @property
    def search(self) -> SearchStore: ...


class IndexDatabase(Protocol):
    def transaction(self) -> AbstractContextManager[IndexWork]: ...
    def reading(self) -> AbstractContextManager[IndexWork]: ...
    def indexing(self) -> AbstractContextManager[bool]:
        """Whether it is this process's turn to index, for the length of the block."""
        ...


class Indexer:
    def __init__(self, database: IndexDatabase) -> None:
        self._database = database

    def run_some(self, most: int = BATCH) -> int | None:
        """Index what has moved, at most so many conversations; how many, None while another process does."""
        with self._database.indexing() as ours:
            return self._batch(most) if ours else None

    def run_all(self) -> Iterator[int]:
        """Until nothing is left, also of what another process is at; yields how many were done here each time."""
        while (done := self.run_some()) != 0:
            if done is None:
                time.sleep(POLL)
            yield done or 0

    def _batch(self, most: int) -> int:
        with self._database.reading() as work:
            moved = work.search.unindexed(most)
            material = work.search.material(moved) if moved else []
        documents = [document(each) for each in material]
        for start in range(0, len(documents), WRITTEN):
            with self._database.transaction() as writing:
                writing.search.keep(documents[start : start + WRITTEN])
        return len(moved)

    def forget_all(self) -> None:
        """Have everything indexed anew; searches find what is there again meanwhile."""
        left = True
        while left:
            with self._database.transaction() as work:
                left = work.search.forget_all(BATCH) > 0

    def run(self, stop: threading.Event) -> None:
        """Go on until `stop` is set; an error of the database is survived."""
        while not stop.is_set():
            try:
                idle = (self.run_some() or 0) < BATCH
            except Exception:
                log.exception("the search index could not be brought up to date; trying again")
                idle = True
            if idle:
                stop.wait(POLL)
