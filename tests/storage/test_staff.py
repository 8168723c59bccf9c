"""Cases and their queue, staff and their sessions, the audit trail, and finding conversations."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot.access import LoginTaken, Session, Staff
from bot.desk.store import CaseEvent, CaseState, NoSuchCase
from bot.record.chain import verify
from bot.storage.engine import Database
from bot.storage.schema_staff import audit
from tests.desk.stage import queued
from tests.storage.samples import MINUTE, NOW, conversation


def _case(case_id: str, conversation_id: str, urgency: int = 5, minutes: int = 0) -> CaseState:
    return CaseState(
        id=case_id,
        conversation_id=conversation_id,
        creditor=None,
        speaker="harbour",
        reason="request",
        urgency=urgency,
        wants="a person",
        locale="en",
        status="waiting",
        holder=None,
        opened_at=NOW,
        waiting_since=NOW + MINUTE * minutes,
    )


def _event(state: CaseState, number: int = 1) -> CaseEvent:
    return CaseEvent(state.id, number, "opened" if number == 1 else "taken", NOW, None, {"card": {"wants": "人工"}})


def test_a_case_and_its_events_come_back(database: Database) -> None:
    state = _case("c1", conversation(database))
    taken = replace(state, status="held", holder="s1", number=2, waiting_since=None)
    with database.transaction() as work:
        work.desk.add(state, _event(state))
        assert work.desk.lock("c1") == state
        work.desk.add(taken, _event(taken, 2))
    with database.transaction() as work:
        assert work.desk.case("c1") == work.desk.open_case(state.conversation_id) == taken
        assert work.desk.events("c1") == [_event(state), _event(taken, 2)]
        work.desk.add(replace(taken, status="resolved", number=3, closed_at=NOW), _event(taken, 3))
        assert work.desk.open_case(state.conversation_id) is None
        assert [each.status for each in work.desk.cases(state.conversation_id)] == ["resolved"]
        assert work.desk.case("none") is None
        with pytest.raises(NoSuchCase):
            work.desk.lock("none")


def test_the_queue_is_by_urgency_then_by_waiting(database: Database) -> None:
    ids = [conversation(database, f"s{n}") for n in range(5)]
    states = [
        _case("a", ids[0], 5, 1),
        _case("b", ids[1], 5, 0),
        _case("c", ids[2], 0, 9),
        replace(_case("d", ids[3], 5), status="held", holder="s1", waiting_since=None),
        replace(_case("e", ids[4], 1), speaker="swiftlend"),
    ]
    with database.transaction() as work:
        for state in states:
            work.desk.add(state, _event(state))
        assert [each.id for each in queued(work)] == ["c", "e", "b", "a", "d"]
        assert [each.id for each in queued(work, ("harbour",))] == ["c", "b", "a", "d"]
        assert queued(work, ()) == []
        assert [work.desk.ahead(state) for state in states[:3]] == [2, 1, 0]


def test_a_conversation_has_one_open_case(database: Database) -> None:
    conversation_id = conversation(database)
    first, second = _case("c1", conversation_id), _case("c2", conversation_id)
    with database.transaction() as work:
        work.desk.add(first, _event(first))
    with pytest.raises(IntegrityError), database.transaction() as work:
        work.desk.add(second, _event(second))


def test_staff_sign_in_and_out(database: Database) -> None:
    person = Staff("s1", "Ming", "小明", "collector", speakers=("harbour",), locale="zh_Hans")
    session = Session("digest", "s1", NOW, NOW, NOW + timedelta(hours=8))
    with database.transaction() as work:
        work.staff.add(person, "hash")
        with pytest.raises(LoginTaken):
            work.staff.add(replace(person, id="s2", login="MING"), "other")
        assert work.staff.by_login("mING") == (person, "hash")
        assert work.staff.by_login("no\0body") is None
        work.staff.save(replace(person, speakers=None, creditors=("harbour",), disabled=True))
        work.staff.set_password("s1", "new")
        assert work.staff.by_login("ming") == (
            replace(person, speakers=None, creditors=("harbour",), disabled=True),
            "new",
        )
        assert work.staff.everyone() == [work.staff.by_id("s1")]
        work.staff.add_session(session)
        work.staff.touch_session("digest", NOW + MINUTE)
        assert work.staff.session("digest") == replace(session, seen_at=NOW + MINUTE)
        work.staff.end_session("digest")
        assert work.staff.session("digest") is None


def test_failed_sign_ins_are_counted_since(database: Database) -> None:
    with database.transaction() as work:
        for minutes in (0, 1, 2):
            work.staff.add_failed_sign_in("Ming", NOW + MINUTE * minutes)
        assert work.staff.failed_sign_ins("ming", NOW + MINUTE) == [NOW + MINUTE, NOW + MINUTE * 2]
        work.staff.clear_failed_sign_ins("ming")
        assert work.staff.failed_sign_ins("ming", NOW) == []


def test_the_audit_trail_is_one_chain_that_shows_tampering(database: Database) -> None:
    for number in range(4):
        with database.transaction() as work:
            entry = work.audit.append(
                "view", f"conversation:{number}", "s1" if number % 2 else None, {"n": number}, NOW
            )
            assert entry.number == number + 1
    with database.reading() as work:
        assert verify(work.audit.chain(), work.audit.head()) is None
        assert [entry.number for entry in work.audit.newest()] == [4, 3, 2, 1]
        assert [entry.number for entry in work.audit.newest(before=4, limit=2)] == [3, 2]
        assert [entry.number for entry in work.audit.newest(staff="s1", action="view")] == [4, 2]
        assert list(work.audit.newest(action="other")) == []
    with database.transaction() as work:
        work.connection.execute(sa.update(audit).where(audit.c.number == 2).values(staff="s2"))
    with database.reading() as work:
        broken = verify(work.audit.chain(), work.audit.head())
    assert broken is not None
    assert broken.seq == 2


def test_all_conversations_are_walked_in_pages(database: Database) -> None:
    ids = [conversation(database, f"s{number}") for number in range(5)]
    with database.reading() as work:
        assert work.proofs.under_way(None, None, limit=3) == sorted(ids)[:3]
        assert work.proofs.under_way(None, None, after=sorted(ids)[2]) == sorted(ids)[3:]
