"""Dialogue files: what is outside the subset is refused with file, flow and key."""

import re

import pytest

from bot.errors import BadInput
from tests.dialogue.conftest import Write
from tests.dialogue.shop import DOMAIN, FLOWS


def _flow(body: str) -> str:
    return f"flows:\n  f:\n    description: d\n    {body}\n"


@pytest.mark.parametrize(
    ("body", "place", "problem"),
    [
        ("colour: red\n    steps: [{action: utter_done}]", "f.colour", "not taken"),
        ("steps: []", "f.steps", "list of steps"),
        ("steps: [{say: hi}]", r"f.steps\[0\]", "exactly one of"),
        ("steps: [{action: utter_done, collect: amount}]", r"f.steps\[0\]", "exactly one of"),
        ("steps: [{action: utter_gone}]", r"f.steps\[0\].action", "neither a response nor an action"),
        (
            "steps: [{action: utter_done, next: nowhere}]",
            "f.1_action_utter_done.next",
            "no step has the id",
        ),
        ("steps: [{collect: colour}]", r"f.steps\[0\].collect", "no slot is called 'colour'"),
        ("steps: [{collect: agreed}]", r"f.steps\[0\].collect", "neither utter_ask_agreed"),
        ("steps: [{collect: amount, maximum: 5}]", r"f.steps\[0\].maximum", "not taken"),
        ("steps: [{link: gone}]", "f.1_link_gone.link", "no flow is called gone"),
        ("steps: [{call: gone}]", "f.1_call_gone.call", "no flow is called gone"),
        ("steps: [{link: f, next: END}]", r"f.steps\[0\].next", "nothing comes after a link"),
        ("steps: [{noop: true}]", r"f.steps\[0\].next", "noop"),
        ("steps: [{set_slots: [{colour: 1}]}]", r"f.steps\[0\].set_slots", "no slot is called 'colour'"),
        ("steps: [{set_slots: [{often: hourly}]}]", r"f.steps\[0\].set_slots", "often is one of weekly, monthly"),
        (
            "steps: [{noop: true, next: [{if: slots.x, then: END}, {else: END}]}]",
            r"next\[0\].if",
            "no slot is called",
        ),
        ("steps: [{noop: true, next: [{if: slots.sure, then: END}]}]", r"next\[0\]", "not taken"),
        (
            "steps: [{noop: true, next: [{if: slots.sure, then: [{action: utter_done}]}, {else: END}]}]",
            r"then\[0\].next",
            "must say where to go",
        ),
        ("steps: [{action: utter_done, id: a}, {action: utter_done, id: a}]", r"f.steps\[1\].id", "'a' is taken"),
        ("persisted_slots: [colour]\n    steps: [{action: utter_done}]", "f.persisted_slots", "no slot is called"),
        (
            "steps: [{collect: amount, rejections: [{if: slots.amount > 1, utter: utter_x}]}]",
            r"rejections\[0\].utter",
            "no response is called utter_x",
        ),
    ],
)
def test_a_broken_flow_is_refused(write: Write, body: str, place: str, problem: str) -> None:
    with pytest.raises(BadInput, match=problem) as refused:
        write(DOMAIN, _flow(body))
    assert re.search(place, refused.value.place)
    assert "shop.yml" in refused.value.place


@pytest.mark.parametrize(
    ("domain", "problem"),
    [
        ("forms: {}", "forms: this key is not taken"),
        ("slots: {a: {type: integer}}", "'integer' is not one of"),
        ("slots: {a: {type: text, initial_value: x}}", "initial_value: this key is not taken"),
        ("slots: {a: {type: categorical}}", "lists its values"),
        (
            "slots: {a: {type: text, mappings: [{type: from_trigger_intent}]}}",
            "is not one of",
        ),
        ("responses: {hello: [{text: Hi}]}", "starts with utter_"),
        ("responses: {utter_a: [{text: Hi}, {text: Hello}]}", "exactly one variation"),
        ("responses: {utter_a: [{text: 'Hi {name'}]}", "curly bracket"),
        ("responses: {utter_a: [{text: Hi, image: x.png}]}", "image: this key is not taken"),
        ("responses: {utter_a: [{text: Hi, buttons: [{title: A, payload: a}]}]}", "payload like"),
        ("responses: {utter_a: [{text: Hi, buttons: [{title: A, payload: /gone}]}]}", "no flow starts with gone"),
        (
            "responses: {utter_a: [{text: Hi, buttons: [{title: A, payload: '/SetSlots(b=1)'}]}]}",
            "no slot",
        ),
        ("responses: {utter_a: [{text: Hi}], utter_a: [{text: Ho}]}", "'utter_a' is written twice"),
        ("actions: action_a", "list of names"),
        ("slots: [", "shop.yml:"),
        ("- a", "must hold a mapping"),
    ],
)
def test_a_broken_domain_is_refused(write: Write, domain: str, problem: str) -> None:
    with pytest.raises(BadInput, match=problem):
        write(domain, "flows: {}")


def test_two_flows_cannot_have_one_trigger(write: Write) -> None:
    again = "  g:\n    description: d\n    nlu_trigger: [{intent: circle}]\n    steps: [{action: utter_done}]\n"
    with pytest.raises(BadInput, match="circle already starts circle"):
        write(DOMAIN, FLOWS + again)


def test_kinds_of_answers_follow_type_and_mapping(write: Write) -> None:
    slots = write(DOMAIN, FLOWS).domain.slots
    kinds = {name: slots[name].kind for name in ("amount", "start", "often", "sure", "reason", "rounds")}
    assert kinds == {
        "amount": "money",
        "start": "date",
        "often": "frequency",
        "sure": "yes_no",
        "reason": "text",
        "rounds": "number",
    }
