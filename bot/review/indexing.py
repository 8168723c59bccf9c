"""The indexer: follows the record by what has moved since it last looked, in the background, a batch at a time.

It keeps no place of its own: a conversation whose chain is longer than the index knows is taken up again, whoever
was killed before. Texts are read and taken apart outside the transaction that writes, so that it is short.
"""

import logging
import threading
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


class Indexer:
    def __init__(self, database: IndexDatabase) -> None:
        self._database = database

    def run_some(self, most: int = BATCH) -> int:
        """Index what has moved, at most so many conversations; how many it were."""
        with self._database.reading() as work:
            moved = work.search.unindexed(most)
            material = work.search.material(moved) if moved else []
        documents = [document(each) for each in material]
        for start in range(0, len(documents), WRITTEN):
            with self._database.transaction() as writing:
                writing.search.keep(documents[start : start + WRITTEN])
        return len(moved)

    def run_all(self) -> Iterator[int]:
        """Until nothing is left; yields how many were done each time."""
        while done := self.run_some():
            yield done

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
                idle = self.run_some() < BATCH
            except Exception:
                log.exception("the search index could not be brought up to date; trying again")
                idle = True
            if idle:
                stop.wait(POLL)
