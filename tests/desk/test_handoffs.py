"""The whole way to a person and back, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot.access import NotAllowed
from bot.desk import handoffs
from bot.desk.cases import ImpossibleTransition, fold
from bot.desk.store import CaseTaken, NoSuchCase
from bot.desk.wording import WordingDoubtful, WordingStopped
from bot.dialogue.tracker import Frame
from bot.record.chain import verify
from bot.storage.engine import Database
from bot.storage.work import Work
from tests.desk.stage import NOW, TALK, ask_for_person, chat, hire, notice, queued


def outbox(work: Work, conversation_id: str) -> list[str]:
    """The words that wait to be sent, in order."""
    sent = work.outbox.claim(conversation_id, NOW)
    events = [work.record.event(conversation_id, one.seq) for one in sent]
    return [event.body["text"] for event in events if event and event.body]


def test_taken_answered_and_handed_back(database: Database) -> None:
    with database.transaction() as work:
        conversation, ann = chat(work), hire(work, "collector")
        case = ask_for_person(work, conversation)
        handoffs.take(work, case, ann, NOW, notice)
        held = work.conversations.lock(conversation.id)
        assert held.held_by == ann.id
        handoffs.Desk().deliver(work, held, 7, NOW + timedelta(seconds=5))
        state, said = handoffs.answer(work, case, ann, " 300 a month is fine. ", NOW)
        assert said.body is not None
        assert (said.kind, said.body["text"], said.body["name"]) == ("agent", "300 a month is fine.", "Collector")
        assert state.waiting_since is None
        handoffs.note(work, case, ann, "sounds relieved", NOW)
        handoffs.hand_back(work, case, ann, "300 on the 10th of each month", NOW, notice, TALK)

    with database.transaction() as work:
        after = work.conversations.lock(conversation.id)
        tracker = work.conversations.tracker(conversation.id)
        assert after.held_by is None
        assert tracker is not None
        assert (tracker.stack, tracker.slots["colleague_agreed"]) == ([], "300 on the 10th of each month")
        kinds = [event.kind for event in work.desk.events(case)]
        assert kinds == ["opened", "taken", "message", "answered", "note", "returned"]
        assert fold(work.desk.events(case)) == work.desk.case(case)
        words = outbox(work, conversation.id)
        assert [text.split()[0] for text in words] == [
            "utter_notice_joined", "300", "utter_notice_handed_back_agreed",
        ]  # fmt: skip
        assert not any("relieved" in text for text in words)
        assert verify(work.record.events(conversation.id), work.record.head(conversation.id)) is None


def test_nothing_that_was_told_before_outlives_the_handing_back(database: Database) -> None:
    """And a text that is just being read against the open question is read again, as no answer to it."""
    with database.transaction() as work:
        conversation, ann = chat(work), hire(work, "collector")
        case = ask_for_person(work, conversation)
        handoffs.take(work, case, ann, NOW, notice)
        tracker = work.conversations.tracker(conversation.id)
        assert tracker is not None
        before = tracker.turn
        tracker.stack = [Frame("make_offer", "idea", slots_set=["own_idea"], asked=True)]
        tracker.slots |= {"own_idea": "300 a month", "verified": True}
        work.conversations.save_tracker(tracker)
        handoffs.hand_back(work, case, ann, "", NOW, notice, TALK)
        tracker = work.conversations.tracker(conversation.id)
        assert tracker is not None
        assert (tracker.stack, tracker.turn) == ([], before + 1)
        assert (tracker.slots["own_idea"], tracker.slots["verified"]) == (None, True)


def test_two_collectors_race_and_one_wins(database: Database) -> None:
    with database.transaction() as work:
        staff = [hire(work, "collector", name) for name in ("ann", "ben", "cem", "dee")]
        case = ask_for_person(work, chat(work))

    def race(number: int) -> str:
        try:
            with database.transaction() as work:
                state = handoffs.take(work, case, staff[number], NOW, notice)
        except CaseTaken as taken:
            return f"lost to {taken.holder}"
        return f"won by {state.holder}"

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(race, range(4)))
    with database.reading() as work:
        state = work.desk.case(case)
        assert state is not None
        assert sorted(results) == sorted([f"won by {state.holder}"] + [f"lost to {state.holder}"] * 3)
        assert [event.kind for event in work.desk.events(case)] == ["opened", "taken"]


def test_asking_again_raises_the_open_case(database: Database) -> None:
    with database.transaction() as work:
        conversation = chat(work)
        first = ask_for_person(work, conversation, "request", "a person")
        again = ask_for_person(work, conversation, "distress", "is not safe", NOW + timedelta(minutes=1))
        assert again == first
        assert [case.reason for case in queued(work)] == ["distress"]


def test_the_most_urgent_is_first_and_the_longest_waiting_next(database: Database) -> None:
    with database.transaction() as work:
        reasons = ["request", "dispute", "request", "distress"]
        cases = [
            ask_for_person(work, chat(work, reference=None, sender=f"s{n}"), reason, at=NOW + timedelta(minutes=n))  # type: ignore[arg-type]
            for n, reason in enumerate(reasons)
        ]
        assert [case.id for case in queued(work)] == [cases[3], cases[1], cases[0], cases[2]]
        last = work.desk.case(cases[2])
        assert last is not None
        assert work.desk.ahead(last) == 3
        assert queued(work, ("thames",)) == []


def test_wording_stands_between_the_collector_and_the_borrower(database: Database) -> None:
    with database.transaction() as work:
        conversation, ann = chat(work), hire(work, "collector")
        case = ask_for_person(work, conversation)
        handoffs.take(work, case, ann, NOW, notice)
        length = work.record.head(conversation.id)[0]
        with pytest.raises(WordingStopped):
            handoffs.answer(work, case, ann, "Pay or we will tell your boss.", NOW, sure=True)
        with pytest.raises(WordingDoubtful):
            handoffs.answer(work, case, ann, "The next step would be court.", NOW)
        assert work.record.head(conversation.id)[0] == length
        _, said = handoffs.answer(work, case, ann, "The next step would be court.", NOW, sure=True)
        beside = work.record.event(conversation.id, said.seq + 1)
        assert beside is not None
        assert beside.body is not None
        assert beside.body["wording"] == [{"rule": "court", "words": "court"}]
        assert said.body == {"text": "The next step would be court.", "name": "Collector"}


def test_what_was_agreed_passes_the_wording_check_too(database: Database) -> None:
    with database.transaction() as work:
        ann = hire(work, "collector")
        case = ask_for_person(work, chat(work))
        handoffs.take(work, case, ann, NOW, notice)
        with pytest.raises(WordingStopped):
            handoffs.hand_back(work, case, ann, "You pay, or you go to jail", NOW, notice, TALK)


def test_only_the_holder_speaks(database: Database) -> None:
    with database.transaction() as work:
        ann, ben = hire(work, "collector", "ann"), hire(work, "collector", "ben")
        case = ask_for_person(work, chat(work))
        with pytest.raises(handoffs.NotHolding):
            handoffs.answer(work, case, ann, "hello", NOW)
        handoffs.take(work, case, ann, NOW, notice)
        for act in (
            lambda: handoffs.answer(work, case, ben, "hello", NOW),
            lambda: handoffs.hand_back(work, case, ben, "", NOW, notice, TALK),
            lambda: handoffs.resolve(work, case, ben, "other", "", NOW, notice, TALK),
        ):
            with pytest.raises(handoffs.NotHolding):
                act()


def test_a_supervisor_frees_a_chat_that_a_colleague_left(database: Database) -> None:
    with database.transaction() as work:
        ann, boss = hire(work, "collector"), hire(work, "supervisor")
        conversation = chat(work)
        case = ask_for_person(work, conversation)
        handoffs.take(work, case, ann, NOW, notice)
        state = handoffs.resolve(work, case, boss, "no_reply", "", NOW, notice, TALK)
        assert (state.status, state.outcome) == ("resolved", "no_reply")
        assert work.conversations.lock(conversation.id).held_by is None
        with pytest.raises(ImpossibleTransition):
            handoffs.resolve(work, case, boss, "other", "", NOW, notice, TALK)


def test_other_lenders_cases_and_other_roles_are_refused(database: Database) -> None:
    with database.transaction() as work:
        elsewhere = hire(work, "collector", "elsewhere", speakers=("thames",))
        reviewer = hire(work, "reviewer")
        case = ask_for_person(work, chat(work))
        with pytest.raises(NotAllowed):
            handoffs.take(work, case, elsewhere, NOW, notice)
        with pytest.raises(NotAllowed):
            handoffs.take(work, case, reviewer, NOW, notice)
        with pytest.raises(NoSuchCase):
            handoffs.take(work, "nothing", reviewer, NOW, notice)


@pytest.mark.parametrize("text", ["", " \n ", "x" * 4001])
def test_an_answer_is_one_message(database: Database, text: str) -> None:
    with database.transaction() as work:
        ann = hire(work, "collector")
        case = ask_for_person(work, chat(work))
        handoffs.take(work, case, ann, NOW, notice)
        with pytest.raises(handoffs.UnfitAnswer):
            handoffs.answer(work, case, ann, text, NOW)
