"""Whoever wishes for it is reminded of their plan's dates; an instalment that did not arrive is asked about."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.assembly import App
from bot.background import due_work
from bot.clock import FixedClock
from bot.dialogue.understanding import Understanding
from bot.lender.settling import settle
from bot.lending.plans import Agreement
from bot.lending.standing import Standing
from tests.actions.test_plan_talk import agreements, said, say_safe
from tests.conversations.driver import Chat, demo_app

SATURDAY = datetime(2026, 11, 21, 4, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def app(database_url: str, tmp_path: Path, model: Understanding) -> Iterator[App]:
    app = demo_app(database_url, tmp_path, SATURDAY, model)
    yield app
    app.close()


def agreed(app: App, locale: str = "en") -> tuple[Chat, Agreement]:
    """A plan for HB-1001, of which the first instalment is due on 10 December."""
    chat = Chat(app, locale=locale)
    chat.start()
    chat.verify("HB-1001")
    say_safe(app, chat, "800")
    for pressed in ("/request_plan", "/SetSlots(plan_choice=a)", "/SetSlots(plan_confirmed=true)"):
        chat.press(pressed)
    (plan,) = agreements(app, chat)
    return chat, plan


def come_to(app: App, chat: Chat, at: datetime) -> list[str]:
    """Let time pass and do what is due; what the chat says of its own."""
    assert isinstance(app.clock, FixedClock)
    app.clock.set(at)
    worker = due_work(app)
    while worker.run_due():
        pass
    chat.read()
    return said(chat)


def morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 2, tzinfo=UTC)  # ten o'clock in Shanghai


def queued(app: App, chat: Chat) -> list[bool]:
    """Of what waits to be sent: whether it is unasked."""
    with app.database.transaction() as work:
        return [row.unasked for row in work.outbox.claim(chat.conversation_id, app.clock.now())]


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", "The reminder you asked for: 10 Dec is coming up."),
        ("zh_Hans", "您要的提醒：12月10日快到了。"),
        ("zh_Hant", "您要的提醒：12月10日快到了。"),
    ],
)
def test_a_reminder_comes_before_each_date_and_says_no_more_than_the_day(app: App, locale: str, words: str) -> None:
    chat, plan = agreed(app, locale)
    assert said(chat) == ["utter_plan_recorded"]
    chat.press("/remind_me")
    assert said(chat) == ["utter_reminders_on"]
    first, second = (row.due for row in plan.schedule.instalments[:2])
    assert come_to(app, chat, morning(first - 4 * DAY)) == []
    assert come_to(app, chat, morning(first - 3 * DAY)) == ["utter_reminder"]
    assert chat.replies[0].text == words
    assert come_to(app, chat, morning(first)) == [], "once for a date"
    assert come_to(app, chat, morning(second - 3 * DAY)) == ["utter_reminder"]


def test_nobody_is_reminded_who_did_not_wish_for_it(app: App) -> None:
    chat, plan = agreed(app)
    assert come_to(app, chat, morning(plan.schedule.first.due - 3 * DAY)) == []


def test_who_does_not_wish_for_it_any_more_is_not_reminded(app: App) -> None:
    chat, plan = agreed(app)
    chat.press("/remind_me")
    chat.press("/no_reminders")
    assert said(chat) == ["utter_reminders_off"]
    assert come_to(app, chat, morning(plan.schedule.first.due - 3 * DAY)) == []


def test_who_asked_not_to_be_written_to_is_not_reminded(app: App) -> None:
    chat, plan = agreed(app)
    chat.press("/remind_me")
    chat.type("please stop messaging me")
    chat.press("/remind_me")
    assert "utter_reminders_stopped" in said(chat)
    assert come_to(app, chat, morning(plan.schedule.first.due - 3 * DAY)) == []


def test_what_is_paid_or_over_is_not_reminded_of(app: App) -> None:
    chat, plan = agreed(app)
    chat.press("/remind_me")
    with app.database.transaction() as work:
        work.lending.settle_plan(plan.id, Standing(plan.schedule.first.amount, 0, "live"))
    assert come_to(app, chat, morning(plan.schedule.first.due - 3 * DAY)) == []
    with app.database.transaction() as work:
        work.lending.settle_plan(plan.id, Standing(plan.schedule.first.amount, 2, "broken"))
    assert come_to(app, chat, morning(plan.schedule.instalments[1].due - 3 * DAY)) == []


def promised(app: App) -> Chat:
    """A promise of HB-1001 to pay on Friday the 27th, of which they are to be reminded."""
    chat = Chat(app)
    chat.start()
    chat.verify("HB-1001")
    for typed in ("i'll pay 500 on friday", "yes", "remind me"):
        chat.type(typed)
    assert said(chat) == ["utter_reminder_of_promise"]
    return chat


def promises(app: App, chat: Chat) -> list[tuple[date, str]]:
    with app.database.reading() as work:
        conversation = work.conversations.get(chat.conversation_id)
        assert conversation is not None
        made = work.lending.promises(conversation.borrower_id or "")
    return sorted((one.due, one.status) for one in made)


def test_a_promise_is_told_of_once_before_its_day(app: App) -> None:
    chat = promised(app)
    assert come_to(app, chat, morning(date(2026, 11, 23))) == []
    assert come_to(app, chat, morning(date(2026, 11, 24))) == ["utter_promise_reminder"]
    assert "27 Nov" in chat.replies[0].text
    assert "500" not in chat.replies[0].text
    assert come_to(app, chat, morning(date(2026, 11, 27))) == []


def test_the_reminder_moves_along_with_the_promise(app: App) -> None:
    chat = promised(app)
    chat.type("can we say the 4th of December instead")
    chat.type("yes")
    assert promises(app, chat) == [(date(2026, 11, 27), "rescheduled"), (date(2026, 12, 4), "open")]
    assert come_to(app, chat, morning(date(2026, 11, 27))) == []
    assert come_to(app, chat, morning(date(2026, 12, 1))) == ["utter_promise_reminder"]


def test_a_promise_that_was_moved_is_neither_kept_nor_broken(app: App) -> None:
    chat = promised(app)
    for typed in ("can we say Monday instead", "yes"):
        chat.type(typed)
    settle(app.database, app.policies, "harbour", (), date(2026, 12, 31), app.clock.now())
    assert promises(app, chat) == [(date(2026, 11, 23), "broken"), (date(2026, 11, 27), "rescheduled")]


def test_who_takes_the_wish_back_is_not_reminded_of_a_promise(app: App) -> None:
    chat = promised(app)
    chat.type("no more reminders")
    assert come_to(app, chat, morning(date(2026, 11, 24))) == []


def miss(app: App, plan: Agreement, count: int) -> None:
    """The lender's list of payments goes up to the day on which the grace of so many instalments is over."""
    through = plan.schedule.instalments[count - 1].due + timedelta(days=plan.grace_days or 0)
    assert isinstance(app.clock, FixedClock)
    app.clock.set(morning(through + DAY))
    settle(app.database, app.policies, "harbour", (), through, app.clock.now())


def test_what_did_not_arrive_is_asked_about_once(app: App) -> None:
    chat, plan = agreed(app)
    miss(app, plan, 1)
    assert come_to(app, chat, app.clock.now()) == ["utter_instalment_missed"]
    assert "10 Dec" in chat.replies[0].text
    assert "¥" not in chat.replies[0].text
    assert queued(app, chat)[-1] is True, "the gate is asked again when it is sent"
    miss(app, plan, 1)
    assert come_to(app, chat, app.clock.now() + DAY) == []
    miss(app, plan, 2)
    assert come_to(app, chat, app.clock.now()) == ["utter_plan_not_kept"]


def test_at_night_the_question_waits_for_the_morning(app: App) -> None:
    chat, plan = agreed(app)
    miss(app, plan, 1)
    assert come_to(app, chat, app.clock.now() + timedelta(hours=13)) == []  # 23:00
    assert come_to(app, chat, app.clock.now() + timedelta(hours=12)) == ["utter_instalment_missed"]


def test_a_hold_keeps_the_question_away(app: App) -> None:
    chat, plan = agreed(app)
    chat.press("/stop_contact")
    miss(app, plan, 1)
    assert come_to(app, chat, app.clock.now()) == []


def test_who_talks_with_a_colleague_is_asked_nothing_by_the_bot(app: App) -> None:
    chat, plan = agreed(app)
    chat.be_taken()
    miss(app, plan, 1)
    assert "utter_instalment_missed" not in come_to(app, chat, app.clock.now())
