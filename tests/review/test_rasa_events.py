"""Conversations as Rasa's events: what rasa-sdk itself makes and reads, with nothing left out and nothing shown."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk import events as rasa

from bot.record.events import Event, EventKind
from bot.review.documents import Material
from bot.review.facts import Known
from bot.review.rasa_events import rasa_lines
from tests.storage.samples import NOW, lin_wei

SAID = "I am 林伟, +86 138 0013 8000"
BUTTON = {"title": "A", "payload": "/a"}
TURN = {
    "input": 7,
    "commands": [{"command": "StartFlow", "flow": "hardship"}],
    "trace": [
        {"event": "flow_started", "flow_id": "hardship"},
        {"event": "slot", "name": "hardship_reason", "value": "illness"},
        {"event": "action", "name": "action_offer_plans"},
        {"event": "internal_error", "reason": "step budget"},
    ],
    "understood": {"intents": [["tell_hardship", 0.91], ["greet", 0.04]], "band": "act", "entities": []},
    "facts": {"rule": "cn#plans"},
}
TOLD: list[tuple[EventKind, dict[str, Any] | None]] = [
    ("user", {"kind": "start", "input": 6, "update_id": "0"}),
    ("user", {"kind": "text", "input": 7, "update_id": "1", "text": SAID}),
    ("turn", TURN),
    ("bot", {"text": "Hi", "response": "utter_hi", "locale": "en", "args": {}, "buttons": [BUTTON]}),
    ("case", {"event": "taken", "case": "c", "staff": "s"}),
    ("agent", {"text": "Hello 林伟", "name": "Mei"}),
    ("case", {"event": "returned", "case": "c", "staff": "s"}),
    ("access", {"what": "verified", "borrower": "b1"}),
    ("delivery", {"state": "delivered", "seqs": [4]}),
    ("notice", {"notice": "recorded", "text": "A colleague joined", "response": "utter_joined"}),
    ("user", None),
    ("case", None),
]  # fmt: skip


def told() -> Material:
    known = Known("web:harbour", "harbour", "zh_Hans", "harbour", None, NOW)
    events = [
        Event("c1", seq, kind, NOW + timedelta(seconds=seq), body, b"s" if body else None, b"d" * 32, bytes([seq]))
        for seq, (kind, body) in enumerate(TOLD, start=1)
    ]
    return Material("c1", len(events), 0, known, lin_wei(), events)


def lines(*, masked: bool) -> list[dict[str, Any]]:
    return [json.loads(line) for line in rasa_lines(told(), masked=masked)]


MADE = {
    "user": rasa.UserUttered(""),
    "bot": rasa.BotUttered(),
    "slot": rasa.SlotSet("a"),
    "action": rasa.ActionExecuted("a"),
    "agent": rasa.AgentUttered(),
    "pause": rasa.ConversationPaused(),
    "resume": rasa.ConversationResumed(),
    "session_started": rasa.SessionStarted(),
    "flow_started": {"flow_id": ""},
}


def test_every_line_has_what_rasas_own_event_has() -> None:
    shown = lines(masked=False)
    assert {line["event"] for line in shown} == MADE.keys()
    for line in shown:
        traced = line["metadata"]["seq"] in (3, 11)  # as the interpreter left it; and a message that was erased
        assert traced or MADE[line["event"]].keys() <= line.keys()
        assert line["sender_id"] == "c1"
        assert line["timestamp"] == (NOW + timedelta(seconds=line["metadata"]["seq"])).timestamp()


def test_nothing_is_left_out() -> None:
    shown = lines(masked=False)
    assert [line["metadata"]["seq"] for line in shown if line["event"] != "session_started"] == sorted(
        [1, 2, 3, 3, 3, 3, *range(4, 13)]
    )
    names = [line["name"] for line in shown if line["event"] == "action"]
    assert names == [
        "action_session_start", "action_offer_plans", "action_internal_error",
        "identity_verified", "delivery_delivered", "erased",
    ]  # fmt: skip


def test_rasas_tracker_reads_what_was_said_and_understood() -> None:
    said = next(line for line in lines(masked=False) if line["event"] == "user")
    assert said["metadata"]["facts"] == {"rule": "cn#plans"}
    tracker = Tracker.from_dict(
        {"sender_id": "c1", "latest_message": said["parse_data"], "events": lines(masked=False)}
    )
    assert tracker.latest_message["text"] == SAID
    assert tracker.get_intent_of_latest_message() == "tell_hardship"
    assert tracker.get_last_event_for("slot")["value"] == "illness"


@pytest.mark.parametrize("masked", [True, False])
def test_personal_data_is_masked_unless_it_is_asked_for(masked: bool) -> None:
    text = "".join(rasa_lines(told(), masked=masked))
    assert ("林伟" in text, "138 0013" in text, "illness" in text) == (not masked,) * 3
    assert ('"masked": true' in text) == masked


def test_a_message_that_filled_a_private_slot_is_covered_with_all_that_was_read_of_it() -> None:
    body = {**TURN, "commands": [{"command": "SetSlot", "name": "hardship_words", "value": "my illness"}]}
    private = told()
    private = replace(private, events=[replace(e, body=body) if e.kind == "turn" else e for e in private.events])
    text = "".join(rasa_lines(private, masked=True))
    assert "my illness" not in text
    assert json.loads(text.splitlines()[2])["text"] == "•••"
