"""What staff do for a borrower from the desk: within their authority, approved above it, on the record."""

import csv
import io
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import pytest

from bot.access import NotAllowed, Role, Staff
from bot.conversations.store import Conversation
from bot.desk import approvals, handoffs, offers, recording, referrals, settling
from bot.desk.acting import made_of
from bot.desk.handoffs import NotHolding, UnfitAnswer
from bot.desk.offers import ApprovalNeeded, Lender, NotVerified, OfferMoved, Wanted
from bot.desk.recording import Book, CannotRecord
from bot.desk.referrals import ReferralRefused
from bot.desk.settling import NotInForce
from bot.desk.wording import WordingStopped
from bot.lending.affordability import Means, exactly
from bot.lending.hardship import Hardship
from bot.lending.plans import OwnIdea
from bot.lending.policy import Policies
from bot.lending.policy_acting import ReferralKind
from bot.lending.policy_rules import Hours
from bot.lending.staff_offers import OfferRefused, StaffOffer, Terms, Waiver
from bot.money import Money
from bot.settings import ROOT
from bot.storage.engine import Database
from bot.storage.work import Work
from tests.desk.stage import NOW, TALK, ask_for_person, chat, hire, move_in, notice, offered

POLICIES = Policies.load(ROOT / "bot" / "lender" / "demo" / "creditors")
LENDER, BOOK = Lender(POLICIES, offered), Book(POLICIES, notice)
MONTHLY = OwnIdea(count=30, first_due=date(2026, 12, 10))


@pytest.fixture(autouse=True)
def _people(database: Database) -> None:
    move_in(database)


def yuan(amount: str) -> Money:
    return Money.of(amount, "CNY")


@dataclass
class Scene:
    """A verified borrower's chat that a collector holds."""

    work: Work
    conversation: Conversation
    case: str
    collector: Staff
    account: str

    @classmethod
    def of(cls, work: Work, role: Role = "collector", *, verified: bool = True) -> "Scene":
        conversation = chat(work, verified=verified)
        case, staff = ask_for_person(work, conversation), hire(work, role)
        handoffs.take(work, case, staff, NOW, notice)
        assert conversation.borrower_id
        [(account, _)] = work.lending.accounts(conversation.borrower_id)
        return cls(work, work.conversations.lock(conversation.id), case, staff, account.id)

    def wanted(self, idea: OwnIdea = MONTHLY, fees: str = "0", interest: str = "0") -> Wanted:
        off = Waiver(yuan(fees), yuan(interest), yuan("0"))
        wanted = Wanted(self.account, Terms(idea, off))
        state = self.work.desk.case(self.case)
        assert state
        return replace(wanted, check=offers.preview(self.work, LENDER, state, self.collector, wanted, NOW).check)

    def send(self, line: str = "", at: datetime = NOW, **terms: str) -> StaffOffer:
        return offers.send(self.work, LENDER, self.case, self.collector, self.wanted(**terms), at, line)  # type: ignore[arg-type]

    def says_is_safe(self, amount: str) -> None:
        assert self.conversation.borrower_id
        means = Means(safe=exactly(yuan(amount)))
        self.work.lending.add_hardship(Hardship("h", self.conversation.borrower_id, NOW, None, None, means))

    def told(self) -> list[str]:
        """What the case's events say was done."""
        return [str(e.body["what"]) for e in self.work.desk.events(self.case) if e.kind == "acted"]


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


def test_records_are_made_on_the_policys_terms_and_told(database: Database) -> None:
    with database.transaction() as work:
        scene = Scene.of(work)
        who, by = str(scene.conversation.borrower_id), scene.collector
        hold = recording.place_hold(work, BOOK, scene.case, by, "hardship", None, "lost the job", NOW)
        assert (hold.subject, hold.stops) == (who, POLICIES.for_creditor("harbour").holds["hardship"].stops)
        again = recording.place_hold(work, BOOK, scene.case, by, "hardship", None, "once more", NOW)
        assert again.id == hold.id, "one like it stands for it"
        made = recording.dispute(work, BOOK, scene.case, by, "fees", scene.account, "charged twice", NOW)
        assert (made.answer_by, made.status) == (date(2026, 12, 6), "open")
        assert {"dispute", "hardship"} <= {one.reason for one in settling.holds_here(work, scene.conversation)}
        hours = Hours(opens=time(10), closes=time(12))
        assert recording.prefer(work, BOOK, scene.case, by, hours, ("mon",), "asked for it", NOW)
        kept = work.lending.contact_preference(who)
        assert kept
        assert (kept.hours, kept.days) == (hours, ("mon",))
        night = Hours(opens=time(1), closes=time(2))
        with pytest.raises(CannotRecord):
            recording.prefer(work, BOOK, scene.case, by, night, (), "by night", NOW)
        assert recording.prefer(work, BOOK, scene.case, by, None, (), "any time again", NOW) is None
        assert scene.told() == ["hold", "hold", "dispute", "preference", "preference"]
        notices = [str((e.body or {}).get("response")) for e in work.record.events(scene.conversation.id)]
        assert {"utter_hold_rests", "utter_dispute_recorded", "utter_notice_any_time"} <= set(notices)


def test_a_promise_keeps_the_bots_own_limits(database: Database) -> None:
    with database.transaction() as work:
        scene = Scene.of(work)
        scene.says_is_safe("300")

        def promise(amount: str, due: date, *, sure: bool = False) -> object:
            args = (scene.case, scene.collector, scene.account, yuan(amount), due, "said so", NOW)
            return recording.promise(work, BOOK, *args, sure=sure)

        soon = date(2026, 11, 30)
        for amount, due, reason in (
            ("0", soon, "not_above_zero"),
            ("99999", soon, "more_than_owed"),
            ("200", date(2026, 11, 20), "past"),
            ("200", date(2027, 1, 30), "too_far"),
            ("301", soon, "above_safe"),
        ):
            with pytest.raises(CannotRecord) as refused:
                promise(amount, due)
            assert (refused.value.reason, refused.value.doubt) == (reason, reason == "above_safe")
        promise("301", soon, sure=True)
        [kept] = work.lending.promises(str(scene.conversation.borrower_id))
        assert (kept.amount, kept.due, kept.status) == (yuan("301"), soon, "open")


def test_a_stranger_learns_of_no_debt(database: Database) -> None:
    with database.transaction() as work:
        scene = Scene.of(work, verified=False)
        by = scene.collector
        recording.place_hold(work, BOOK, scene.case, by, "stop_contact", None, "asked for quiet", NOW)
        recording.dispute(work, BOOK, scene.case, by, "not_mine", None, "never had one", NOW)
        said = [e.body or {} for e in work.record.events(scene.conversation.id) if e.kind == "notice"]
        told = [body["response"] for body in said]
        assert told == ["utter_notice_joined", "utter_notice_hold", "utter_recorded_before_identity"]
        assert "utter_stops_address" in said[1]["args"]["stops"]
        for act in (
            lambda: recording.prefer(work, BOOK, scene.case, by, None, (), "any", NOW),
            lambda: recording.promise(
                work, BOOK, scene.case, by, scene.account, yuan("5"), date(2026, 11, 30), "x", NOW
            ),
            lambda: offers.send(work, LENDER, scene.case, by, Wanted(scene.account, Terms(MONTHLY, _none())), NOW),
        ):
            with pytest.raises(NotVerified):
                act()


def _none() -> Waiver:
    return Waiver.none("CNY")


def test_fraud_that_a_collector_records_waits_for_its_team(database: Database) -> None:
    with database.transaction() as work:
        scene = Scene.of(work)
        recording.dispute(work, BOOK, scene.case, scene.collector, "fraud", scene.account, "a stranger did it", NOW)
        handoffs.resolve(work, scene.case, scene.collector, "dispute_opened", "", NOW, notice, TALK)
        waiting = work.desk.open_case(scene.conversation.id)
        assert waiting
        assert (waiting.reason, waiting.status) == ("fraud", "waiting")


def refer(scene: Scene, by: Staff, kind: ReferralKind) -> str:
    args = (scene.case, scene.account, kind, by, "=SUM(A1) as agreed", NOW)
    return referrals.open_referral(scene.work, POLICIES, *args).id


def test_a_referral_is_a_record_by_role_policy_and_hold(database: Database) -> None:
    with database.transaction() as work:
        scene = Scene.of(work)
        supervisor = hire(work, "supervisor")
        for kind in ("legal", "field_visit"):
            with pytest.raises(NotAllowed):
                refer(scene, scene.collector, kind)
            with pytest.raises(ReferralRefused, match="too_early"):
                refer(scene, supervisor, kind)
        made = refer(scene, scene.collector, "guarantor")
        with pytest.raises(ReferralRefused, match="open_already"):
            refer(scene, scene.collector, "guarantor")
        close = referrals.close_referral
        close(work, scene.case, made, "done", scene.collector, "@reached, pays half", NOW)
        with pytest.raises(NotInForce):
            close(work, scene.case, made, "cancelled", scene.collector, "twice", NOW)
        recording.place_hold(work, BOOK, scene.case, scene.collector, "dispute", None, "says so", NOW)
        with pytest.raises(ReferralRefused, match="held"):
            refer(scene, scene.collector, "guarantor")
        refer(scene, scene.collector, "insurer")
        assert scene.told() == ["referred", "referral_done", "hold", "referred"]


def test_the_export_has_no_cell_that_a_spreadsheet_would_run(database: Database) -> None:
    with database.transaction() as work:
        scene = Scene.of(work)
        made = refer(scene, scene.collector, "guarantor")
        referrals.close_referral(work, scene.case, made, "done", scene.collector, "\t@cmd", NOW)
        with pytest.raises(NotAllowed):
            referrals.visible_referrals(work, scene.collector)
        for supervisor, count in ((hire(work, "supervisor"), 1), (hire(work, "admin", speakers=("thames",)), 0)):
            shown = referrals.visible_referrals(work, supervisor)
            assert len(shown) == count
        [row] = csv.DictReader(io.StringIO(referrals.as_csv(work, work.acting.referrals())))
        assert (row["reason"], row["outcome"]) == ("'=SUM(A1) as agreed", "'@cmd")
        assert (row["borrower_reference"], row["status"]) == ("HB-1001", "done")


def test_the_end_of_the_talk_ends_what_nobody_answered(database: Database) -> None:
    with database.transaction() as work:
        scene = Scene.of(work)
        offer = scene.send("hardship", interest="100")
        handoffs.hand_back(work, scene.case, scene.collector, "", NOW, notice, TALK)
        kept = work.acting.offer(offer.id)
        assert kept
        assert (kept.status, kept.ended_why, work.acting.waiting_approvals()) == ("withdrawn", "case_ended", [])
