"""Verification beside the chats, in batches: it ends, counts, names what is broken, and survives a kill."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.clock import FixedClock
from bot.dialogue.messages import Incoming
from bot.jobs.worker import Worker
from bot.record.events import NewEvent
from bot.review import checkpoints, proof_runs
from bot.review.proof_store import ProofRun
from bot.storage import proof
from bot.storage.engine import Database
from bot.storage.schema import events
from bot.storage.work import Work

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
DAY = timedelta(days=1)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def said(database: Database, count: int, at: datetime) -> list[str]:
    made = []
    with database.transaction() as work:
        for number in range(count):
            start = Incoming("web:harbour", f"{at.isoformat()}-{number}", f"{at.isoformat()}-{number}", "start")
            made.append(work.inbox.receive(start, "harbour", "en", at).conversation_id)
            work.record.append(made[-1], [NewEvent("user", {"text": "hello"})], at)
    return made


def worker(database: Database, clock: FixedClock) -> Worker[Work]:
    handlers: dict[str, Any] = {
        proof_runs.KIND: proof_runs.ProofRuns(clock, [KEY.public_key()]),
        checkpoints.KIND: checkpoints.Checkpointing(clock, KEY),
    }
    return Worker(database, clock, handlers)


def ran(database: Database, since: datetime | None, until: datetime | None) -> ProofRun:
    clock = FixedClock(NOW)
    with database.transaction() as work:
        run = proof_runs.start(work, "s1", NOW, since, until)
    while worker(database, clock).run_due():  # a new one each time, as after a kill
        pass
    with database.reading() as work:
        found = work.proofs.run(run.id)
    assert found is not None
    return found


def test_everything_is_covered_in_batches(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof_runs, "BATCH", 3)
    monkeypatch.setattr(proof.Proofs.under_way, "__defaults__", ("", 3))
    made = said(database, 7, NOW)
    run = ran(database, None, None)
    assert (run.chains, run.events, run.broken_chains, run.finished_at) == (7 + 2, 7, 0, NOW)
    with database.transaction() as work:
        work.connection.execute(sa.delete(events).where(events.c.conversation_id == made[4]))
    found = ran(database, None, None)
    assert (found.broken_chains, [chain for chain, _, _ in found.broken]) == (1, [made[4]])
    with database.reading() as work:
        assert {one.id for one in work.proofs.newest()} == {run.id, found.id}


def test_a_day_is_what_was_under_way_on_it(database: Database) -> None:
    said(database, 2, NOW - 2 * DAY)
    said(database, 3, NOW)
    assert ran(database, NOW - timedelta(hours=4), NOW + timedelta(hours=20)).chains == 3
    assert ran(database, NOW + DAY, NOW + 2 * DAY).chains == 0


def test_a_checkpoint_is_signed_every_hour_of_what_has_moved(database: Database) -> None:
    clock = FixedClock(NOW)
    with database.transaction() as work:
        checkpoints.schedule(work, NOW)
    for hour in range(3):
        if hour < 2:
            said(database, 1, NOW + timedelta(minutes=hour))
        worker(database, clock).run_due()
        worker(database, clock).run_due()
        clock.advance(checkpoints.EVERY)
    with database.reading() as work:
        signed = work.checkpoints.all()
        assert [one.at for one in signed] == [NOW, NOW + checkpoints.EVERY], "nothing had moved in the third hour"
        assert work.jobs.next_due() == NOW + 3 * checkpoints.EVERY
