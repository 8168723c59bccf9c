"""What the flows do with commands: asking, branching, digressing, correcting, cancelling."""

from pathlib import Path

import pytest

from bot.dialogue.commands import (
    ActionResult,
    CancelFlow,
    CannotHandle,
    Clarify,
    CorrectSlot,
    HumanHandoff,
    RepeatQuestion,
    SessionStart,
    SetSlot,
    StartFlow,
)
from bot.dialogue.interpreter import Dialogue, Outcome
from bot.dialogue.messages import Button, Reply, Utterance
from bot.dialogue.tracker import from_json, to_json
from bot.errors import BadInput
from tests.dialogue.conftest import Write
from tests.dialogue.shop import DOMAIN, FLOWS, Talk


@pytest.fixture
def talk(write: Write) -> Talk:
    ask_note = ActionResult(utterances=[Utterance("utter_ask_note")])
    return Talk(write(DOMAIN, FLOWS), {"action_ask_note": lambda tracker: ask_note})


def test_a_flow_asks_one_question_after_another_and_skips_what_is_known(talk: Talk) -> None:
    talk.tracker.slots["often"] = "monthly"
    assert talk.do(StartFlow("make_offer")) == ["utter_ask_amount"]
    assert talk.do(SetSlot("amount", "500.00")) == ["utter_ask_start"]
    assert talk.do(SetSlot("start", "2026-12-01")) == ["utter_ask_sure"]
    assert talk.do(SetSlot("sure", True)) == ["utter_done", "utter_anything_else"]
    assert talk.called == ["action_save"]


def test_what_a_flow_was_told_is_forgotten_at_its_end_unless_persisted_or_set_by_an_action(talk: Talk) -> None:
    talk.actions["action_save"] = lambda tracker: ActionResult(slots=[("agreed", True)])
    _offer_up_to(talk, "sure")
    talk.do(SetSlot("sure", True))
    kept = {name: value for name, value in talk.tracker.slots.items() if value is not None}
    assert kept == {"start": "2026-12-01", "agreed": True}
    assert talk.tracker.stack == []


def test_a_rejected_answer_says_why_and_is_asked_again(talk: Talk) -> None:
    talk.do(StartFlow("make_offer"))
    assert talk.do(SetSlot("amount", "1200.00")) == ["utter_too_much", "utter_ask_amount"]
    assert talk.tracker.slots["amount"] is None


def test_a_validation_that_empties_the_slot_has_the_question_asked_again(talk: Talk) -> None:
    refuse = ActionResult(slots=[("reference", None)], utterances=[Utterance("utter_sorry")])
    talk.actions["validate_reference"] = lambda tracker: refuse
    talk.do(StartFlow("check_balance"))
    assert talk.do(SetSlot("reference", "nonsense")) == ["utter_sorry", "utter_ask_reference"]
    del talk.actions["validate_reference"]
    assert talk.do(SetSlot("reference", "HB-1001"))[0] == "utter_balance"


def test_ask_before_filling_asks_although_the_slot_was_filled(talk: Talk) -> None:
    talk.tracker.slots["sure"] = True
    assert _offer_up_to(talk, "sure") == ["utter_ask_sure"]


def test_a_link_ends_the_flow_and_starts_the_other(talk: Talk) -> None:
    _offer_up_to(talk, "sure")
    assert talk.do(SetSlot("sure", False)) == ["utter_ask_reason"]
    assert [frame.flow for frame in talk.tracker.stack] == ["tell"]
    assert talk.tracker.slots["rounds"] is None


def test_a_call_comes_back_to_its_caller(talk: Talk) -> None:
    assert talk.do(StartFlow("check_balance")) == ["utter_ask_reference"]
    assert talk.do(SetSlot("reference", "HB-1001")) == ["utter_balance", "utter_anything_else"]
    assert talk.tracker.slots["reference"] is None


def test_a_digression_is_served_and_the_open_question_asked_again(talk: Talk) -> None:
    talk.tracker.slots["verified"] = True
    talk.do(StartFlow("make_offer"))
    assert talk.do(StartFlow("check_balance")) == ["utter_balance", "utter_back", "utter_ask_amount"]
    assert talk.do(SetSlot("amount", "5.00")) == ["utter_ask_start"]


def test_two_wishes_are_served_in_the_order_told(talk: Talk) -> None:
    assert talk.do(StartFlow("tell"), StartFlow("make_offer"), SetSlot("amount", "500.00")) == ["utter_ask_reason"]
    said = talk.run([SetSlot("reason", "Lost my job"), SetSlot("note", "none")])
    assert said == ["utter_done", "utter_ask_start"]


def test_starting_what_is_under_way_goes_back_to_its_question(talk: Talk) -> None:
    talk.do(StartFlow("make_offer"))
    talk.do(StartFlow("tell"))
    assert talk.do(StartFlow("make_offer")) == ["utter_ask_amount"]
    assert [frame.flow for frame in talk.tracker.stack] == ["make_offer"]


def test_a_call_that_finished_in_a_digression_is_not_gone_through_twice(talk: Talk) -> None:
    talk.do(StartFlow("ask_charges"))
    assert talk.do(StartFlow("check_balance")) == ["utter_ask_reference"]
    said = talk.do(SetSlot("reference", "HB-1001"))
    assert said == ["utter_balance", "utter_done", "utter_anything_else"]


def test_cancelling_drops_the_flow_and_resumes_the_one_beneath(talk: Talk) -> None:
    talk.do(StartFlow("tell"))
    talk.do(StartFlow("make_offer"))
    talk.do(SetSlot("amount", "5.00"))
    assert talk.do(CancelFlow()) == ["utter_left", "utter_back", "utter_ask_reason"]
    assert talk.tracker.slots["amount"] is None
    assert talk.do(CancelFlow()) == ["utter_left"]
    assert talk.tracker.stack == []


def test_a_correction_goes_on_from_the_corrected_question(talk: Talk) -> None:
    _offer_up_to(talk, "often")
    assert talk.do(CorrectSlot("amount", "700.00")) == ["utter_changed", "utter_ask_often"]
    assert talk.tracker.slots["amount"] == "700.00"
    assert talk.tracker.slots["start"] == "2026-12-01"


def test_a_corrected_answer_is_checked_like_the_first(talk: Talk) -> None:
    _offer_up_to(talk, "often")
    assert talk.do(CorrectSlot("amount", "7000.00")) == ["utter_changed", "utter_too_much", "utter_ask_amount"]


def test_two_misunderstandings_in_a_row_offer_a_person(talk: Talk) -> None:
    talk.do(StartFlow("make_offer"))
    assert talk.do(CannotHandle()) == ["utter_sorry", "utter_ask_amount"]
    assert talk.do(CannotHandle()) == ["utter_person"]
    assert talk.do(SetSlot("amount", "5.00")) == ["utter_ask_start"]
    assert talk.do(CannotHandle()) == ["utter_sorry", "utter_ask_start"]


def test_a_clarification_waits_and_the_open_question_stays_open(talk: Talk) -> None:
    talk.do(StartFlow("make_offer"))
    assert talk.do(Clarify(("check_balance", "no_such_flow"))) == ["utter_which"]
    assert talk.do(SetSlot("amount", "5.00")) == ["utter_ask_start"]


def test_a_guarded_flow_does_not_start_by_a_message(talk: Talk) -> None:
    assert talk.do(StartFlow("hidden")) == ["utter_sorry"]
    talk.tracker.slots["verified"] = True
    assert talk.do(StartFlow("hidden"))[0] == "utter_done"


def test_other_patterns(talk: Talk) -> None:
    assert talk.do(SessionStart()) == ["utter_hello"]
    assert talk.do(HumanHandoff()) == ["utter_person"]
    talk.do(StartFlow("make_offer"))
    assert talk.do(RepeatQuestion()) == ["utter_ask_amount"]


def test_a_circle_ends_in_an_apology_and_an_empty_stack(talk: Talk) -> None:
    assert talk.do(StartFlow("circle")) == ["utter_broken"]
    assert talk.tracker.stack == []


def test_unknown_names_are_not_understood(talk: Talk) -> None:
    assert talk.do(StartFlow("no_such_flow")) == ["utter_sorry"]
    assert talk.do(SetSlot("no_such_slot", 1)) == ["utter_sorry"]
    assert talk.do(SetSlot("often", "hourly"))[-1] == "utter_sorry"


def test_never_silent_while_a_question_is_open(talk: Talk) -> None:
    talk.do(StartFlow("make_offer"))
    assert talk.do(SetSlot("often", "weekly")) == ["utter_ask_amount"]


def test_every_third_turn_that_ends_with_the_same_words_offers_a_person(talk: Talk) -> None:
    talk.do(StartFlow("make_offer"))
    said = [talk.do(RepeatQuestion()) for _ in range(6)]
    assert said[0] == said[2] == said[3] == ["utter_ask_amount"]
    assert said[1] == ["utter_way_out", "utter_ask_amount"]
    assert said[4] == ["utter_way_out", "utter_ask_amount"]
    talk.do(SetSlot("amount", "500.00"))
    assert talk.tracker.again == 0


def test_a_person_is_not_offered_twice_in_one_turn(talk: Talk) -> None:
    talk.do(StartFlow("make_offer"))
    talk.do(CannotHandle())
    assert [talk.do(CannotHandle()) for _ in range(4)] == [["utter_person"]] * 4


def test_an_action_may_drop_the_talk_beneath_itself_and_start_something(talk: Talk) -> None:
    def drop(tracker: object) -> ActionResult:
        talk.tracker.stack[:] = []
        return ActionResult(commands=[StartFlow("tell")])

    talk.actions["action_save"] = drop
    _offer_up_to(talk, "sure")
    assert talk.do(SetSlot("sure", True)) == ["utter_ask_reason"]
    assert [frame.flow for frame in talk.tracker.stack] == ["tell"]


def test_an_action_s_error_is_the_turn_s_to_handle(talk: Talk) -> None:
    def fail(tracker: object) -> ActionResult:
        raise RuntimeError("the database is away")

    talk.actions["action_save"] = fail
    _offer_up_to(talk, "sure")
    with pytest.raises(RuntimeError, match="away"):
        talk.do(SetSlot("sure", True))


def test_abandoning_drops_the_stack_and_what_it_was_told(talk: Talk) -> None:
    _offer_up_to(talk, "often")
    talk.dialogue.abandon(talk.tracker)
    assert talk.tracker.stack == []
    assert talk.tracker.slots["amount"] is None
    assert talk.tracker.slots["start"] == "2026-12-01"


def test_a_stack_of_older_flows_is_dropped_where_it_no_longer_fits(talk: Talk, write: Write) -> None:
    talk.do(StartFlow("make_offer"))
    talk.do(SetSlot("amount", "5.00"))
    talk.dialogue = write(DOMAIN, FLOWS.replace("  make_offer:\n", "  counter_offer:\n"))
    assert talk.do(StartFlow("tell")) == ["utter_ask_reason"]
    assert talk.tracker.slots["amount"] is None


def test_the_trace_reads_as_rasa_s_events(talk: Talk) -> None:
    talk.tracker.slots["verified"] = True
    talk.do(StartFlow("check_balance"))
    assert talk.last.trace[:3] == [
        {"event": "flow_started", "flow_id": "check_balance"},
        {"event": "action", "name": "utter_balance"},
        {"event": "flow_completed", "flow_id": "check_balance", "step_id": "say"},
    ]


def test_the_tracker_survives_json(talk: Talk) -> None:
    _offer_up_to(talk, "often")
    replies = [Reply("How?", "utter_ask_often", (Button("Weekly", "/SetSlots(often=weekly)"),))]
    talk.dialogue.remember(talk.tracker, replies)
    assert from_json(to_json(talk.tracker)) == talk.tracker
    assert from_json({"conversation_id": "c", "locale": "en", "gone": 1}).stack == []


def test_registered_actions_are_checked(talk: Talk) -> None:
    talk.dialogue.check_actions(frozenset({"action_save", "action_ask_note", "validate_reference"}))
    with pytest.raises(BadInput, match="action_save"):
        talk.dialogue.check_actions(frozenset({"action_ask_note", "validate_reference"}))


def test_missing_patterns_are_silent(tmp_path: Path, write: Write) -> None:
    dialogue: Dialogue = write(
        "slots: {a: {type: text}}\nresponses: {utter_ask_a: [{text: A}]}",
        "flows: {f: {description: d, nlu_trigger: [{intent: f}], steps: [{collect: a}]}}",
    )
    talk = Talk(dialogue)
    assert talk.do(StartFlow("f")) == ["utter_ask_a"]
    assert talk.do(CannotHandle()) == ["utter_ask_a"]
    assert talk.do(CancelFlow()) == []


def _offer_up_to(talk: Talk, slot: str) -> list[str]:
    said = talk.do(StartFlow("make_offer"))
    answers = {"amount": "500.00", "start": "2026-12-01", "often": "monthly"}
    for name, value in answers.items():
        if name == slot:
            break
        said = talk.do(SetSlot(name, value))
    return said


def test_the_same_words_for_two_wishes_are_said_once_where_they_stand_last() -> None:
    asked, closed, other = (Utterance(f"utter_{name}") for name in ("asked", "closed", "other"))
    first, after = Outcome([asked, closed]), Outcome([other, asked, closed])
    assert first.then(after).utterances == [other, asked, closed]
    one, two = (Utterance("utter_sum", {"n": number}) for number in (1, 2))
    assert Outcome([one]).then(Outcome([two])).utterances == [one, two]
