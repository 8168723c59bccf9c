"""The dialogues as a folder for Rasa Pro, after its published reference: words in all languages inside the domain.

Rasa Pro reads translations from the domain, asks with its own patterns, and fills slots by the mappings of its
NLU-only assistants; what differs from our own folder is put in here, and nothing else is changed.
"""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.dialogue.domain import Domain
from bot.dialogue.flow_files import load_flows
from bot.dialogue.flows import Flow, Flows
from bot.dialogue.responses import FLOW_PREFIX
from bot.dialogue.yaml_files import read_folder
from bot.errors import BadInput
from bot.locale import SOURCE, Catalogues

READ_MESSAGE = "action_read_message"  # of the action server: rights are looked for in every message
ACTIONS_URL = "http://127.0.0.1:5055/webhook"
_LANGUAGE = "language"  # a slot that Rasa has built in
# Rasa takes no other flow for a pattern; how it goes on with an interrupted one stays its own.
_PATTERNS = frozenset(
    f"pattern_{name}"
    for name in ("session_start", "completed", "cancel_flow", "correction", "clarification", "cannot_handle",
                 "human_handoff", "internal_error")
)  # fmt: skip
# The first four are spoken by the action server itself, the others are answers to a question or a pattern in Rasa.
_OURS = frozenset(
    {"confirm_right", "distress_check", "distress_listening", "verify_again", "affirm", "deny", "go_back"}
)
# In Rasa the pattern does what our command has done before it runs.
_DOES = {"pattern_cancel_flow": "action_cancel_flow", "pattern_correction": "action_correct_flow_slot"}
_STARTS = {"pattern_session_start": "session_start", "pattern_cancel_flow": "go_back"}
_YES_NO = (("affirm", True), ("deny", False))


def export(dialogues: Path, catalogues: Catalogues, to: Path, *, url: str = ACTIONS_URL, over: bool = False) -> int:
    """Write the folder and say how many files it has; BadInput if it holds anything already, unless `over`."""
    if to.exists() and (not to.is_dir() or any(to.iterdir())) and not over:
        raise BadInput(str(to), "is not empty; --force writes over the files in it")
    domain = Domain.load(dialogues / "domain")
    flows = load_flows(dialogues / "flows", domain)
    made = _Export(domain, flows, catalogues)
    files = {"config.yml": _config(catalogues), "endpoints.yml": {"action_endpoint": {"url": url}}}
    files |= {f"domain/{path.name}": made.domain(content) for path, content in read_folder(dialogues / "domain")}
    files["domain/rasa.yml"] = made.vocabulary()
    files |= {f"data/flows/{path.name}": made.flows(content) for path, content in read_folder(dialogues / "flows")}
    for name, body in files.items():
        _write(to / name, body)
    return len(files) + _copy_examples(dialogues / "nlu", to / "data" / "nlu")


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110)
    path.write_text(text, "utf-8", newline="\n")


def _copy_examples(source: Path, to: Path) -> int:
    examples = sorted(source.glob("*/*.yml"))
    for path in examples:
        (to / path.parent.name).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, to / path.parent.name / path.name)
    return len(examples)


def _config(catalogues: Catalogues) -> dict[str, Any]:
    """An NLU-only assistant: intents start flows, no language model."""
    return {
        "recipe": "default.v1",
        "assistant_id": "borrower-bot",
        "language": SOURCE,
        "additional_languages": [_tag(name) for name in catalogues.names if name != SOURCE],
        "pipeline": [
            {"name": "WhitespaceTokenizer"},
            # Parts of words, since Chinese has no spaces between them.
            {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
            {"name": "LogisticRegressionClassifier"},
            {"name": "FallbackClassifier", "threshold": 0.5},
            {"name": "NLUCommandAdapter"},
        ],
        "policies": [{"name": "FlowPolicy"}],
    }


def _tag(locale: str) -> str:
    return locale.replace("_", "-")


def _exported(flow: Flow) -> bool:
    return flow.id in _PATTERNS if flow.is_pattern else flow.id not in _OURS


def _under(key: str, value: Any) -> dict[str, Any]:
    """The entry, where there is something to enter."""
    return {key: value} if value else {}


class _Export:
    """Rewrites one file's content at a time; the order of the source is kept."""

    def __init__(self, domain: Domain, flows: Flows, catalogues: Catalogues) -> None:
        self._domain = domain
        self._flows = {name: flow for name, flow in flows.by_id.items() if _exported(flow)}
        self._locales = [catalogues.localizer(name) for name in catalogues.names if name != SOURCE]
        self._asked_in: dict[str, list[str]] = {}
        for flow in self._flows.values():
            for collect in flow.collects:
                self._asked_in.setdefault(collect.slot, []).append(flow.id)
        steps = [step for flow in self._flows.values() for step in flow.steps.values()]
        self._called = {step.target for step in steps if step.kind == "call"}

    # domain

    def domain(self, content: Mapping[str, Any]) -> dict[str, Any]:
        slots = content.get("slots") or {}
        kept = {name: self._slot(name, body) for name, body in slots.items() if name != _LANGUAGE}
        responses = {
            name: [self._response(name, body[0])] for name, body in (content.get("responses") or {}).items()
        }
        asked = [f"validate_{name}" for name in slots if name in self._asked_in]
        actions = list(dict.fromkeys([*(content.get("actions") or []), *asked]))
        parts = {"version": "3.1", "slots": kept, "responses": responses, "actions": actions}
        return {key: part for key, part in parts.items() if part}

    def vocabulary(self) -> dict[str, Any]:
        """What our own domain leaves unsaid: intents, entities, and that every message is read before any flow."""
        intents = {trigger for flow in self._flows.values() for trigger in self._triggers(flow.id)}
        answers = {intent for intent, _ in _YES_NO}
        entities = {slot.entity for slot in self._domain.slots.values() if slot.entity and slot.name != _LANGUAGE}
        reading = [{"type": "controlled", "run_action_every_turn": READ_MESSAGE}]
        return {
            "version": "3.1",
            "intents": sorted(intents | answers),
            "entities": sorted(entities),
            "slots": {"message_read": {"type": "text", "mappings": reading}},
            "actions": [READ_MESSAGE],
        }

    def _slot(self, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return {**body, "mappings": list(self._mappings(name, body.get("mappings") or []))}

    def _mappings(self, name: str, mappings: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Nothing fills from_llm in an assistant without a language model: the words themselves are the answer."""
        slot, conditions = (
            self._domain.slots[name],
            [{"active_flow": flow} for flow in self._asked_in.get(name, ())],
        )
        yield from (mapping for mapping in mappings if mapping["type"] != "from_llm")
        if slot.type == "bool" and conditions:
            for intent, value in _YES_NO:
                yield {"type": "from_intent", "intent": intent, "value": value, "conditions": conditions}
        elif slot.type == "text" and conditions:
            yield {"type": "from_text", "conditions": conditions}
        elif not slot.controlled:
            yield {"type": "controlled"}  # its buttons set it

    def _response(self, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        text = str(body["text"]).strip()
        response: dict[str, Any] = {"text": text, "translation": self._translated(text, name)}
        buttons = [
            {
                **button,
                "translation": self._button(str(button["title"]), str(button["payload"]), f"{name}/{number}"),
            }
            for number, button in enumerate(body.get("buttons") or [], 1)
        ]
        return response | ({"buttons": buttons} if buttons else {})

    def _translated(self, text: str, context: str) -> dict[str, str]:
        return {locale.tag: locale.text(text, context) for locale in self._locales}

    def _button(self, title: str, payload: str, context: str) -> dict[str, Any]:
        words = self._translated(title, context)
        return {tag: {"title": translated, "payload": payload} for tag, translated in words.items()}

    # flows

    def flows(self, content: Mapping[str, Any]) -> dict[str, Any]:
        kept = {name: self._flow(name, body) for name, body in content["flows"].items() if name in self._flows}
        return {"version": "3.1", "flows": kept}

    def _flow(self, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        flow = self._flows[name]
        words = {} if flow.is_pattern else self._translated(flow.title, FLOW_PREFIX + name)
        names = {tag: {"name": text} for tag, text in words.items()}
        triggers = [
            {"intent": {"name": intent, **_under("confidence_threshold", sure)}}
            for intent, sure in self._triggers(name).items()
        ]
        kept = {key: part for key, part in body.items() if key not in ("name", "nlu_trigger", "steps")}
        steps = list(body["steps"])
        if does := _DOES.get(name):
            steps.insert(0, {"id": "first", "action": does, "next": flow.first})
        return {
            "name": flow.name,
            **kept,
            **_under("translation", names),
            **_under("nlu_trigger", triggers),
            "steps": steps,
        }

    def _triggers(self, name: str) -> dict[str, float]:
        """The intents that start a flow; one of its own name where buttons start it and no message does."""
        flow = self._flows[name]
        taken = {trigger.intent: trigger.confidence_threshold for trigger in flow.triggers}
        if name in _STARTS:
            taken[_STARTS[name]] = 0.0
        if not taken and not flow.is_pattern and name not in self._called:
            taken[name] = 0.0
        return taken
