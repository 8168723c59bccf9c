"""How it was: asked once, of whom it does not hurt; kept with the case; a bad one reaches a supervisor."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.access import NotAllowed
from bot.desk import handoffs, surveys, watches
from bot.desk.around import around
from bot.desk.store import CaseReason
from bot.dialogue.tracker import Frame
from bot.lending.holds import Hold, HoldReason
from bot.storage.engine import Database
from tests.desk.stage import TALK, ask_for_person, hire, notice
from tests.desk.talking import Talk

MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)
ASKED = "utter_ask_satisfaction_score"


def talked(database: Database) -> Talk:
    talk = Talk(database, MONDAY)
    talk.says()
    talk.answers()
    return talk


def test_it_is_asked_once_and_kept_and_a_bad_score_waits_for_a_supervisor(database: Database) -> None:
    talk = talked(database)
    talk.hands_back()
    with database.transaction() as work:
        watches.over(work.jobs, talk.state, MONDAY)
    talk.work_off()
    assert talk.said.count(ASKED) == 1
    with database.transaction() as work:
        tracker = work.conversations.tracker(talk.conversation_id)
        assert tracker is not None
        assert (tracker.slots[surveys.SLOT], tracker.stack[-1].asked) == (talk.case, True)
        recorded = surveys.answered(work, talk.case, 2, MONDAY)
        assert recorded is not None
        work.surveys.comment(talk.case, 4)
    assert talk.happened[-1] == "scored"
    with database.transaction() as work:
        boss, elsewhere = hire(work, "supervisor", "boss"), hire(work, "supervisor", "far", ("chuntian",))
        [seen] = surveys.bad_ones(work, boss)
        assert (seen.case_id, seen.score, seen.staff) == (talk.case, 2, talk.ann.id)
        assert surveys.bad_ones(work, elsewhere) == surveys.bad_ones(work, talk.ann) == []
        assert not surveys.see(work, talk.case, elsewhere, MONDAY)
        with pytest.raises(NotAllowed):
            surveys.see(work, talk.case, talk.ann, MONDAY)
        assert [surveys.see(work, talk.case, boss, MONDAY) for _ in range(2)] == [True, False]
        assert surveys.bad_ones(work, boss) == []
        facts = around(work, talk.state)
        assert facts.survey is not None
        assert (facts.survey.score, facts.comment) == (2, "it is None")
        found = work.surveys.between(("harbour",), MONDAY, MONDAY + timedelta(days=1))
        assert [one.case_id for one in found] == [talk.case]


@pytest.mark.parametrize(("reason", "wants"), [("distress", "distress"), ("rights", "death")])
def test_whom_it_would_hurt_is_spared(sqlite_database: Database, reason: CaseReason, wants: str) -> None:
    talk = talked(sqlite_database)
    with sqlite_database.transaction() as work:
        ask_for_person(work, work.conversations.lock(talk.conversation_id), reason, wants, MONDAY)
    talk.hands_back()
    assert ASKED not in talk.said


@pytest.mark.parametrize(("reason", "asked"), [("stop_contact", False), ("death", False), ("dispute", True)])
def test_nor_is_anybody_under_a_hold_that_wants_rest(
    sqlite_database: Database, reason: HoldReason, asked: bool
) -> None:
    talk = talked(sqlite_database)
    with sqlite_database.transaction() as work:
        address = work.conversations.lock(talk.conversation_id).address
        work.lending.add_hold(Hold("h", "address", address, reason, "reminders", MONDAY, None, ("supervisor",)))
    talk.hands_back()
    assert (ASKED in talk.said) is asked


def test_nobody_is_asked_who_said_nothing_or_left_long_ago(sqlite_database: Database) -> None:
    talk = Talk(sqlite_database, MONDAY)
    talk.answers()
    talk.clock.advance(timedelta(hours=1))
    talk.hands_back()
    assert ASKED not in talk.said


def test_nor_whoever_is_not_here_any_more(sqlite_database: Database) -> None:
    talk = talked(sqlite_database)
    talk.clock.advance(timedelta(hours=3))
    talk.hands_back()
    assert ASKED not in talk.said


def test_nor_in_the_middle_of_something_else(sqlite_database: Database) -> None:
    talk = talked(sqlite_database)
    with sqlite_database.transaction() as work:
        handoffs.hand_back(work, talk.case, talk.ann, "", MONDAY, notice, TALK)
        tracker = work.conversations.tracker(talk.conversation_id)
        assert tracker is not None
        tracker.stack.append(Frame("check_balance", "guard", asked=True))
        work.conversations.save_tracker(tracker)
    talk.work_off()
    assert ASKED not in talk.said
    with sqlite_database.reading() as work:
        assert work.surveys.of_case(talk.case) is None
