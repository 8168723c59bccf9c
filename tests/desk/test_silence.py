"""A talk in which somebody falls silent: who is reminded, who is told, and when the bot is back."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.desk.cases import ImpossibleTransition
from bot.desk.handoffs import add_event
from bot.jobs.worker import LEASE
from bot.storage.engine import Database
from tests.desk.stage import POLICIES
from tests.desk.talking import Talk

MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)  # 10:00 in Shanghai
RULES = POLICIES.for_creditor("harbour").handoff.silence
UNTIL_BACK = RULES.remind_minutes + RULES.return_minutes


def test_a_silent_borrower_is_waited_for_and_then_the_bot_is_back(database: Database) -> None:
    talk = Talk(database, MONDAY)
    talk.says()
    talk.answers()
    talk.pass_time(RULES.remind_minutes - 1)
    assert talk.quiet() is None
    talk.pass_time(1)
    assert talk.quiet() == "borrower"
    talk.pass_time(RULES.return_minutes)
    assert (talk.state.status, talk.quiet()) == ("returned", None)
    assert talk.happened[-2:] == ["silent", "returned"]
    assert talk.said == ["utter_notice_joined", "utter_notice_quiet"], "nobody who left is asked how it was"
    with database.reading() as work:
        conversation = work.conversations.get(talk.conversation_id)
        assert conversation is not None
        assert conversation.held_by is None
        assert work.jobs.next_due() is None


def test_whoever_speaks_puts_it_off(database: Database) -> None:
    talk = Talk(database, MONDAY)
    talk.says()
    talk.answers()
    talk.pass_time(UNTIL_BACK - 1)
    talk.says()
    assert talk.quiet() is None
    talk.answers()
    talk.pass_time(UNTIL_BACK - 1)
    assert talk.state.status == "held"
    talk.answers()
    talk.pass_time(RULES.remind_minutes - 1)
    assert (talk.state.status, talk.quiet()) == ("held", None)


def test_a_borrower_who_waits_is_told_once_and_a_supervisor_sees_it(database: Database) -> None:
    talk = Talk(database, MONDAY)
    talk.answers()
    talk.says()
    talk.pass_time(RULES.answer_minutes - 1)
    talk.says()
    assert talk.quiet() is None
    talk.pass_time(1)
    assert talk.quiet() == "collector"
    talk.says()
    talk.pass_time(RULES.escalate_minutes)
    assert talk.quiet() == "supervisor"
    talk.pass_time(60)
    assert talk.said.count("utter_colleague_reminded") == 1
    assert talk.state.status == "held"
    talk.answers()
    assert talk.quiet() is None


def test_at_night_the_borrower_hears_when_it_is_read_and_the_clock_rests(database: Database) -> None:
    talk = Talk(database, MONDAY + timedelta(hours=7, minutes=58))  # two minutes before the desk closes
    talk.answers()
    talk.pass_time(4)
    talk.says()
    talk.pass_time(120)
    assert talk.said[1:] == ["utter_colleague_closed"]
    assert talk.quiet() is None
    talk.clock.set(datetime(2026, 11, 24, 0, 29, tzinfo=UTC))
    talk.pass_time(RULES.answer_minutes)
    assert talk.said[1:] == ["utter_colleague_closed"]
    talk.pass_time(2)
    assert talk.said[1:] == ["utter_colleague_closed", "utter_colleague_reminded"]


def test_a_process_that_dies_with_the_work_in_hand_leaves_it_to_another(database: Database) -> None:
    talk = Talk(database, MONDAY)
    talk.answers()
    talk.clock.advance(timedelta(minutes=RULES.remind_minutes))
    with database.transaction() as work:
        assert work.jobs.claim(talk.clock.now(), LEASE, 10)  # and never heard of again
    talk.work_off()
    assert talk.quiet() is None
    talk.clock.advance(LEASE)
    talk.work_off()
    assert talk.happened.count("silent") == 1


def test_only_silence_hands_back_without_anybody(sqlite_database: Database) -> None:
    talk = Talk(sqlite_database, MONDAY)
    with sqlite_database.transaction() as work, pytest.raises(ImpossibleTransition):
        add_event(work.desk, talk.state, "returned", None, {"agreed": ""}, MONDAY)
    with sqlite_database.transaction() as work, pytest.raises(ImpossibleTransition):
        add_event(work.desk, talk.state, "resolved", None, {"why": "silence"}, MONDAY)
