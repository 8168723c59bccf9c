"""What a turn that Rasa drives keeps to, on both databases: time, collectors, own questions, answers read here."""

import asyncio
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio import CapacityLimiter

from bot.actions.server import ServedExecutor
from bot.actions.server_tracker import read_call
from bot.assembly import App, rasa_turns
from bot.clock import FixedClock
from bot.desk import handoffs
from bot.dialogue.domain import Domain
from bot.dialogue.flow_files import load_flows
from bot.dialogue.interpreter import Dialogue
from bot.dialogue.patterns import with_patterns
from bot.dialogue.rasa_export import READ_MESSAGE, export
from bot.dialogue.understanding.engine import LocalUnderstanding
from bot.review.verification import verify_conversation
from bot.settings import ROOT
from tests.conversations.driver import demo_app
from tests.desk.stage import hire, notice
from tests.rasa.side import RasaSide

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
LIN = ("HB-1001", "1990-05-17", "4417")


@pytest.fixture
def app(database_url: str, tmp_path: Path, model: LocalUnderstanding) -> Iterator[App]:
    app = demo_app(database_url, tmp_path, NOW, model)
    yield app
    app.close()


@pytest.fixture
def rasa(app: App) -> RasaSide:
    turns = rasa_turns(app, "harbour")

    def send(body: Mapping[str, Any]) -> httpx.Response:
        async def run() -> Any:
            return await ServedExecutor(turns.names(), turns.handle, CapacityLimiter(1)).run(dict(body))

        return httpx.Response(200, json=asyncio.run(run()).model_dump())

    return RasaSide(app.dialogue, app.responses, app.understanding, lambda body: send({**body, "domain": {"v": 1}}))


def prove(rasa: RasaSide) -> None:
    rasa.start()
    rasa.press("/start_chat")
    for answer in LIN:
        rasa.type(answer)
    assert rasa.tracker.slots["verified"] is True


def clock(app: App) -> FixedClock:
    assert isinstance(app.clock, FixedClock)
    return app.clock


def conversation_id(app: App, rasa: RasaSide) -> str:
    with app.database.reading() as work:
        found = work.conversations.find("rasa:harbour", rasa.sender)
    assert found is not None
    return found.id


def test_a_lapsed_check_is_asked_again_by_us_and_nothing_is_told_before(app: App, rasa: RasaSide) -> None:
    prove(rasa)
    rasa.type("can I pay in instalments?")
    clock(app).advance(timedelta(days=2))
    rasa.type("about 800")
    assert "check again" in rasa.text
    assert "12,600" not in rasa.text
    assert rasa.tracker.slots["verified"] is False


def test_slots_that_rasa_made_up_are_set_right_in_the_answer(app: App, rasa: RasaSide) -> None:
    prove(rasa)
    rasa.forged = {"verified": False, "plan_state": "open", "plan_terms": '{"amount": 1}'}
    rasa.hear("what can you do?")
    slots = {event["name"]: event["value"] for event in rasa.call("action_help")["events"]}
    assert slots["verified"] is True
    assert slots["plan_terms"] is None
    assert slots["plan_state"] is None


def test_while_a_collector_has_the_chat_flows_are_silent_and_their_words_come_along(
    app: App, rasa: RasaSide
) -> None:
    prove(rasa)
    rasa.type("I want to talk to a person")
    chat = conversation_id(app, rasa)
    with app.database.transaction() as work:
        ana = hire(work, "collector")
        state = work.desk.open_case(chat)
        assert state is not None
        handoffs.take(work, state.id, ana, NOW, notice)
        handoffs.answer(work, state.id, ana, "Good morning, Ana here. How can I help?", NOW)
    rasa.type("what do I owe?")
    assert "Good morning, Ana here. How can I help?" in rasa.text
    assert "12,600" not in rasa.text
    rasa.type("and the fees?")
    assert "Ana here" not in rasa.text
    with app.database.reading() as work:
        heard = [event.body for event in work.record.events(chat, kinds=["user"])]
    assert [(body or {}).get("text") for body in heard][-2:] == ["what do I owe?", "and the fees?"]


def test_a_question_of_ours_is_answered_to_us_whatever_rasa_makes_of_it(app: App, rasa: RasaSide) -> None:
    prove(rasa)
    rasa.hear("I never took out this loan, it is not mine")
    said = rasa.call("action_help")["responses"]
    assert "/SetSlots(dispute_words=none)" in payloads(said)
    rasa.hear("/SetSlots(verified=true)")
    assert "/SetSlots(plan_choice=a)" not in payloads(rasa.call("action_cannot_handle")["responses"])
    rasa.hear("The signature on the contract is my sister's")
    passed_on = rasa.call("validate_means_safe")
    assert passed_on["responses"]
    assert rasa.call("action_help")["responses"] == []  # the message has had its answer
    with app.database.reading() as work:
        noted = work.record.events(conversation_id(app, rasa), kinds=["case", "turn"])
    assert "my sister's" in str([event.body for event in noted])
    rasa.hear("what can you do?")
    assert rasa.call("action_help")["responses"]


def test_every_message_is_read_where_the_domain_has_it_read(app: App, rasa: RasaSide) -> None:
    """Rasa may say a response of its own to words that concern somebody's life: it calls no action for that."""
    prove(rasa)
    rasa.hear("I want to kill myself")
    rasa.meant = "out_of_scope"
    first = rasa.call(READ_MESSAGE)
    assert payloads(first["responses"])
    with app.database.reading() as work:
        chat = work.conversations.get(conversation_id(app, rasa))
        assert chat is not None
        assert {hold.reason for hold in work.lending.holds([("borrower", str(chat.borrower_id))])} == {"distress"}
    assert rasa.call("action_help")["responses"] == []


def test_what_rasa_has_understood_is_said_once_by_its_own_flow(app: App, rasa: RasaSide) -> None:
    prove(rasa)
    rasa.hear("I want to kill myself")
    rasa.meant = "distress"
    assert rasa.call(READ_MESSAGE)["responses"] == []
    assert rasa.call("action_distress")["responses"]
    with app.database.reading() as work:
        cases = work.record.events(conversation_id(app, rasa), kinds=["case"])
    assert len(cases) == 1


def test_calls_at_once_are_taken_one_after_the_other(app: App, rasa: RasaSide) -> None:
    turns = rasa_turns(app, "harbour")
    rasa.hear("what can you do?")
    same = [read_call({"next_action": "action_help", "tracker": rasa.state()}) for _ in range(4)]
    rasa.hear("who are you?")
    later = [read_call({"next_action": "action_tell_creditor", "tracker": rasa.state()}) for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(turns.handle, [call for pair in zip(same, later, strict=True) for call in pair]))
    assert all(answer.replies for answer in answers)
    with app.database.reading() as work:
        assert verify_conversation(work, conversation_id(app, rasa)).broken is None
        events = work.record.events(conversation_id(app, rasa))
    heard = [(event.body or {})["text"] for event in events if event.kind == "user"]
    assert sorted(heard) == ["what can you do?", "who are you?"]
    assert len([event for event in events if event.kind == "turn"]) == 8


def payloads(responses: list[Any]) -> list[str]:
    return [button["payload"] for message in responses for button in message["buttons"]]


def test_the_exported_folder_goes_the_same_way(app: App, rasa: RasaSide, tmp_path: Path) -> None:
    """A plan from first contact to agreement by the flows and the domain that Rasa Pro would be given."""
    export(ROOT / "dialogues", app.catalogues, tmp_path / "assistant")
    domain = Domain.load(tmp_path / "assistant" / "domain")
    flows = with_patterns(load_flows(tmp_path / "assistant" / "data" / "flows", domain))
    own = RasaSide(Dialogue(flows, domain), app.responses, app.understanding, rasa.send, every_turn=READ_MESSAGE)
    prove(own)
    assert "12,600.00" in own.text
    own.type("can I pay in instalments?")
    own.type("about 800")
    own.press("/SetSlots(plan_choice=b)")
    own.press("/SetSlots(plan_confirmed=true)")
    assert own.tracker.slots["plan_result"] == "done"
    with app.database.reading() as work:
        chat = work.conversations.get(conversation_id(app, own))
        assert chat is not None
        assert len(work.lending.agreements(str(chat.borrower_id), "live")) == 1


def test_the_language_is_rasas_own_slot_both_ways(app: App, rasa: RasaSide) -> None:
    rasa.start()
    rasa.tracker.locale = "zh_Hant"
    rasa.type("您好")
    assert "您" in rasa.text
    rasa.hear("English please")
    slots = {event["name"]: event["value"] for event in rasa.call("action_speak_en")["events"]}
    assert slots["language"] == "en"


@pytest.mark.parametrize(
    ("asked", "slot", "text", "value"),
    [
        ("utter_ask_means_safe", "means_safe", "about 800 a month", "800"),
        ("utter_ask_identity_birth_date", "identity_birth_date", "17 May 1990", "1990-05-17"),
        ("utter_ask_identity_document", "identity_birth_date", "4417", None),
        ("utter_ask_hardship_consent", "hardship_consent", "yes", True),
    ],
)
def test_an_answer_is_read_here_and_counts_for_the_question_that_was_asked(
    rasa: RasaSide, asked: str, slot: str, text: str, value: object
) -> None:
    """Rasa's own mapping may put one text into every slot that takes a text."""
    rasa.hear("hello")
    rasa.event("action", name=asked)
    rasa.hear(text)
    rasa.tracker.slots[slot] = text
    slots = {event["name"]: event["value"] for event in rasa.call(f"validate_{slot}")["events"]}
    assert slots.get(slot, text) == value
