"""Rights: recognised on every message, done once whichever door they come through, provisional for strangers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.actions.effects import RIGHTS
from bot.conversations.inputs import WHILE_HELD
from bot.dialogue.messages import Label, Listed, Names, Utterance
from bot.dialogue.tracker import Frame
from bot.dialogue.understanding import Understood
from bot.lending.holds import Hold, stopping
from bot.storage.engine import Database
from tests.actions.stage import NOW, PARTS, Chat, likely, sure, unclear

# A right's own flow begins with this action: the second door.
DOORS = {
    "stop_contact": "action_stop_contact",
    "contact_preference": "action_contact_preference",
    "dispute_debt": "action_dispute_debt",
    "report_fraud": "action_report_fraud",
    "already_paid": "action_already_paid",
    "wrong_person": "action_wrong_person",
    "third_party": "action_third_party",
    "report_death": "action_report_death",
    "report_bankruptcy": "action_report_bankruptcy",
    "has_representative": "action_has_representative",
    "refuse_to_pay": "action_refuse_to_pay",
    "distress": "action_distress",
    "complain": "action_complain",
    "report_minor": "action_report_minor",
    "report_moratorium": "action_report_moratorium",
    "request_human": "action_request_human",
}
PLAN = [Frame("request_plan", "which", slots_set=["plan_choice"], asked=True)]
SPEAKERS = [speaker.id for speaker in PARTS.policies.speakers()]
FIRST = {"harbour": "HB-1001", "swiftlend": "SL-2001", "chuntian": "CT-3001", "prairie": "PC-4001"} | {
    "fairway": "NW-5001", "thames": "TB-7001", "sagar": "SF-8001"
}  # fmt: skip


def test_every_right_has_its_door() -> None:
    assert set(DOORS) == set(RIGHTS)


def test_every_right_is_served_while_a_collector_has_the_chat() -> None:
    assert set(RIGHTS) <= WHILE_HELD


def all_holds(chat: Chat, reference: str) -> list[Hold]:
    borrower = chat.borrower(reference)
    own = chat.holds("borrower", borrower.id) + chat.holds("address", chat.conversation.address)
    return own + [hold for account in chat.accounts(borrower) for hold in chat.holds("account", account.id)]


@pytest.mark.parametrize("name", DOORS)
def test_typed_and_pressed_do_the_same_and_never_twice(database: Database, name: str) -> None:
    typed, pressed = Chat(database, "harbour", "typed"), Chat(database, "chuntian", "pressed")
    typed.verify("HB-1001")
    pressed.verify("CT-3001")
    step = typed.step(DOORS[name], understood=sure(name))
    pressed.step(DOORS[name], kind="button")
    assert step.invoked is not None
    assert step.invoked.flow == name
    right = RIGHTS[name]
    for chat, reference in ((typed, "HB-1001"), (pressed, "CT-3001")):
        held = [hold.reason for hold in all_holds(chat, reference)]
        has_rule = right.hold in PARTS.policies.for_speaker(chat.speaker).holds
        assert held == ([right.hold] if has_rule else [])
        assert chat.case_events() == (["opened"] if right.case else [])


@pytest.mark.parametrize("speaker", SPEAKERS)
def test_every_policy_serves_every_right_verified_or_not(database: Database, speaker: str) -> None:
    for name, door in DOORS.items():
        stranger, borrower = Chat(database, speaker, f"stranger-{name}"), Chat(database, speaker, f"own-{name}")
        borrower.verify(FIRST[speaker])
        for chat in (stranger, borrower):
            assert chat.step(door, understood=sure(name), stack=PLAN).said, name


def test_a_strangers_word_holds_only_this_chat_and_provisionally(database: Database) -> None:
    for name, right in RIGHTS.items():
        chat = Chat(database, sender=name)
        chat.step(understood=sure(name))
        assert not chat.holds("borrower", chat.borrower("HB-1001").id)
        held = chat.holds("address", chat.conversation.address)
        assert len(held) == (right.hold in PARTS.policies.for_speaker("harbour").holds)
        for hold in held:
            assert hold.provisional
            assert hold.review_on is not None
            assert hold.review_on <= (NOW + timedelta(days=4)).date()


def test_before_identity_no_words_carry_anything_of_the_debt(database: Database) -> None:
    allowed = {"ticket", "answer_by", "emergency", "line", "fallback", "opens", "ahead", "review", "stops"}
    for name, door in DOORS.items():
        step = Chat(database, sender=name).step(door, understood=sure(name))
        assert step.utterances
        for utterance in step.utterances:
            assert set(utterance.args) <= allowed
            assert utterance.args.get("stops", Label("utter_rests_address")) == Label("utter_rests_address")
            assert utterance.response not in _AFTER_IDENTITY


_AFTER_IDENTITY = {
    "utter_dispute_paused", "utter_paid_thanks", "utter_stop_done", "utter_refusal_stops", "utter_refusal_heard",
    "utter_distress_thanks", "utter_dispute_recorded", "utter_menu",
}  # fmt: skip


def test_an_account_being_talked_about_is_held_not_the_whole_person(database: Database) -> None:
    chat = Chat(database)
    borrower = chat.verify("HB-1002")
    account = chat.accounts(borrower)[1]
    chat.step(understood=sure("dispute_debt"), slots={"account_id": account.id})
    [hold] = chat.holds("account", account.id)
    assert (hold.reason, hold.provisional) == ("dispute", False)
    assert stopping([hold], "plans") is hold
    assert not chat.holds("borrower", borrower.id)


def test_a_death_is_provisional_whoever_tells_it(database: Database) -> None:
    chat = Chat(database)
    borrower = chat.verify()
    chat.step(understood=sure("report_death"))
    [hold] = chat.holds("borrower", borrower.id)
    assert hold.provisional


def test_several_rights_in_one_message_are_all_done_and_the_first_speaks(database: Database) -> None:
    chat = Chat(database)
    step = chat.step(understood=sure("wrong_person", "stop_contact"))
    assert step.invoked is not None
    assert step.invoked.flow == "wrong_person"
    reasons = {hold.reason for hold in chat.holds("address", chat.conversation.address)}
    assert reasons == {"wrong_person", "stop_contact"}


@pytest.mark.parametrize("name", ["stop_contact", "dispute_debt", "report_death", "report_fraud", "distress"])
def test_what_was_open_is_laid_aside_through_both_doors(database: Database, name: str) -> None:
    typed = Chat(database, sender="t").step(understood=sure(name), stack=PLAN)
    assert typed.invoked is not None
    assert typed.invoked.clears_stack
    pressed = Chat(database, sender="p")
    pressed.step(
        DOORS[name], kind="button", stack=[*PLAN, Frame(name, "say")], slots={"plan_choice": "1", "account_id": "x"}
    )
    assert [frame.flow for frame in pressed.tracker.stack] == [name]
    assert pressed.tracker.slots["plan_choice"] is None


def test_words_told_within_a_right_stay_there_and_are_still_acted_on(database: Database) -> None:
    chat = Chat(database)
    borrower = chat.verify()
    chat.step("action_dispute_debt", understood=sure("dispute_debt"))
    hearing = [Frame("dispute_debt", "words", asked=True)]
    step = chat.step(understood=sure("already_paid", text="I paid 600 of it back in May"), stack=hearing)
    assert step.invoked is None
    assert step.answer == "I paid 600 of it back in May"
    assert {hold.reason for hold in chat.holds("borrower", borrower.id)} == {"dispute", "already_paid"}


@pytest.mark.parametrize(
    ("understood", "flow"),
    [
        (sure("stop_contact", text="Stop writing to me about this, I do not want it"), "stop_contact"),
        (sure("complain", text="I want to complain"), "complain"),
        (sure("report_fraud", text="我要报案"), "report_fraud"),
    ],
)
def test_another_wish_leaves_the_telling(database: Database, understood: Understood, flow: str) -> None:
    step = Chat(database).step(understood=understood, stack=[Frame("dispute_debt", "words", asked=True)])
    assert step.invoked is not None
    assert step.invoked.flow == flow


def test_probably_is_a_pause_and_a_question_and_no_lifts_it(database: Database) -> None:
    chat = Chat(database)
    borrower = chat.verify()
    step = chat.step("action_ask_right_confirmed", understood=likely("dispute_debt"))
    assert step.invoked is not None
    assert (step.invoked.flow, step.invoked.clears_stack) == ("confirm_right", False)
    assert step.said == ["utter_confirm_dispute_debt"]
    [pause] = chat.holds("borrower", borrower.id)
    assert "borrower" in pause.lifted_by
    assert pause.review_on == (NOW + timedelta(days=1)).date()
    assert chat.case is None
    chat.step("action_right_settled")
    assert not chat.holds("borrower", borrower.id)


def test_yes_turns_the_pause_into_the_hold_itself(database: Database) -> None:
    for chat in (Chat(database, sender="known"), Chat(database, "chuntian", sender="stranger")):
        if chat.speaker == "harbour":
            chat.verify()
        reference = FIRST[chat.speaker]
        chat.step(understood=likely("dispute_debt"))
        chat.step("action_dispute_debt", kind="button")
        [hold] = all_holds(chat, reference)
        assert "borrower" not in hold.lifted_by
        assert chat.case is not None


def test_a_guess_does_not_replace_an_answer(database: Database) -> None:
    chat = Chat(database)
    assert chat.step(understood=replace(likely("stop_contact"), answer="no")).invoked is None
    assert chat.step(understood=unclear()).invoked is None
    assert chat.step(understood=sure("check_balance")).invoked is None


def test_a_refusal_stops_only_where_the_policy_says_so(database: Database) -> None:
    for speaker, reference in FIRST.items():
        chat = Chat(database, speaker, f"refuse-{speaker}")
        chat.verify(reference)
        step = chat.step("action_refuse_to_pay", understood=sure("refuse_to_pay"))
        stops = PARTS.policies.for_creditor(chat.borrower(reference).creditor).holds["refusal"].source
        assert step.said == ["utter_refusal_stops" if stops else "utter_refusal_heard"]


class TestDistress:
    def test_no_band_silences_it(self, database: Database) -> None:
        for number, heard in enumerate(
            [unclear("yes"), likely("greet", distress="yes"), sure("thank", distress="yes")]
        ):
            chat = Chat(database, sender=str(number))
            step = chat.step(understood=heard)
            assert step.invoked is not None
            assert (step.invoked.flow, step.invoked.clears_stack) == ("distress", True)
            assert chat.case is not None
            assert (chat.case.reason, chat.case.urgency) == ("distress", 0)
            assert stopping(chat.holds("address", chat.conversation.address), "collection")

    def test_it_goes_before_every_other_right(self, database: Database) -> None:
        step = Chat(database).step(understood=sure("stop_contact", distress="yes"))
        assert step.invoked is not None
        assert step.invoked.flow == "distress"

    @pytest.mark.parametrize(("speaker", "line"), [("harbour", "12356"), ("chuntian", "1925"), ("prairie", "988")])
    def test_the_lines_are_those_of_where_they_live(self, database: Database, speaker: str, line: str) -> None:
        for verified in (False, True):
            chat = Chat(database, speaker, f"{verified}")
            if verified:
                chat.verify(FIRST[speaker])
            step = chat.step("action_distress", understood=sure("distress", distress="yes"))
            [safe] = [said for said in step.utterances if said.response == "utter_distress_safe"]
            assert safe.args["line"] == line

    def test_in_china_an_ambulance_or_the_police(self, database: Database) -> None:
        step = Chat(database).step("action_distress", understood=sure("distress", distress="yes"))
        safe = step.utterances[1]
        assert safe.args["emergency"] == Label("utter_either", {"first": "120", "second": "110"})
        assert safe.args["fallback"] == "120"

    def test_a_doubt_asks_gently_pauses_and_ends_with_i_am_safe(self, database: Database) -> None:
        chat = Chat(database)
        borrower = chat.verify()
        step = chat.step("action_distress_check", understood=unclear("check"))
        assert step.invoked is not None
        assert (step.invoked.flow, step.invoked.clears_stack) == ("distress_check", True)
        assert stopping(chat.holds("borrower", borrower.id), "collection")
        assert chat.case is None
        chat.step("action_safe_for_now", kind="button")
        assert not chat.holds("borrower", borrower.id)

    def test_a_doubt_beside_a_plain_wish_does_not_become_certain_and_the_wish_is_done(
        self, database: Database
    ) -> None:
        chat = Chat(database)
        step = chat.step(understood=sure("stop_contact", distress="check"))
        assert step.invoked is not None
        assert step.invoked.flow == "distress_check"
        assert "stop_contact" in {hold.reason for hold in chat.holds("address", chat.conversation.address)}

    def test_after_a_yes_im_safe_lifts_nothing_and_doubts_are_only_listened_to(self, database: Database) -> None:
        chat = Chat(database)
        borrower = chat.verify()
        chat.step("action_distress", understood=sure("distress", distress="yes"))
        chat.step("action_safe_for_now", kind="button")
        assert stopping(chat.holds("borrower", borrower.id), "collection")
        step = chat.step(understood=unclear("check"))
        assert step.invoked is not None
        assert step.invoked.flow == "distress_listening"

    @pytest.mark.parametrize("heard", [sure("deny"), sure("goodbye"), unclear()])
    def test_small_words_after_distress_are_listened_to(self, database: Database, heard: Understood) -> None:
        chat = Chat(database)
        chat.verify()
        assert chat.step(understood=heard).invoked is None
        chat.step("action_distress", understood=sure("distress", distress="yes"))
        step = chat.step(understood=heard)
        assert step.invoked is not None
        assert step.invoked.flow == "distress_listening"

    def test_a_clear_wish_after_distress_is_served(self, database: Database) -> None:
        chat = Chat(database)
        chat.verify()
        chat.step("action_distress", understood=sure("distress", distress="yes"))
        assert chat.step(understood=sure("check_balance")).invoked is None

    def test_helplines_are_named(self, database: Database) -> None:
        [said] = Chat(database).step("action_helplines", kind="button").utterances
        assert isinstance(_first_line(said).args["name"], Names)


def _first_line(said: Utterance) -> Label:
    lines = said.args["lines"]
    assert isinstance(lines, Listed)
    first = lines.items[0]
    assert isinstance(first, Label)
    return first
