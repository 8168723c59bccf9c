"""What staff offer a borrower from the desk: within their authority, approved above it, on the record."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.access import NotAllowed, Staff
from bot.desk import approvals, handoffs, offers, recording
from bot.desk.acting import made_of
from bot.desk.handoffs import NotHolding, UnfitAnswer
from bot.desk.offers import ApprovalNeeded, NotVerified, OfferMoved, Wanted
from bot.desk.settling import NotInForce
from bot.desk.wording import WordingStopped
from bot.lending.staff_offers import OfferRefused
from bot.storage.engine import Database
from tests.desk.scene import BOOK, LENDER, Scene
from tests.desk.stage import NOW, TALK, ask_for_person, chat, hire, notice

pytestmark = pytest.mark.usefixtures("people")


def test_within_ones_authority_it_goes_out_at_once(database: Database) -> None:
    with database.transaction() as work:
        scene = Scene.of(work)
        offer = scene.send(fees="60.00")
        assert (offer.status, scene.told()) == ("sent", ["offered"])
        spoken = work.record.event(scene.conversation.id, offer.seq or 0)
        assert spoken
        assert spoken.body
        assert spoken.body["response"] == "utter_offer_stands"
        assert [row.seq for row in work.outbox.claim(scene.conversation.id, NOW)][-1] == offer.seq
        state = work.desk.case(scene.case)
        assert state
        assert state.waiting_since is None, "the borrower was answered"
        tracker = work.conversations.tracker(scene.conversation.id)
        assert tracker
        assert tracker.buttons[0] == ("Accept", "/accept_offer")
        assert work.acting.offer(offer.id) == offer


def test_an_offer_waits_for_the_borrowers_hours_unless_it_answers_them(database: Database) -> None:
    night = NOW.replace(hour=15)  # 23:00 in Shanghai
    with database.transaction() as work:
        scene = Scene.of(work)
        handoffs.answer(work, scene.case, scene.collector, "One moment.", NOW)
        late = replace(work.conversations.lock(scene.conversation.id), verified_until=night + timedelta(hours=1))
        work.conversations.save(late)
        with pytest.raises(WordingStopped) as stopped:
            scene.send(at=night)
        assert [finding.rule for finding in stopped.value.findings] == ["outside_hours"]
        work.conversations.save(replace(late, last_input_at=night))
        assert scene.send(at=night).status == "sent"


def test_above_it_a_supervisor_approves_and_never_ones_own(database: Database) -> None:
    with database.transaction() as work:
        scene = Scene.of(work, "supervisor")
        scene.says_is_safe("300")
        with pytest.raises(ApprovalNeeded):
            scene.send()
        assert work.acting.waiting_approvals() == []
        offer = scene.send("Payday moved, one more job from January")
        [asked] = approvals.waiting(work, scene.collector)
        assert (offer.status, asked.mine, asked.approval.needs) == ("asked", True, ("above_surplus",))
        with pytest.raises(NotAllowed):
            approvals.decide(work, asked.approval.id, scene.collector, "mine", NOW, approve=True)
        with pytest.raises(NotInForce):
            offers.send_approved(work, LENDER, scene.case, offer.id, scene.collector, NOW)
        with pytest.raises(NotAllowed):
            approvals.decide(work, asked.approval.id, hire(work, "collector"), "me too", NOW, approve=True)
        other = hire(work, "supervisor", "other")
        with pytest.raises(UnfitAnswer):
            approvals.decide(work, asked.approval.id, other, " ", NOW, approve=True)
        approvals.decide(work, asked.approval.id, other, "they explained it", NOW, approve=True)
        with pytest.raises(NotInForce):
            approvals.decide(work, asked.approval.id, other, "again", NOW, approve=False)
        sent = offers.send_approved(work, LENDER, scene.case, offer.id, scene.collector, NOW)
        assert (sent.status, sent.shortfall.amount > 0) == ("sent", True)
        assert scene.told() == ["approval_asked", "approved", "offered"]
        assert approvals.waiting(work, other) == ()


def test_what_is_declined_or_taken_back_is_never_sent(database: Database) -> None:
    with database.transaction() as work:
        scene = Scene.of(work)
        first, supervisor = scene.send("hardship", interest="100"), hire(work, "supervisor")
        [asked] = approvals.waiting(work, supervisor)
        approvals.decide(work, asked.approval.id, supervisor, "not for this", NOW, approve=False)
        second = scene.send("hardship", interest="50")
        offers.take_back(work, scene.case, second.id, scene.collector, "found another way", NOW)
        for offer in (first, second):
            with pytest.raises(NotInForce):
                offers.send_approved(work, LENDER, scene.case, offer.id, scene.collector, NOW)
        made = made_of(work, scene.conversation)
        assert {offer.id: offer.status for offer in made.offers} == {first.id: "refused", second.id: "withdrawn"}
        assert {approval.status for approval in made.approvals} == {"declined", "withdrawn"}


@pytest.mark.parametrize("bounds", [("thames",), ("harbour",)])
def test_a_supervisor_sees_requests_within_their_bounds(database: Database, bounds: tuple[str, ...]) -> None:
    with database.transaction() as work:
        scene = Scene.of(work)
        scene.send("hardship", interest="100")
        theirs = approvals.waiting(work, hire(work, "supervisor", speakers=bounds))
        assert len(theirs) == (bounds == ("harbour",))


def test_nothing_is_offered_past_the_rules_of_the_chat(database: Database) -> None:
    with database.transaction() as work:
        scene = Scene.of(work)
        wanted = scene.wanted()

        def send(by: Staff, what: Wanted = wanted, at: datetime = NOW) -> None:
            offers.send(work, LENDER, scene.case, by, what, at)

        with pytest.raises(NotHolding):
            send(hire(work, "supervisor"))
        with pytest.raises(NotAllowed):
            send(hire(work, "admin"))
        with pytest.raises(OfferMoved):
            send(scene.collector, replace(wanted, check="looked at yesterday"))
        with pytest.raises(NotInForce):
            send(scene.collector, replace(wanted, account_id="somebody else's"))
        with pytest.raises(NotVerified):
            send(scene.collector, at=NOW + timedelta(hours=1))
        place = recording.place_hold
        place(work, BOOK, scene.case, scene.collector, "dispute", scene.account, "says so", NOW)
        with pytest.raises(OfferRefused, match="held"):
            send(scene.collector)
        assert work.acting.offers(str(scene.conversation.borrower_id)) == []


def test_one_offer_an_account_also_over_two_chats(database: Database) -> None:
    with database.transaction() as work:
        scene = Scene.of(work)
        first = scene.send()
        there = chat(work, sender="borrower-1-again")
        case = ask_for_person(work, there)
        handoffs.take(work, case, scene.collector, NOW, notice)
        second = offers.send(work, LENDER, case, scene.collector, scene.wanted(), NOW)
        kept = {offer.id: (offer.status, offer.ended_why) for offer in made_of(work, there).offers}
        assert kept == {second.id: ("sent", None), first.id: ("withdrawn", "replaced")}


def test_the_end_of_the_talk_ends_what_nobody_answered(database: Database) -> None:
    with database.transaction() as work:
        scene = Scene.of(work)
        offer = scene.send("hardship", interest="100")
        handoffs.hand_back(work, scene.case, scene.collector, "", NOW, notice, TALK)
        kept = work.acting.offer(offer.id)
        assert kept
        assert (kept.status, kept.ended_why, work.acting.waiting_approvals()) == ("withdrawn", "case_ended", [])
