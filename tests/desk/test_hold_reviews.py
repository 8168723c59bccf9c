"""A hold's review date: a pause lapses, anything else comes before a person, once."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.clock import FixedClock
from bot.conversations.store import Conversation
from bot.desk.hold_reviews import KIND, HoldReviews, schedule
from bot.jobs.worker import Worker
from bot.lending.holds import Hold
from bot.storage.engine import Database
from bot.storage.work import Work
from tests.desk.stage import NOW, ask_for_person, chat, move_in
from tests.lending.files import demo

SHANGHAI = ZoneInfo("Asia/Shanghai")
REVIEW = date(2026, 12, 21)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


def review(database: Database, clock: FixedClock) -> int:
    return Worker[Work](database, clock, {KIND: HoldReviews(clock, demo())}).run_due()


def placed(database: Database, **how: object) -> tuple[Conversation, Hold]:
    move_in(database)
    with database.transaction() as work:
        conversation = chat(work)
        assert conversation.borrower_id is not None
        hold = Hold(
            "h1", "borrower", conversation.borrower_id, "hardship", "reminders", NOW, REVIEW, ("collector",)
        )
        hold = replace(hold, **how)  # type: ignore[arg-type]
        work.lending.add_hold(hold)
        schedule(work.jobs, hold, conversation, SHANGHAI)
    return conversation, hold


def test_nothing_happens_before_the_borrowers_day_begins(database: Database, clock: FixedClock) -> None:
    conversation, _ = placed(database)
    clock.set(NOW.replace(month=12, day=20, hour=15, minute=59))
    assert review(database, clock) == 0
    clock.advance(timedelta(minutes=1))
    assert review(database, clock) == 1
    with database.reading() as work:
        case = work.desk.open_case(conversation.id)
    assert case is not None
    assert (case.reason, case.wants) == ("negotiation", "hold_review")


def test_it_comes_before_a_person_once_and_stays_in_force(database: Database, clock: FixedClock) -> None:
    conversation, hold = placed(database)
    clock.advance(timedelta(days=40))
    assert [review(database, clock), review(database, clock)] == [1, 0]
    with database.reading() as work:
        assert len(work.desk.cases(conversation.id)) == 1
        assert [kept.id for kept in work.lending.holds([("borrower", hold.subject)])] == [hold.id]
        assert "hold_review" in [
            e.body["wants"] for e in work.record.events(conversation.id, kinds=["case"]) if e.body
        ]


def test_a_pause_lapses_without_anybody(database: Database, clock: FixedClock) -> None:
    conversation, hold = placed(database, lapses=True)
    clock.advance(timedelta(days=40))
    review(database, clock)
    with database.reading() as work:
        assert work.lending.holds([("borrower", hold.subject)]) == []
        assert work.desk.open_case(conversation.id) is None


def test_a_hold_that_was_lifted_is_not_reviewed(database: Database, clock: FixedClock) -> None:
    conversation, hold = placed(database)
    with database.transaction() as work:
        work.lending.lift_hold(hold.id, NOW)
    clock.advance(timedelta(days=40))
    review(database, clock)
    with database.reading() as work:
        assert work.desk.open_case(conversation.id) is None


def test_an_open_case_is_left_as_it_is(database: Database, clock: FixedClock) -> None:
    conversation, _ = placed(database)
    with database.transaction() as work:
        ask_for_person(work, conversation)
    clock.advance(timedelta(days=40))
    review(database, clock)
    with database.reading() as work:
        case = work.desk.open_case(conversation.id)
    assert case is not None
    assert case.wants != "hold_review"


def test_a_hold_without_a_review_date_is_never_due(database: Database, clock: FixedClock) -> None:
    placed(database, review_on=None)
    clock.advance(timedelta(days=4000))
    assert review(database, clock) == 0


def test_a_hold_that_still_stands_comes_up_again_until_it_is_lifted(database: Database, clock: FixedClock) -> None:
    conversation, hold = placed(database)
    clock.advance(timedelta(days=40))
    assert review(database, clock) == 1
    clock.advance(timedelta(days=6))
    assert review(database, clock) == 0
    clock.advance(timedelta(days=1))
    assert review(database, clock) == 1
    with database.transaction() as work:
        work.lending.lift_hold(hold.id, clock.now())
    clock.advance(timedelta(days=7))
    assert [review(database, clock), review(database, clock)] == [1, 0]
    clock.advance(timedelta(days=30))
    assert review(database, clock) == 0
    with database.reading() as work:
        assert len(work.desk.cases(conversation.id)) == 1
