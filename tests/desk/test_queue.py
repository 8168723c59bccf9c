"""The queue in pages, its filters and counts, and how much everybody holds: on both databases."""

from dataclasses import replace
from datetime import timedelta
from itertools import product
from random import Random
from typing import get_args

import pytest

from bot.access import Staff
from bot.desk import handoffs, queue
from bot.desk.cases import URGENCY
from bot.desk.queue_store import Cursor, QueueFilter
from bot.desk.routing import lateness
from bot.desk.store import CaseEvent, CaseReason, CaseState
from bot.errors import BadInput
from bot.storage.engine import Database
from bot.storage.work import Work
from tests.desk.stage import NOW, ask_for_person, chat, hire, notice
from tests.storage.samples import conversation

REASONS: tuple[CaseReason, ...] = get_args(CaseReason)
MINUTE = timedelta(minutes=1)
ANN = Staff("ann", "ann", "Ann", "collector", speakers=("harbour",), teams=("general", "hardship"))
MINE = QueueFilter(mine=True)
BOSS = Staff("boss", "boss", "Boss", "supervisor")


def cases(database: Database, count: int) -> list[CaseState]:
    """Cases of every kind, at random but the same each time."""
    random = Random(7)
    made = []
    for number in range(count):
        holder = random.choice([None, None, "ann", "ben"])
        reason = random.choice(REASONS)
        due = NOW + MINUTE * random.randint(-60, 60)
        made.append(
            CaseState(
                id=f"case{number:04}",
                conversation_id=conversation(database, f"s{number}"),
                creditor=random.choice([None, "harbour", "thames"]),
                speaker=random.choice(["harbour", "fairway"]),
                reason=reason,
                urgency=URGENCY[reason],
                wants="person",
                locale=random.choice(["en", "zh_Hans"]),
                status="held" if holder else "waiting",
                holder=holder,
                opened_at=NOW,
                waiting_since=None if holder and random.random() < 0.5 else NOW + MINUTE * random.randint(0, 3),
                team=random.choice(["general", "hardship", "fraud"]),
                answer_warn=due - MINUTE * 10,
                answer_by=due,
                served_by=holder,
            )
        )
    with database.transaction() as work:
        for state in made:
            work.desk.add(state, CaseEvent(state.id, 1, "opened", NOW, None, {}))
    return made


def visible(state: CaseState, reader: Staff) -> bool:
    own = reader.id in (state.holder, state.served_by)
    return reader.covers(state.speaker, state.creditor, None if own else state.team)


def fits(state: CaseState, wanted: QueueFilter, reader: Staff) -> bool:
    exact = {"team": state.team, "language": state.locale, "reason": state.reason, "creditor": state.creditor}
    asked = all(getattr(wanted, name) in (None, value) for name, value in exact.items())
    return asked and (not wanted.mine or state.holder == reader.id) and (not wanted.unassigned or not state.holder)


def place(state: CaseState) -> tuple[int, float, str]:
    since = state.waiting_since.timestamp() if state.waiting_since else float("inf")
    return state.urgency, since, state.id


def paged(work: Work, reader: Staff, wanted: QueueFilter) -> list[CaseState]:
    """The whole queue, read page by page by cursors that went through an address."""
    found: list[CaseState] = []
    after = None
    while True:
        page = queue.read(work, reader, wanted, after, limit=7)
        found += page.cases
        if page.next is None:
            return found
        after = Cursor.parse(page.next.text())


def test_pages_and_counts_are_what_a_reader_may_see_and_asked_for(database: Database) -> None:
    made = cases(database, 60)
    asked = [
        QueueFilter(team=team, language=language, mine=mine, unassigned=unassigned)
        for team, language, mine, unassigned in product(
            (None, "hardship"), (None, "en"), (False, True), (False, True)
        )
    ]
    asked += [QueueFilter(reason="fraud"), QueueFilter(creditor="harbour")]
    with database.reading() as work:
        for reader, wanted in product((ANN, BOSS), asked):
            seen = [state for state in made if visible(state, reader)]
            expected = sorted((state for state in seen if fits(state, wanted, reader)), key=place)
            assert paged(work, reader, wanted) == expected
            counts = queue.counts(work, reader, wanted, NOW)
            assert (counts.total, counts.wanted) == (len(seen), len(expected))
            states = [lateness(state, NOW) for state in seen]
            assert (counts.due_soon, counts.late) == (states.count("due_soon"), states.count("late"))
            assert counts.mine == sum(state.holder == reader.id for state in seen)
            assert counts.teams == {
                team: sum(state.team == team for state in seen) for team in sorted({state.team for state in seen})
            }


@pytest.mark.parametrize("text", ["", "1", "x_1_c", "1_x_c", f"1_{10**30}_c"])
def test_what_is_no_place_in_the_queue_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        Cursor.parse(text)


def test_a_supervisor_sees_who_holds_how_much(database: Database) -> None:
    with database.transaction() as work:
        ann, boss = hire(work, "collector", "ann"), hire(work, "supervisor", "boss")
        for number in range(3):
            case = ask_for_person(work, chat(work, reference=None, sender=f"s{number}"), at=NOW)
            if number < 2:
                handoffs.take(work, case, ann, NOW + MINUTE, notice)
        held = work.queue.page(queue.bounds_of(ann), MINE, None, 1)
        handoffs.answer(work, held[0].id, ann, "Hello.", NOW)
        told = queue.figures(work, boss, NOW)
        assert {team: (load.waiting, load.held) for team, load in told.teams.items()} == {"general": (1, 2)}
        assert [(load.staff, load.held, load.unanswered) for load in told.people.values()] == [(ann.id, 2, 1)]
        nobody = queue.figures(work, replace(boss, speakers=("thames",)), NOW)
        assert (nobody.teams, nobody.people) == ({}, {})
        waited = work.queue.waited(queue.bounds_of(boss), NOW, NOW + MINUTE)
        assert sorted(one.answered_at is not None for one in waited) == [False, False, True]
        assert list(work.queue.waited(queue.bounds_of(boss), NOW + MINUTE, NOW + MINUTE * 2)) == []
