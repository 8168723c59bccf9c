"""Times for a callback: offered where both sides can, given once for each place, kept, changed, taken back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.desk import callbacks
from bot.desk.callbacks import Reachable, Slot, slots
from bot.desk.hours import opening
from bot.desk.routing import route
from bot.lending.policy_hours import CallbackRules, OfficeHours, OpenSpan
from bot.lending.policy_rules import WEEKDAYS, ContactRules, Hours
from bot.storage.engine import Database
from tests.desk.stage import NOW, POLICIES, ask_for_person, chat, queued
from tests.desk.talking import Talk

SATURDAY = datetime(2026, 11, 21, 4, tzinfo=UTC)  # noon in Shanghai: closed until Monday
POLICY = POLICIES.for_creditor("harbour")
RULES = CallbackRules(per_slot=3)
MONDAY_NINE = Slot(datetime(2026, 11, 23, 1, tzinfo=UTC), datetime(2026, 11, 23, 1, 30, tzinfo=UTC))
MONDAY_TEN = Slot(datetime(2026, 11, 23, 2, tzinfo=UTC), datetime(2026, 11, 23, 2, 30, tzinfo=UTC))

zones = st.sampled_from(["Asia/Shanghai", "Europe/London", "America/New_York", "Asia/Kolkata"])
contacts = st.builds(
    lambda opens, hours, days, holidays: ContactRules(
        hours=Hours(opens=time(opens), closes=time(min(opens + hours, 23))), days=tuple(days), on_holidays=holidays
    ),
    st.integers(6, 18),
    st.integers(1, 12),
    st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=7, unique=True),
    st.booleans(),
)
offers = st.builds(
    CallbackRules,
    slot_minutes=st.sampled_from([10, 30, 45, 60, 240]),
    per_slot=st.just(1),
    days_ahead=st.integers(1, 10),
    notice_minutes=st.integers(0, 600),
)


@settings(max_examples=60, deadline=None)
@given(offers, zones, zones, contacts, st.integers(0, 60 * 24 * 30))
def test_a_time_is_within_the_teams_hours_and_the_borrowers(
    rules: CallbackRules, office: str, home: str, contact: ContactRules, minutes: int
) -> None:
    spans = (OpenSpan(days=WEEKDAYS[:5], opens=time(8, 30), closes=time(18)),)
    hours = OfficeHours(time_zone=office, spans=spans)
    now = datetime(2026, 10, 15, tzinfo=UTC) + timedelta(minutes=minutes)  # clocks change in these weeks
    found = list(slots(rules, hours, Reachable(home, contact, "GB"), now))
    assert all(one.ends_at <= other.starts_at for one, other in pairwise(found))
    for slot in found:
        assert slot.ends_at - slot.starts_at == timedelta(minutes=rules.slot_minutes)
        assert now + timedelta(minutes=rules.notice_minutes) <= slot.starts_at < now + timedelta(rules.days_ahead)
        for at in (slot.starts_at, slot.ends_at - timedelta(microseconds=1)):
            here = at.astimezone(ZoneInfo(home))
            assert opening(hours, at).open_now
            assert WEEKDAYS[here.weekday()] in contact.days
            assert contact.hours.opens <= here.time() < contact.hours.closes


def test_whom_no_hour_is_left_is_offered_none() -> None:
    assert list(slots(RULES, POLICY.office_hours, Reachable("Asia/Shanghai", None, "CN"), SATURDAY)) == []


def test_a_time_is_given_as_often_as_it_may_be_however_many_ask_at_once(database: Database) -> None:
    with database.transaction() as work:
        waiting = [chat(work, reference=None, sender=f"b{n}") for n in range(8)]
        cases = [ask_for_person(work, one, wants="person") for one in waiting]

    def book(place: int) -> bool:
        with database.transaction() as work:
            work.conversations.lock(waiting[place].id)
            return callbacks.book(work, work.desk.lock(cases[place]), MONDAY_NINE, RULES, NOW) is not None

    with ThreadPoolExecutor(8) as pool:
        booked = list(pool.map(book, range(8)))
    assert sum(booked) == RULES.per_slot
    with database.reading() as work:
        state = work.desk.case(cases[0])
        assert state is not None
        taken = work.bookings.taken("harbour", state.team, SATURDAY, SATURDAY + timedelta(days=9))
        assert taken == {MONDAY_NINE.starts_at: RULES.per_slot}
        held = work.bookings.of_cases(cases)
        assert set(held) == {case for case, got in zip(cases, booked, strict=True) if got}
        who = Reachable("Asia/Shanghai", POLICY.contact, "CN")
        free = callbacks.free(work, POLICY, "harbour", state.team, who, SATURDAY)
        assert next(iter(islice(free, 1))).starts_at == MONDAY_NINE.ends_at


def test_changed_it_frees_the_time_before_and_taken_back_it_waits_as_any_other(database: Database) -> None:
    talk = Talk(database, SATURDAY, taken=False)
    before = talk.state
    with database.transaction() as work:
        conversation = work.conversations.lock(talk.conversation_id)
        for slot in (MONDAY_NINE, MONDAY_TEN):
            assert callbacks.book(work, work.desk.lock(talk.case), slot, RULES, SATURDAY)
        assert callbacks.book(work, work.desk.lock(talk.case), MONDAY_TEN, RULES, SATURDAY), "again is no harm"
        taken = work.bookings.taken("harbour", before.team, SATURDAY, SATURDAY + timedelta(days=9))
        assert taken == {MONDAY_TEN.starts_at: 1}
    assert (talk.state.callback_at, talk.state.answer_by) == (MONDAY_TEN.starts_at, MONDAY_TEN.ends_at)
    with database.transaction() as work:
        conversation = work.conversations.lock(talk.conversation_id)
        assert callbacks.cancel(work, POLICIES, conversation, work.desk.lock(talk.case), SATURDAY)
        assert callbacks.cancel(work, POLICIES, conversation, work.desk.lock(talk.case), SATURDAY) is None
        due = route(POLICIES, conversation, None, "request", "person", SATURDAY).facts["answer_by"]
    assert talk.state.callback_at is None
    assert talk.state.answer_by == datetime.fromisoformat(due)
    talk.clock.set(MONDAY_TEN.ends_at)
    talk.work_off()
    assert "callback_due" not in talk.happened


def test_at_its_time_the_case_comes_to_the_top_and_nobody_coming_is_told(database: Database) -> None:
    talk = Talk(database, SATURDAY, taken=False)
    with database.transaction() as work:
        chat(work, reference=None, sender="other")
        urgent = ask_for_person(work, chat(work, reference=None, sender="c"), "rights", "death")
        distressed = ask_for_person(work, chat(work, reference=None, sender="d"), "distress", "distress")
        assert callbacks.book(work, work.desk.lock(talk.case), MONDAY_NINE, RULES, SATURDAY)
    talk.clock.set(MONDAY_NINE.starts_at)
    talk.work_off()
    with database.reading() as work:
        order = [case.id for case in queued(work)]
    assert order == [distressed, talk.case, urgent]
    assert talk.said == []
    talk.clock.set(MONDAY_NINE.ends_at)
    talk.work_off()
    assert talk.said == ["utter_callback_missed"]
    assert talk.state.callback_at is None
    assert talk.state.answer_by is not None
    assert talk.state.answer_by > MONDAY_NINE.ends_at


def test_whoever_is_there_keeps_the_time_and_the_end_of_the_talk_gives_it_back(database: Database) -> None:
    talk = Talk(database, SATURDAY)
    with database.transaction() as work:
        assert callbacks.book(work, work.desk.lock(talk.case), MONDAY_NINE, RULES, SATURDAY)
    talk.hands_back()
    with database.reading() as work:
        assert work.bookings.of_case(talk.case) is None
    talk.clock.set(MONDAY_NINE.ends_at)
    talk.work_off()
    assert "utter_callback_missed" not in talk.said
