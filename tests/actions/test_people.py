"""Disputes, contact, handoff and safety: what each one changes, and what it says about it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.access import Session, Staff
from bot.conversations.store import Conversation
from bot.dialogue.commands import SlotValue
from bot.dialogue.messages import FileRef
from bot.dialogue.tracker import Frame
from bot.dialogue.understanding import Entity
from bot.lending.disputes import Dispute
from bot.storage.engine import Database
from tests.actions.stage import PARTS, Chat, sure

MONDAY_MORNING = datetime(2026, 11, 23, 2, tzinfo=UTC)  # 10:00 in Shanghai


@pytest.fixture
def chat(database: Database) -> Chat:
    return Chat(database)


def disputes(chat: Chat) -> list[Dispute]:
    borrower = chat.borrower("HB-1001")
    return chat.read(lambda work: work.lending.disputes(borrower.id))


class TestDisputes:
    def test_a_dispute_is_kept_with_its_words_and_answered_by_the_policys_day(self, chat: Chat) -> None:
        borrower = chat.verify()
        account = chat.accounts(borrower)[0]
        slots: dict[str, SlotValue] = {
            "account_id": account.id,
            "dispute_kind": "fees",
            "dispute_words": "The second fee is wrong",
        }
        step = chat.step("action_dispute_record", slots=slots)
        [dispute] = disputes(chat)
        days = PARTS.policies.for_account(account).disputes["fees"]
        assert (dispute.kind, dispute.words, dispute.account_id) == ("fees", "The second fee is wrong", account.id)
        assert dispute.answer_by == date(2026, 11, 21) + timedelta(days=days)
        assert step.utterances[0].args == {"ticket": dispute.ticket, "answer_by": dispute.answer_by}
        assert [hold.reason for hold in chat.holds("account", account.id)] == ["dispute"]

    def test_rather_not_say_leaves_no_words(self, chat: Chat) -> None:
        chat.verify()
        chat.step("action_fraud_record", slots={"fraud_words": "none"})
        [dispute] = disputes(chat)
        assert (dispute.kind, dispute.words) == ("fraud", "")

    def test_before_identity_it_is_kept_without_a_borrower(self, chat: Chat) -> None:
        step = chat.step("action_dispute_record", slots={"dispute_words": "not mine"})
        assert step.said == ["utter_recorded_before_identity"]
        assert disputes(chat) == []
        assert "dispute" in step.facts

    @pytest.mark.parametrize(
        ("day", "kept"),
        [
            ("2026-11-01", "2026-11-01"),
            ("2026-11-21", "2026-11-21"),
            ("unknown", "unknown"),
            ("2026-11-22", None),
            ("soon", None),
        ],
    )
    def test_a_payment_is_not_made_on_a_day_to_come(self, chat: Chat, day: str, kept: str | None) -> None:
        chat.step("validate_payment_made_on", slots={"payment_made_on": day})
        assert chat.tracker.slots["payment_made_on"] == kept

    def test_what_is_no_file_is_no_proof(self, chat: Chat) -> None:
        chat.verify()
        chat.step("action_payment_record", slots={"payment_made_on": "2026-11-01", "uploaded_file": "I lost it"})
        case = chat.case
        assert case is not None
        [event] = chat.read(lambda work: work.desk.events(case.id))
        assert event.body["card"]["paid_on"] == "2026-11-01"
        assert event.body["card"]["proof"] is None

    def test_a_complaint_has_a_reference_and_a_day(self, chat: Chat) -> None:
        step = chat.step("action_complaint_record", slots={"complaint_words": "He shouted"})
        said, redress = step.utterances
        case = chat.case
        assert case is not None
        assert case.reason == "complaint"
        [kept] = chat.read(lambda work: work.lending.disputes_from(chat.conversation.address))
        assert (kept.kind, kept.words) == ("complaint", "He shouted")
        assert (said.args["ticket"], said.args["answer_by"]) == (kept.ticket, kept.answer_by)
        assert redress.args["number"] == PARTS.policies.for_speaker("harbour").redress.number


class TestContact:
    def test_a_stop_is_taken_back_by_whoever_may(self, chat: Chat) -> None:
        borrower = chat.verify()
        assert chat.step("action_resume_contact").said == ["utter_contact_nothing_to_resume"]
        chat.step("action_stop_contact")
        may = "borrower" in PARTS.policies.for_creditor("harbour").holds["stop_contact"].lifted_by
        step = chat.step("action_resume_contact")
        assert step.said == ["utter_contact_resumed" if may else "utter_contact_resume_person"]
        assert bool(chat.holds("borrower", borrower.id)) is not may

    def test_the_wrong_person_is_forgotten(self, chat: Chat) -> None:
        chat.verify()
        told: dict[str, SlotValue] = {"account_id": "a", "means_safe_high": "900", "handoff_facts": "papers"}
        chat.step("action_wrong_person", slots=told)
        assert chat.conversation.borrower_id is None
        assert chat.tracker.slots["verified"] is False
        assert {name: chat.tracker.slots[name] for name in told} == dict.fromkeys(told)

    def test_a_wish_reaches_a_person_in_its_own_words(self, chat: Chat) -> None:
        step = chat.step("action_contact_wish", slots={"contact_wish": " after 18:00 "})
        assert step.utterances[0].args["wish"] == "after 18:00"
        case = chat.case
        assert case is not None
        assert case.reason == "rights"

    def test_a_representative_may_be_named_later(self, chat: Chat) -> None:
        assert chat.step("action_representative_told", slots={"representative": "later"}).said == [
            "utter_representative_later"
        ]
        assert chat.case is None
        chat.step("action_representative_told", slots={"representative": "Ms Wang"})
        assert chat.case is not None


class TestHandoff:
    def test_closed_it_says_when_people_are_there(self, chat: Chat) -> None:
        step = chat.step("action_request_human")
        assert step.said == ["utter_handoff_asked", "utter_handoff_closed"]

    def test_open_it_tells_the_real_place_in_the_line(self, database: Database) -> None:
        here = Session("d", "mei", MONDAY_MORNING, MONDAY_MORNING, MONDAY_MORNING + timedelta(hours=1))
        with database.transaction() as work:
            work.staff.add(Staff("mei", "mei", "Mei", "collector"), "no password fits this")
            work.staff.add_session(here)
        waiting = []
        for minute, sender in enumerate("abc"):
            chat = Chat(database, sender=sender)
            chat.clock.set(MONDAY_MORNING + timedelta(minutes=minute))
            waiting.append(chat.step("action_request_human").utterances[-1])
        assert [said.response for said in waiting] == ["utter_handoff_next"] + ["utter_handoff_ahead"] * 2
        assert [said.args["ahead"] for said in waiting] == [0, 1, 2]

    def test_open_with_nobody_there_it_says_so_and_takes_a_message(self, chat: Chat) -> None:
        chat.clock.set(MONDAY_MORNING)
        said = chat.step("action_request_human").utterances[-1]
        assert said.response == "utter_handoff_nobody"
        assert [button.payload for button in said.buttons] == ["/leave_message", "/choose_callback"]

    def test_a_flow_hands_over_with_its_reason_and_what_was_offered(self, chat: Chat) -> None:
        chat.verify()
        slots: dict[str, SlotValue] = {
            "handoff_reason": "negotiation",
            "handoff_wants": "Wants 400 a month; we can do 525.",
            "offers_made": ["700 x 18"],
        }
        chat.step("action_request_human", slots=slots)
        case = chat.case
        assert case is not None
        assert (case.reason, case.wants) == ("negotiation", "Wants 400 a month; we can do 525.")
        [event] = chat.read(lambda work: work.desk.events(case.id))
        assert event.body["card"]["offers_made"] == ["700 x 18"]
        assert chat.tracker.slots["handoff_reason"] is None

    def test_asked_twice_there_is_one_case(self, chat: Chat) -> None:
        chat.step("action_request_human")
        first = chat.case
        chat.step("action_request_human")
        assert first is not None
        assert chat.case is not None
        assert chat.case.id == first.id
        assert chat.case_events() == ["opened", "raised"]


class TestSafety:
    def test_anger_is_answered_calmly_once_and_then_by_a_person(self, chat: Chat) -> None:
        assert chat.step("action_abuse").said == ["utter_abuse_calm"]
        assert chat.case is None
        assert chat.step("action_abuse").said[0] == "utter_abuse_person"
        assert chat.case is not None

    @pytest.mark.parametrize("consent", [True, False])
    def test_a_vulnerability_is_noted_only_with_consent(self, chat: Chat, consent: bool) -> None:
        chat.step("action_vulnerability_consent", slots={"vulnerability_consent": consent})
        assert (chat.case is not None) is consent


class TestPatterns:
    def test_first_contact_says_who_speaks_and_shows_six_ways(self, chat: Chat) -> None:
        step = chat.step("action_session_start", kind="start")
        assert step.said == ["utter_hello_who", "utter_hello_identity", "utter_hello_choose"]
        assert [button.payload for button in step.utterances[-1].buttons] == [
            "/start_chat", "/check_us", "/wrong_person", "/request_human", "/stop_contact", "/change_language",
        ]  # fmt: skip

    def test_back_and_verified_it_goes_on(self, chat: Chat) -> None:
        chat.verify()
        assert chat.step("action_session_start", kind="start").said == ["utter_welcome_back"]

    def test_whoever_writes_first_is_told_who_answers(self, database: Database) -> None:
        chat = Chat(database)
        assert chat.step("action_open_identity").said == ["utter_hello_who", "utter_hello_identity"]
        assert chat.step("action_open_identity").said == []

    @pytest.mark.parametrize("locale", ["en", "zh_Hans", "zh_Hant"])
    def test_the_language_changes_and_stays(self, chat: Chat, locale: str) -> None:
        asked = [Frame("verify_identity", "birth", asked=True), Frame(f"speak_{locale}", "say")]
        assert chat.step(f"action_speak_{locale}", stack=asked).said == ["utter_language_changed"]
        conversation: Conversation = chat.conversation
        assert (conversation.locale, conversation.locale_chosen, chat.tracker.locale) == (locale, True, locale)

    def test_two_misunderstandings_offer_a_person(self, chat: Chat) -> None:
        assert chat.step("action_cannot_handle").said == ["utter_not_understood"]
        with chat.database.transaction() as work:
            tracker = chat.tracker
            tracker.misunderstood = 2
            work.conversations.save_tracker(tracker)
        assert chat.step("action_cannot_handle").said == ["utter_not_understood_again"]

    def test_at_most_three_choices_and_a_way_out(self, chat: Chat) -> None:
        flows = ["check_balance", "pay_now", "request_plan", "make_offer"]
        step = chat.step("action_clarify", stack=[Frame("pattern_clarification", "say", context={"flows": flows})])
        assert [button.payload for button in step.utterances[0].buttons] == [
            "/check_balance", "/pay_now", "/request_plan", "/none_of_these",
        ]  # fmt: skip

    def test_an_unasked_file_is_thanked_for(self, chat: Chat) -> None:
        file = FileRef("f1", "slip.pdf", "application/pdf", 10)
        step = chat.step("action_unasked_file", kind="file", file=file)
        assert step.said == ["utter_unasked_file_before_identity"]
        assert step.utterances[0].args["name"] == "slip.pdf"

    def test_the_menu_before_identity_speaks_of_nothing_owed(self, chat: Chat) -> None:
        assert chat.step("action_help").said == ["utter_menu_before_identity"]
        chat.verify()
        assert chat.step("action_help").said == ["utter_menu"]

    def test_a_language_is_read_from_the_message_by_its_own_script(self, chat: Chat) -> None:
        for named, said, locale in [
            ("zh-Hant", "utter_language_changed", "zh_Hant"),
            ("zh-TW", "utter_language_changed", "zh_Hant"),
            ("en", "utter_language_changed", "en"),
            ("fr", "utter_language_unknown", "en"),
        ]:
            heard = replace(sure("change_language"), entities=(Entity("language", named, 0, 2),))
            assert chat.step("action_change_language", understood=heard).said[0] == said
            assert chat.tracker.locale == locale
