"""Whatever people do in whatever order: one holder at most, and every row is its fold."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.access import Staff
from bot.desk import handoffs, transfers
from bot.desk.cases import fold
from bot.desk.transfers import Passing, Switchboard
from bot.errors import BotError
from bot.storage.engine import Database
from bot.storage.work import Work
from bot.web import staff as accounts
from tests.desk.stage import NOW, POLICIES, TALK, ask_for_person, chat, notice

BOARD = Switchboard(POLICIES, notice, TALK)
Act = Callable[[Work, str, str, Staff, Staff, int], object]  # of a chat, its case, who acts, a colleague, a minute


def minute(number: int) -> timedelta:
    return timedelta(minutes=number)


ACTS: dict[str, Act] = {
    "ask": lambda work, chat_id, case, by, other, n: ask_for_person(
        work, work.conversations.lock(chat_id), ("request", "dispute", "distress")[n % 3], at=NOW + minute(n)
    ),
    "take": lambda work, chat_id, case, by, other, n: handoffs.take(work, case, by, NOW + minute(n), notice),
    "next": lambda work, chat_id, case, by, other, n: transfers.next_case(work, by, NOW + minute(n), notice),
    "answer": lambda work, chat_id, case, by, other, n: handoffs.answer(work, case, by, "Yes.", NOW + minute(n)),
    "write": lambda work, chat_id, case, by, other, n: handoffs.Desk().deliver(
        work, work.conversations.lock(chat_id), n, NOW + minute(n)
    ),
    "to colleague": lambda work, chat_id, case, by, other, n: transfers.transfer(
        work, BOARD, case, by, Passing("skill", colleague=other.id), NOW + minute(n)
    ),
    "to team": lambda work, chat_id, case, by, other, n: transfers.transfer(
        work, BOARD, case, by, Passing("skill", team="legal"), NOW + minute(n)
    ),
    "hand back": lambda work, chat_id, case, by, other, n: handoffs.hand_back(
        work, case, by, "", NOW + minute(n), notice, TALK
    ),
    "resolve": lambda work, chat_id, case, by, other, n: handoffs.resolve(
        work, case, by, "informed", "", NOW + minute(n), notice, TALK
    ),
}
steps = st.lists(
    st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, 1), st.integers(0, 2), st.integers(0, 2)), max_size=20
)


def person(work: Work, role: str) -> Staff:
    staff = Staff(uuid4().hex, f"{role}-{uuid4().hex}", role, "supervisor" if role == "boss" else "collector")
    work.staff.add(staff, "no password: hashing one takes as long as all the rest")
    accounts.start_session(work, staff, "test", NOW)
    return staff


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_no_order_of_acts_reaches_an_impossible_state(
    database: Database, steps: list[tuple[str, int, int, int]]
) -> None:
    with database.transaction() as work:
        people = [person(work, role) for role in ("ann", "ben", "boss")]
        chats = [chat(work, reference=None, sender=uuid4().hex).id for _ in range(2)]
        for number, (act, which, who, whom) in enumerate([("ask", 0, 0, 0), ("ask", 1, 0, 0), *steps]):
            known = work.desk.cases(chats[which])
            case = known[-1].id if known else ""
            with suppress(BotError):  # whatever is refused leaves nothing behind
                ACTS[act](work, chats[which], case, people[who], people[whom], number)
            for chat_id in chats:
                _sound(work, chat_id)


def _sound(work: Work, chat_id: str) -> None:
    cases = work.desk.cases(chat_id)
    assert sum(case.open for case in cases) <= 1
    holders = [case.holder for case in cases if case.holder]
    assert len(holders) <= 1
    assert work.conversations.lock(chat_id).held_by == (holders[0] if holders else None)
    assert all(fold(work.desk.events(case.id)) == case for case in cases)
