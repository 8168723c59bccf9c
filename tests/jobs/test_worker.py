"""Work for later is done at its time, together with what it does, and once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.clock import FixedClock
from bot.dialogue.messages import Incoming
from bot.jobs.store import Job
from bot.jobs.worker import LEASE, TRIES, Worker, pause
from bot.storage.engine import Database
from bot.storage.work import Work

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


def _add(database: Database, key: str, due: datetime, **payload: Any) -> None:
    with database.transaction() as work:
        work.jobs.add("remind", key, due, payload)


def _due(database: Database) -> datetime | None:
    with database.reading() as work:
        return work.jobs.next_due()


def test_work_is_done_when_due_and_not_before(database: Database, clock: FixedClock) -> None:
    done: list[Job] = []
    worker = Worker[Work](database, clock, {"remind": lambda work, job: done.append(job)})
    _add(database, "a", NOW + DAY, amount="1.00")
    assert worker.run_due() == 0
    clock.advance(DAY)
    assert worker.run_due() == 1
    assert [(job.key, job.attempt, job.payload, job.due) for job in done] == [
        ("a", 1, {"amount": "1.00"}, NOW + DAY)
    ]
    assert worker.run_due() == 0
    assert _due(database) is None


def test_whoever_waits_is_told_after_the_commit_and_not_of_a_failure(database: Database, clock: FixedClock) -> None:
    told: list[tuple[str, int]] = []

    def handle(work: Work, job: Job) -> None:
        if job.key == "bad":
            raise RuntimeError(job.key)
        work.inbox.receive(Incoming("web:harbour", "b", "1", "start"), "harbour", "en", NOW)

    def tell(job: Job) -> None:
        with database.reading() as work:
            told.append((job.key, len(work.inbox.waiting(10))))

    worker = Worker[Work](database, clock, {"remind": handle}, tell)
    for key in ("bad", "good"):
        _add(database, key, NOW)
    assert worker.run_due() == 2
    assert told == [("good", 1)]


def test_adding_again_moves_it_and_cancelling_removes_it(database: Database) -> None:
    _add(database, "a", NOW)
    _add(database, "a", NOW + DAY, new=True)
    assert _due(database) == NOW + DAY
    with database.transaction() as work:
        work.jobs.cancel("remind", "a")
    assert _due(database) is None


def test_a_handler_that_fails_leaves_nothing_and_is_tried_again(database: Database, clock: FixedClock) -> None:
    tries: list[int] = []

    def handle(work: Work, job: Job) -> None:
        work.jobs.add("made", "by the failure", NOW, {})
        tries.append(job.attempt)
        if len(tries) < 3:
            raise ValueError("not yet")

    made: list[str] = []
    worker = Worker[Work](database, clock, {"remind": handle, "made": lambda work, job: made.append(job.key)})
    _add(database, "a", NOW)
    for _ in range(2):
        worker.run_due()
        assert made == []
        assert worker.run_due() == 0
        clock.advance(pause(tries[-1]))
    worker.run_due()
    worker.run_due()
    assert (tries, made) == ([1, 2, 3], ["by the failure"])


def test_a_handler_may_add_its_own_work_again(database: Database, clock: FixedClock) -> None:
    worker = Worker[Work](
        database, clock, {"remind": lambda work, job: work.jobs.add("remind", job.key, NOW + DAY, {})}
    )
    _add(database, "daily", NOW)
    assert worker.run_due() == 1
    assert _due(database) == NOW + DAY


def test_what_a_dead_worker_took_is_done_after_its_lease(database: Database, clock: FixedClock) -> None:
    done: list[int] = []
    worker = Worker[Work](database, clock, {"remind": lambda work, job: done.append(job.attempt)})
    _add(database, "a", NOW)
    with database.transaction() as work:
        (lost,) = work.jobs.claim(NOW, LEASE, 10)
    assert worker.run_due() == 0
    clock.advance(LEASE)
    assert worker.run_due() == 1
    assert done == [2]
    with database.transaction() as work:
        assert not work.jobs.done(lost)


def test_work_that_was_moved_while_somebody_held_it_is_not_done_early(database: Database) -> None:
    _add(database, "a", NOW)
    with database.transaction() as work:
        (held,) = work.jobs.claim(NOW, LEASE, 10)
    _add(database, "a", NOW + DAY)
    with database.transaction() as work:
        assert not work.jobs.done(held)
        work.jobs.retry(held, NOW, "too late")
    assert _due(database) == NOW + DAY


def test_work_that_nobody_knows_waits_and_is_reported(
    database: Database, clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    _add(database, "a", NOW)
    Worker[Work](database, clock, {}).run_due()
    assert "job remind a failed at try 1" in caplog.text
    assert _due(database) == NOW + pause(1)


def test_pauses_grow_to_a_day() -> None:
    assert [pause(attempt).total_seconds() for attempt in range(1, TRIES + 2)] == [30, 120, 480, 1920, 86400, 86400]
