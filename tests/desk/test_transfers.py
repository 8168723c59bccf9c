"""From hand to hand, capacity, presence, and races for the next case: on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.access import Role, Staff
from bot.desk import handoffs, transfers
from bot.desk.cases import ImpossibleTransition, fold
from bot.desk.colleagues import AtCapacity, sees
from bot.desk.handoffs import NotHolding
from bot.desk.store import CaseReason, CaseState, CaseTaken
from bot.desk.transfers import NoSuchTeam, Passing, SameHands, Switchboard, Unsuitable
from bot.dialogue.tracker import Frame
from bot.storage.engine import Database
from bot.storage.work import Work
from bot.web import staff as accounts
from tests.desk.stage import NOW, POLICIES, TALK, ask_for_person, chat, hire, notice

BOARD = Switchboard(POLICIES, notice, TALK)
MINUTE = timedelta(minutes=1)


def staffed(work: Work, login: str, role: Role = "collector", **how: Any) -> Staff:
    """Somebody at work: signed in, with what `how` says of them."""
    person = replace(hire(work, role, login), **how)
    work.staff.save(person)
    accounts.start_session(work, person, "test", NOW)
    return person


def waiting(work: Work, count: int, reason: CaseReason = "request") -> list[str]:
    """Cases of so many chats, oldest first."""
    return [
        ask_for_person(work, chat(work, reference=None, sender=f"s{n}"), reason, at=NOW + timedelta(seconds=n))
        for n in range(count)
    ]


def state_of(work: Work, case_id: str) -> CaseState:
    state = work.desk.case(case_id)
    assert state is not None
    assert fold(work.desk.events(case_id)) == state
    return state


def said(work: Work, state: CaseState) -> list[str]:
    """Notices to the borrower, in order."""
    events = work.record.events(state.conversation_id, kinds=["notice"])
    return [event.body["response"].removeprefix("utter_notice_") for event in events if event.body]


def to_colleague(staff: Staff) -> Passing:
    return Passing("skill", colleague=staff.id, line=" knows the product ")


def test_to_a_colleague_who_holds_it_at_once(database: Database) -> None:
    with database.transaction() as work:
        ann, ben = staffed(work, "ann"), staffed(work, "ben", teams=("legal",))
        (case,) = waiting(work, 1)
        handoffs.take(work, case, ann, NOW, notice)
        handoffs.answer(work, case, ann, "Hello.", NOW)
        after = transfers.transfer(work, BOARD, case, ann, to_colleague(ben), NOW)
        assert after == state_of(work, case)
        assert (after.status, after.holder, after.served_by, after.team) == ("held", ben.id, ben.id, "general")
        assert after.waiting_since is None  # it is still the borrower's turn to speak
        assert work.conversations.lock(after.conversation_id).held_by == ben.id
        assert said(work, after) == ["joined", "other_person"]
        assert work.desk.events(case)[-1].body["line"] == "knows the product"
        with pytest.raises(NotHolding):
            handoffs.answer(work, case, ann, "One more thing.", NOW)
        handoffs.answer(work, case, ben, "I go on here.", NOW)
        with pytest.raises(SameHands):
            transfers.transfer(work, BOARD, case, ben, to_colleague(ben), NOW)


def test_to_a_team_where_it_waits_and_the_bot_asks_nothing_of_before(database: Database) -> None:
    with database.transaction() as work:
        ann, lawyer = staffed(work, "ann", teams=("general",)), staffed(work, "lawyer", teams=("legal",))
        (case,) = waiting(work, 1)
        before = state_of(work, case)
        handoffs.take(work, case, ann, NOW, notice)
        handoffs.answer(work, case, ann, "Hello.", NOW)
        tracker = work.conversations.tracker(before.conversation_id)
        assert tracker is not None
        tracker.stack = [Frame("request_plan", "ask_means", asked=True)]
        work.conversations.save_tracker(tracker)
        after = transfers.transfer(work, BOARD, case, ann, Passing("skill", team="legal"), NOW + MINUTE)
        assert after == state_of(work, case)
        assert (after.status, after.holder, after.team, after.served_by) == ("waiting", None, "legal", ann.id)
        assert (after.waiting_since, after.answer_by) == (NOW + MINUTE, before.answer_by)
        assert said(work, after) == ["joined", "passed_on"]
        tracker = work.conversations.tracker(after.conversation_id)
        assert tracker is not None
        assert tracker.stack == []
        assert work.conversations.lock(after.conversation_id).held_by is None
        assert sees(ann, after)
        assert transfers.next_case(work, ann, NOW, notice) is None
        taken = transfers.next_case(work, lawyer, NOW, notice)
        assert taken is not None
        assert taken.holder == lawyer.id
        assert not sees(ann, taken)
        with pytest.raises(NoSuchTeam):
            transfers.transfer(work, BOARD, case, lawyer, Passing("other", team="night"), NOW)


@pytest.mark.parametrize(("how", "why"), [
    ({"speakers": ("thames",)}, "elsewhere"),
    ({"creditors": ("thames",)}, "elsewhere"),
    ({"role": "reviewer"}, "not_allowed"),
    ({"disabled": True}, "not_allowed"),
    ({"capacity": 0}, "full"),
])  # fmt: skip
def test_a_colleague_must_be_able_to_take_it(database: Database, how: dict[str, Any], why: str) -> None:
    with database.transaction() as work:
        ann, boss, ben = staffed(work, "ann"), staffed(work, "boss", "supervisor"), staffed(work, "ben", **how)
        case = ask_for_person(work, chat(work, reference=None), creditor="harbour")
        handoffs.take(work, case, ann, NOW, notice)
        with pytest.raises(Unsuitable) as refused:
            transfers.transfer(work, BOARD, case, ann, to_colleague(ben), NOW)
        assert refused.value.why == why
        if why == "full":  # a supervisor may give it all the same
            assert transfers.transfer(work, BOARD, case, boss, to_colleague(ben), NOW).holder == ben.id


def test_nobody_is_given_a_case_who_is_not_there(database: Database) -> None:
    with database.transaction() as work:
        ann, ben = staffed(work, "ann"), staffed(work, "ben")
        (case,) = waiting(work, 1)
        handoffs.take(work, case, ann, NOW, notice)

        def refused(now: datetime = NOW) -> bool:
            try:
                transfers.transfer(work, BOARD, case, ann, to_colleague(ben), now)
            except Unsuitable as error:
                return error.why == "not_here"
            return False

        work.staff.set_away(ben.id, away=True)
        assert refused()
        work.staff.set_away(ben.id, away=False)
        assert refused(NOW + timedelta(minutes=60))  # nobody has used the session for an hour
        assert work.staff.present(NOW) == {ann.id, ben.id}
        work.staff.end_sessions(ben.id)
        assert refused()
        accounts.start_session(work, ben, "test", NOW)
        assert not refused()


def test_only_the_holder_or_a_supervisor_passes_on(database: Database) -> None:
    with database.transaction() as work:
        ann, ben, boss = staffed(work, "ann"), staffed(work, "ben"), staffed(work, "boss", "supervisor")
        (case,) = waiting(work, 1)
        with pytest.raises(NotHolding):
            transfers.transfer(work, BOARD, case, ann, to_colleague(ann), NOW)
        with pytest.raises(SameHands):
            transfers.transfer(work, BOARD, case, boss, Passing("workload", team="general"), NOW)
        moved = transfers.transfer(work, BOARD, case, boss, Passing("workload", team="disputes"), NOW)
        assert (moved.team, said(work, moved)) == ("disputes", [])  # nobody spoke yet, so nobody left
        given = transfers.transfer(work, BOARD, case, boss, to_colleague(ann), NOW)
        assert (given.holder, said(work, given)) == (ann.id, ["joined"])
        with pytest.raises(NotHolding):
            transfers.transfer(work, BOARD, case, ben, to_colleague(ben), NOW)
        assert transfers.transfer(work, BOARD, case, boss, to_colleague(ben), NOW).holder == ben.id


def test_nobody_takes_more_than_they_can_hold(database: Database) -> None:
    with database.transaction() as work:
        ann = staffed(work, "ann", capacity=2)
        first, second, third = waiting(work, 3)
        handoffs.take(work, first, ann, NOW, notice)
        assert transfers.next_case(work, ann, NOW, notice) == state_of(work, second)
        with pytest.raises(AtCapacity):
            handoffs.take(work, third, ann, NOW, notice)
        with pytest.raises(AtCapacity):
            transfers.next_case(work, ann, NOW, notice)
        assert handoffs.take(work, first, ann, NOW, notice).holder == ann.id  # what one has is no more
        handoffs.hand_back(work, first, ann, "", NOW, notice, TALK)
        assert handoffs.take(work, third, ann, NOW, notice).holder == ann.id


def test_the_next_case_is_the_first_that_fits(database: Database) -> None:
    with database.transaction() as work:
        ann = staffed(work, "ann", teams=("general", "legal"), languages=("en",))
        unsuitable = {
            "other team": ask_for_person(work, chat(work, sender="a"), "dispute"),
            "not allowed": ask_for_person(work, chat(work, sender="b"), "complaint"),
            "language": ask_for_person(work, replace(chat(work, sender="c"), locale="zh_Hans"), "request"),
        }
        later = ask_for_person(work, chat(work, sender="d"), at=NOW + MINUTE)
        sooner = ask_for_person(work, chat(work, sender="e"))
        urgent = ask_for_person(work, chat(work, sender="f"), "rights", "death", NOW + MINUTE)
        given = [transfers.next_case(work, ann, NOW + MINUTE, notice) for _ in range(4)]
        assert [state.id if state else None for state in given] == [urgent, sooner, later, None]
        assert {work.desk.case(case).status for case in unsuitable.values()} == {"waiting"}  # type: ignore[union-attr]


def test_many_ask_for_the_next_case_and_none_is_given_twice(database: Database) -> None:
    with database.transaction() as work:
        people = [staffed(work, f"p{n}", capacity=3) for n in range(5)]
        waiting(work, 12)

    def ask(number: int) -> str | None:
        try:
            with database.transaction() as work:
                state = transfers.next_case(work, people[number % 5], NOW + MINUTE, notice)
        except AtCapacity:
            return "full"
        return state.id if state else None

    with ThreadPoolExecutor(5) as pool:
        given = list(pool.map(ask, range(20)))
    cases = [case for case in given if case not in (None, "full")]
    assert len(cases) == len(set(cases)) == 12
    with database.reading() as work:
        held = [work.desk.held_by(person.id) for person in people]
        assert sum(held) == 12
        assert max(held) <= 3
        assert all(state_of(work, case).status == "held" for case in cases if case)


def test_whoever_races_for_a_case_one_holds_it_and_the_row_tells_who(database: Database) -> None:
    """Taking, the next case, a transfer and the end of it at once, again and again: never two holders."""
    with database.transaction() as work:
        ann, ben, boss = staffed(work, "ann"), staffed(work, "ben"), staffed(work, "boss", "supervisor")
        cases = waiting(work, 4)

    def attempts(case: str) -> list[Callable[[Work], object]]:
        return [
            lambda work: handoffs.take(work, case, ann, NOW, notice),
            lambda work: transfers.next_case(work, ben, NOW + MINUTE, notice),
            lambda work: transfers.transfer(work, BOARD, case, boss, to_colleague(ben), NOW),
            lambda work: transfers.transfer(work, BOARD, case, ann, Passing("asked", team="legal"), NOW),
            lambda work: handoffs.hand_back(work, case, ben, "", NOW, notice, TALK),
        ]

    def run(attempt: Callable[[Work], object]) -> None:
        try:
            with database.transaction() as work:
                attempt(work)
        except (CaseTaken, NotHolding, SameHands, ImpossibleTransition):
            pass

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(run, [attempt for case in cases for attempt in attempts(case)]))
    with database.reading() as work:
        for case in cases:
            state = state_of(work, case)
            conversation = work.conversations.get(state.conversation_id)
            assert conversation is not None
            assert conversation.held_by == state.holder
