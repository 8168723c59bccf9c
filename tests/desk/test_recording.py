"""What collectors record for a borrower: on the policy's terms and told in the chat; strangers learn of no debt."""

from datetime import date, time

import pytest

from bot.desk import handoffs, offers, recording, settling
from bot.desk.offers import NotVerified, Wanted
from bot.desk.recording import CannotRecord
from bot.lending.policy_rules import Hours
from bot.lending.staff_offers import Terms, Waiver
from bot.storage.engine import Database
from tests.desk.scene import BOOK, LENDER, MONTHLY, POLICIES, Scene, yuan
from tests.desk.stage import NOW, TALK, notice

pytestmark = pytest.mark.usefixtures("people")


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
            lambda: offers.send(
                work, LENDER, scene.case, by, Wanted(scene.account, Terms(MONTHLY, Waiver.none("CNY"))), NOW
            ),
        ):
            with pytest.raises(NotVerified):
                act()


def test_fraud_that_a_collector_records_waits_for_its_team(database: Database) -> None:
    with database.transaction() as work:
        scene = Scene.of(work)
        recording.dispute(work, BOOK, scene.case, scene.collector, "fraud", scene.account, "a stranger did it", NOW)
        handoffs.resolve(work, scene.case, scene.collector, "dispute_opened", "", NOW, notice, TALK)
        waiting = work.desk.open_case(scene.conversation.id)
        assert waiting
        assert (waiting.reason, waiting.status) == ("fraud", "waiting")
