"""Does the work of the due-table when its time has come; as many of these may run as there are processes."""

import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Generic, Protocol, TypeVar

from bot.clock import Clock
from bot.errors import BotError
from bot.jobs.store import Job, JobStore

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
BATCH = 20
TRIES = 5  # after so many it is reported as stuck, and still tried once a day
_FIRST_PAUSE = timedelta(seconds=30)
_LAST_PAUSE = timedelta(days=1)


class JobWork(Protocol):
    @property
    def jobs(self) -> JobStore: ...


W = TypeVar("W", bound=JobWork)
W_co = TypeVar("W_co", bound=JobWork, covariant=True)


class JobDatabase(Protocol[W_co]):
    def transaction(self) -> AbstractContextManager[W_co]: ...


class NobodyDoesThis(BotError):
    """Work of this kind is due, and nothing in this version knows how to do it."""


class Worker(Generic[W]):
    """Handlers run in the transaction that also ends their job: done and all that it did, or neither.

    So a handler must not talk to the network; what is to be sent goes through the outbox. It may add its own
    job again, for the next time. `done` is told of each job after its transaction has been committed.
    """

    def __init__(
        self,
        database: JobDatabase[W],
        clock: Clock,
        handlers: Mapping[str, Callable[[W, Job], None]],
        done: Callable[[Job], None] = lambda job: None,  # noqa: ARG005 - nobody is told
    ) -> None:
        self._database = database
        self._clock = clock
        self._handlers = handlers
        self._done = done

    def run_due(self) -> int:
        """Do what is due now, at most a batch of it; how many jobs were taken."""
        with self._database.transaction() as work:
            taken = work.jobs.claim(self._clock.now(), LEASE, BATCH)
        for job in taken:
            self._run(job)
        return len(taken)

    def run(self, stop: threading.Event, poll: float = 1.0) -> None:
        """Go on until `stop` is set, looking every `poll` seconds; an error of the database is survived."""
        while not stop.is_set():
            try:
                idle = self.run_due() < BATCH
            except Exception:
                log.exception("due work could not be taken; trying again")
                idle = True
            if idle:
                stop.wait(poll)

    def _run(self, job: Job) -> None:
        try:
            with self._database.transaction() as work:
                # First, so that the handler may add its job anew; false when another worker has it by now.
                if work.jobs.done(job):
                    self._handler(job)(work, job)
            self._done(job)
        except Exception as error:  # noqa: BLE001 - whatever went wrong is kept with the job
            self._failed(job, error)

    def _handler(self, job: Job) -> Callable[[W, Job], None]:
        try:
            return self._handlers[job.kind]
        except KeyError:
            raise NobodyDoesThis(f"nothing does work of the kind {job.kind}") from None

    def _failed(self, job: Job, error: Exception) -> None:
        level = logging.ERROR if job.attempt >= TRIES else logging.WARNING
        log.log(level, "job %s %s failed at try %d", job.kind, job.key, job.attempt, exc_info=error)
        with self._database.transaction() as work:
            work.jobs.retry(job, self._clock.now() + pause(job.attempt), f"{type(error).__name__}: {error}")


def pause(attempt: int) -> timedelta:
    """How long to wait after try number `attempt` failed: 30 s, 2 min, 8 min, 32 min, then a day."""
    return _LAST_PAUSE if attempt >= TRIES else _FIRST_PAUSE * 4 ** (attempt - 1)
