"""The shapes of Rasa Pro's files, as far as its reference publishes them and our export uses them.

Read from https://rasa.com/docs/reference/primitives/ (flows, flow-steps, starting-flows, responses, slots) and
https://rasa.com/docs/pro/build/translating-your-assistant/ for `translation`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FLOW = {
    "name",
    "description",
    "if",
    "nlu_trigger",
    "persisted_slots",
    "run_pattern_completed",
    "steps",
    "translation",
}
_KINDS = {"action", "collect", "link", "call", "set_slots", "noop"}
_STEP = {
    "action": {"id", "next"},
    "collect": {"id", "next", "description", "ask_before_filling", "utter", "rejections"},
    "link": {"id"},
    "call": {"id", "next"},
    "set_slots": {"id", "next"},
    "noop": {"id", "next"},
}
_SLOT_TYPES = {"text", "bool", "float", "categorical", "list", "any"}
_MAPPING = {
    "from_entity": {"entity"},
    "from_intent": {"intent", "value"},
    "from_text": set(),
    "from_llm": set(),
    "controlled": {"run_action_every_turn"},
}
_DOMAIN = {"version", "intents", "entities", "slots", "responses", "actions"}
BUILT_IN_SLOTS = {"language"}  # "you cannot use this keyword for custom slots"


def flow_problems(content: Mapping[str, Any]) -> Iterator[str]:
    yield from _only("file", content, {"version", "flows"})
    for name, flow in content["flows"].items():
        yield from _only(name, flow, _FLOW)
        if not _NAME.fullmatch(name) or not isinstance(flow.get("description"), str):
            yield f"{name}: a flow has a plain name and a description"
        for trigger in flow.get("nlu_trigger", ()):
            yield from _only(f"{name}.nlu_trigger", trigger["intent"], {"name", "confidence_threshold"})
        for language, words in flow.get("translation", {}).items():
            yield from _only(f"{name}.translation.{language}", words, {"name"})
        yield from _steps(name, flow["steps"])


def _steps(place: str, steps: Sequence[Any]) -> Iterator[str]:
    if not steps:
        yield f"{place}: has no steps"
    for step in steps:
        kinds = _KINDS & step.keys()
        if len(kinds) != 1:
            yield f"{place}: a step has one kind, not {sorted(kinds)}"
            continue
        kind = kinds.pop()
        yield from _only(f"{place}.{step.get('id')}", step, {kind} | _STEP[kind])
        yield from _next(place, step.get("next"))
        for rejection in step.get("rejections", ()):
            yield from _only(f"{place}.rejections", rejection, {"if", "utter"})


def _next(place: str, following: object) -> Iterator[str]:
    if not isinstance(following, list):
        if following is not None and not isinstance(following, str):
            yield f"{place}.next: is neither an id nor a list"
        return
    for branch in following:
        if set(branch) not in ({"if", "then"}, {"else"}):
            yield f"{place}.next: {sorted(branch)}"
            continue
        goal = branch.get("then", branch.get("else"))
        if isinstance(goal, list):
            yield from _steps(place, goal)
        if "if" in branch and not isinstance(branch["if"], str):
            yield f"{place}.next: a condition is a text"


def domain_problems(content: Mapping[str, Any]) -> Iterator[str]:
    yield from _only("file", content, _DOMAIN)
    for name, slot in content.get("slots", {}).items():
        yield from _slot(name, slot)
    for name, variations in content.get("responses", {}).items():
        if not name.startswith("utter_"):
            yield f"{name}: a response's name begins with utter_"
        for variation in variations:
            yield from _response(name, variation)


def _slot(name: str, slot: Mapping[str, Any]) -> Iterator[str]:
    yield from _only(name, slot, {"type", "values", "mappings"})
    if slot["type"] not in _SLOT_TYPES or name in BUILT_IN_SLOTS or set("(),=") & set(name):
        yield f"{name}: is not a slot of one's own"
    if not slot["mappings"]:
        yield f"{name}: nothing fills it"
    for mapping in slot["mappings"]:
        yield from _only(name, mapping, {"type", "conditions"} | _MAPPING[mapping["type"]])
        for condition in mapping.get("conditions", ()):
            yield from _only(f"{name}.conditions", condition, {"active_flow"})


def _response(name: str, variation: Mapping[str, Any]) -> Iterator[str]:
    yield from _only(name, variation, {"text", "translation", "buttons"})
    if not all(isinstance(text, str) for text in variation.get("translation", {}).values()):
        yield f"{name}.translation: a text for each language"
    for button in variation.get("buttons", ()):
        yield from _only(f"{name}.buttons", button, {"title", "payload", "translation"})
        for language, words in button.get("translation", {}).items():
            yield from _only(f"{name}.buttons.{language}", words, {"title", "payload"})
            if words["payload"] != button["payload"]:
                yield f"{name}.buttons: the payload of {language} does something else"


def _only(place: str, content: Mapping[str, Any], keys: set[str]) -> Iterator[str]:
    yield from (f"{place}: {key} is not of the format" for key in content if key not in keys)
