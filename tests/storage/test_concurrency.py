"""Several processes and threads at once: nothing is lost, nothing happens twice."""

import multiprocessing
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import psycopg
import pytest

from bot.dialogue.tracker import Tracker
from bot.lending.store import LinkSpent, PlanExists
from bot.record.chain import verify
from bot.record.events import NewEvent
from bot.storage.engine import Database
from tests.conftest import KEY
from tests.storage.samples import MINUTE, NOW, agreement, conversation, with_borrower, wrote

PROCESSES, TURNS = 4, 25


def _turns(url: str, conversation_id: str) -> None:
    """Read the tracker, add one, write it: what is lost here is a lost turn."""
    with closing(Database(url, KEY)) as database:
        for _ in range(TURNS):
            with database.transaction() as work:
                work.conversations.lock(conversation_id)
                tracker = work.conversations.tracker(conversation_id) or Tracker(conversation_id, "en")
                tracker.turn += 1
                work.record.append(conversation_id, [NewEvent("turn", {"turn": tracker.turn})], NOW)
                work.conversations.save_tracker(tracker)


def test_four_processes_lose_no_turn(database: Database, database_url: str) -> None:
    conversation_id = conversation(database)
    database.close()  # nothing of this process's connections may be used in another
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=_turns, args=(database_url, conversation_id)) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    with database.reading() as work:
        tracker = work.conversations.tracker(conversation_id)
        events = work.record.events(conversation_id)
        assert verify(events, work.record.head(conversation_id)) is None
    assert tracker is not None
    assert tracker.turn == PROCESSES * TURNS
    assert [event.body for event in events] == [{"turn": n} for n in range(1, PROCESSES * TURNS + 1)]


def test_two_agreements_at_the_same_instant_make_one_plan(database: Database) -> None:
    with_borrower(database)
    start = threading.Barrier(2)

    def agree(agreement_id: str) -> str | None:
        start.wait()
        try:
            with database.transaction() as work:
                work.lending.lock_borrower("b1")
                work.lending.add_agreement(agreement(agreement_id))
        except PlanExists:
            return None
        return agreement_id

    with ThreadPoolExecutor(2) as pool:
        made = [each for each in pool.map(agree, ["p1", "p2"]) if each]
    assert len(made) == 1
    with database.reading() as work:
        assert [each.id for each in work.lending.agreements("b1")] == made


def test_without_any_lock_the_index_alone_refuses_a_second_plan(database: Database) -> None:
    with_borrower(database)
    with database.transaction() as work:
        work.lending.add_agreement(agreement("p1"))
        with pytest.raises(PlanExists):
            work.lending.add_agreement(agreement("p2"))
        # The transaction is still good: the refusal can be told and recorded in it.
        work.lending.set_agreement_status("p1", "cancelled")
        work.lending.add_agreement(agreement("p2"))
    with database.reading() as work:
        assert [each.id for each in work.lending.agreements("b1", "live")] == ["p2"]


def test_the_same_update_from_several_threads_is_stored_once(database: Database) -> None:
    start = threading.Barrier(4)

    def receive(_: int) -> tuple[str, int, bool]:
        start.wait()
        with database.transaction() as work:
            received = work.inbox.receive(wrote(update_id="7"), "harbour", "en", NOW)
        return received.conversation_id, received.input_id, received.duplicate

    with ThreadPoolExecutor(4) as pool:
        received = list(pool.map(receive, range(4)))
    assert len({each[:2] for each in received}) == 1
    assert sorted(each[2] for each in received) == [False, True, True, True]


def test_new_input_is_stored_while_a_turn_holds_the_conversation(database: Database) -> None:
    if database.dialect == "sqlite":
        pytest.skip("SQLite has one writer: the input waits for the turn's few milliseconds")
    conversation_id = conversation(database)
    with database.transaction() as turn:
        turn.conversations.lock(conversation_id)
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(conversation, database).result(timeout=60) == conversation_id


def test_only_one_of_many_claims_the_outbox(database: Database) -> None:
    conversation_id = conversation(database)
    with database.transaction() as work:
        work.record.append(conversation_id, [NewEvent("bot", {})] * 5, NOW)
        work.outbox.put(conversation_id, [1, 2, 3, 4, 5], unasked=False, at=NOW)
    start = threading.Barrier(4)

    def claim(_: int) -> list[int]:
        start.wait()
        with database.transaction() as work:
            return [each.seq for each in work.outbox.claim(conversation_id, NOW)]

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(claim, range(4))) == [[], [], [], [1, 2, 3, 4, 5]]


def test_due_work_is_taken_once(database: Database) -> None:
    with database.transaction() as work:
        for number in range(40):
            work.jobs.add("remind", str(number), NOW, {})
    start = threading.Barrier(4)

    def claim(_: int) -> list[str]:
        start.wait()
        taken: list[str] = []
        while True:
            with database.transaction() as work:
                jobs = work.jobs.claim(NOW, timedelta(minutes=5), 3)
            if not jobs:
                return taken
            taken += [job.key for job in jobs]

    with ThreadPoolExecutor(4) as pool:
        taken = [key for keys in pool.map(claim, range(4)) for key in keys]
    assert sorted(taken, key=int) == [str(number) for number in range(40)]


def test_a_link_is_spent_once(database: Database) -> None:
    with_borrower(database)
    with database.transaction() as work:
        work.lending.add_link("digest", "b1", NOW + MINUTE)
    start = threading.Barrier(4)

    def spend(_: int) -> str:
        start.wait()
        try:
            with database.transaction() as work:
                return work.lending.spend_link("digest", NOW)
        except LinkSpent:
            return ""

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(spend, range(4))) == ["", "", "", "b1"]


def test_a_transaction_inside_another_on_one_thread_is_an_error_on_sqlite(database: Database) -> None:
    if database.dialect != "sqlite":
        pytest.skip("PostgreSQL has many writers")
    with database.transaction(), pytest.raises(RuntimeError, match="already"), database.transaction():
        raise AssertionError


def test_a_connection_in_use_when_all_is_closed_is_closed_when_given_back(database: Database) -> None:
    with database.reading() as work:
        used = work.connection.connection.dbapi_connection
        database.close()
    assert used is not None
    with pytest.raises((psycopg.OperationalError, sqlite3.ProgrammingError), match="closed"):
        used.cursor()
