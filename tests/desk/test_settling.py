"""Holds are lifted by whoever they name, disputes answered once, and each team gets what is its own."""

from dataclasses import replace
from datetime import date

import pytest

from bot.access import NotAllowed
from bot.conversations.store import Conversation
from bot.desk import handoffs, settling
from bot.desk.card import card
from bot.desk.settling import NotInForce
from bot.desk.store import CaseReason
from bot.lending.disputes import Dispute, DisputeKind, held_for
from bot.lending.holds import Hold, HoldReason, Lifter
from bot.storage.engine import Database
from bot.storage.work import Work
from tests.desk.stage import NOW, TALK, ask_for_person, chat, hire, notice

DUE = date(2026, 12, 6)
REVIEW = date(2026, 12, 21)


pytestmark = pytest.mark.usefixtures("people")


def placed(work: Work, conversation: Conversation, reason: HoldReason, *lifted_by: Lifter) -> Hold:
    assert conversation.borrower_id is not None
    hold = Hold(f"h-{reason}", "borrower", conversation.borrower_id, reason, "collection", NOW, REVIEW, lifted_by)
    work.lending.add_hold(hold)
    return hold


def raised(work: Work, conversation: Conversation, kind: DisputeKind, id: str = "d1") -> Dispute:
    dispute = Dispute(id, conversation.borrower_id, None, kind, "?", NOW, DUE, address=conversation.address)
    work.lending.add_dispute(dispute)
    return dispute


def in_force(work: Work, conversation: Conversation) -> list[str]:
    return [hold.id for hold in settling.holds_here(work, conversation)]


def test_a_hold_is_lifted_by_whoever_it_names_and_the_record_says_why(database: Database) -> None:
    with database.transaction() as work:
        conversation = chat(work)
        case = ask_for_person(work, conversation)
        hold = placed(work, conversation, "hardship", "collector")
        theirs = placed(work, conversation, "death", "supervisor", "lender")
        collector = hire(work, "collector")
        settling.lift(work, case, hold.id, collector, "back at work", NOW)
        assert in_force(work, conversation) == [theirs.id]
        [event] = [
            e.body for e in work.record.events(conversation.id, kinds=["case"]) if e.body and "line" in e.body
        ]
        assert (event["event"], event["hold"], event["line"]) == ("lifted", hold.id, "back at work")
        with pytest.raises(NotAllowed):
            settling.lift(work, case, theirs.id, collector, "?", NOW)
        with pytest.raises(NotInForce):
            settling.lift(work, case, hold.id, collector, "again", NOW)


def test_a_hold_of_somebody_else_is_out_of_reach(database: Database) -> None:
    with database.transaction() as work:
        here, there = chat(work), chat(work, reference="HB-1002", sender="borrower-2")
        case, other = ask_for_person(work, here), placed(work, there, "hardship", "collector")
        with pytest.raises(NotInForce):
            settling.lift(work, case, other.id, hire(work, "supervisor"), "?", NOW)


@pytest.mark.parametrize("kind", ["wrong_amount", "already_paid", "too_old", "complaint"])
def test_an_answer_lifts_what_stood_because_of_it(database: Database, kind: DisputeKind) -> None:
    with database.transaction() as work:
        conversation = chat(work)
        case = ask_for_person(work, conversation)
        reason = held_for(kind)
        assert reason is not None
        placed(work, conversation, reason, "supervisor")
        stays = placed(work, conversation, "distress", "supervisor")
        raised(work, conversation, kind)
        settling.settle(work, case, "d1", "upheld", hire(work, "supervisor"), "found", NOW)
        assert in_force(work, conversation) == [stays.id]
        assert conversation.borrower_id is not None
        kept = work.lending.disputes(conversation.borrower_id)
        assert [(dispute.status, dispute.settled_at) for dispute in kept if dispute.id == "d1"] == [("upheld", NOW)]
        with pytest.raises(NotInForce):
            settling.settle(work, case, "d1", "rejected", hire(work, "supervisor", "other"), "?", NOW)


def test_a_hold_stays_while_another_dispute_needs_it(database: Database) -> None:
    with database.transaction() as work:
        conversation = chat(work)
        case = ask_for_person(work, conversation)
        hold = placed(work, conversation, "dispute", "supervisor")
        raised(work, conversation, "fees")
        raised(work, conversation, "wrong_amount", "d2")
        supervisor = hire(work, "supervisor")
        settling.settle(work, case, "d1", "rejected", supervisor, "right", NOW)
        assert in_force(work, conversation) == [hold.id]
        settling.settle(work, case, "d2", "withdrawn", supervisor, "taken back", NOW)
        assert in_force(work, conversation) == []


def test_a_hold_on_the_person_stays_for_a_dispute_of_any_account(database: Database) -> None:
    with database.transaction() as work:
        conversation = chat(work)
        case = ask_for_person(work, conversation)
        hold = placed(work, conversation, "dispute", "supervisor")
        one, supervisor = raised(work, conversation, "fees"), hire(work, "supervisor")
        assert one.borrower_id
        [account, *_] = [account.id for account, _ in work.lending.accounts(one.borrower_id)]
        work.lending.add_dispute(replace(one, id="d2", account_id=account))
        settling.settle(work, case, "d1", "rejected", supervisor, "right", NOW)
        assert in_force(work, conversation) == [hold.id]
        settling.settle(work, case, "d2", "rejected", supervisor, "right", NOW)
        assert in_force(work, conversation) == []


@pytest.mark.parametrize("kind", ["fraud", "complaint"])
def test_fraud_and_complaints_have_their_own_team(database: Database, kind: DisputeKind) -> None:
    reason: CaseReason = "fraud" if kind == "fraud" else "complaint"
    with database.transaction() as work:
        conversation = chat(work)
        case = ask_for_person(work, conversation, reason)
        raised(work, conversation, kind)
        collector, supervisor = hire(work, "collector"), hire(work, "supervisor")
        with pytest.raises(NotAllowed):
            handoffs.take(work, case, collector, NOW, notice)
        with pytest.raises(NotAllowed):
            settling.settle(work, case, "d1", "rejected", collector, "?", NOW)
        assert handoffs.take(work, case, supervisor, NOW, notice).holder == supervisor.id


def test_a_complaint_while_a_collector_has_the_chat_then_waits_for_its_team(database: Database) -> None:
    with database.transaction() as work:
        conversation = chat(work)
        case = ask_for_person(work, conversation)
        collector = hire(work, "collector")
        handoffs.take(work, case, collector, NOW, notice)
        ask_for_person(work, replace(conversation, held_by=collector.id), "complaint", "complaint")
        handoffs.resolve(work, case, collector, "informed", "told", NOW, notice, TALK)
        waiting = work.desk.open_case(conversation.id)
        assert waiting is not None
        assert (waiting.reason, waiting.wants, waiting.status) == ("complaint", "complaint", "waiting")
        assert waiting.id != case


def test_a_case_of_everybodys_ends_with_its_end(database: Database) -> None:
    with database.transaction() as work:
        conversation = chat(work)
        case = ask_for_person(work, conversation, "dispute")
        collector = hire(work, "collector")
        handoffs.take(work, case, collector, NOW, notice)
        handoffs.resolve(work, case, collector, "informed", "told", NOW, notice, TALK)
        assert work.desk.open_case(conversation.id) is None


def test_the_card_offers_what_the_reader_may_do(database: Database) -> None:
    with database.transaction() as work:
        conversation = chat(work)
        case = work.desk.case(ask_for_person(work, conversation))
        assert case is not None
        mine = placed(work, conversation, "hardship", "collector")
        theirs = placed(work, conversation, "fraud", "supervisor")
        raised(work, conversation, "fraud")
        collector, supervisor, admin = hire(work, "collector"), hire(work, "supervisor"), hire(work, "admin")
        seen = card(work, case, conversation, collector, NOW)
        assert (seen.liftable, seen.answerable) == (frozenset({mine.id}), frozenset[str]())
        seen = card(work, case, conversation, supervisor, NOW)
        assert (seen.liftable, seen.answerable) == (frozenset({mine.id, theirs.id}), frozenset({"d1"}))
        assert card(work, case, conversation, admin, NOW).liftable == frozenset()
