"""Slots, responses and actions: the dialogue's vocabulary, from Rasa domain files."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from bot.dialogue.commands import SlotValue
from bot.dialogue.messages import Button
from bot.dialogue.yaml_files import by_language, only, read_folder
from bot.errors import BadInput

PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_TYPES = {"text", "bool", "float", "categorical", "any", "list"}
_MAPPINGS = {
    "from_entity": {"entity"},
    "from_intent": {"intent", "value"},
    "from_text": set(),
    "from_llm": set(),
    "controlled": set(),
}
_KIND_OF_ENTITY = {
    "amount_of_money": "money",
    "date": "date",
    "instalments": "number",
    "percentage": "number",
    "frequency": "frequency",
    "day_of_month": "day_of_month",
}
_KIND_OF_TYPE = {"bool": "yes_no", "categorical": "choice", "float": "number"}


@dataclass(frozen=True, slots=True)
class Slot:
    """`entity` is the one that fills it when it is told in passing; `values` those of a categorical slot.

    `controlled`: set by actions alone, never by what a borrower says.
    """

    name: str
    type: str
    entity: str | None = None
    values: tuple[str, ...] = ()
    controlled: bool = False

    @property
    def kind(self) -> str:
        """What kind of answer its question takes, as Awaiting names it."""
        if self.type != "bool" and self.entity in _KIND_OF_ENTITY:
            return _KIND_OF_ENTITY[self.entity]
        return _KIND_OF_TYPE.get(self.type, "text")

    def coerce(self, value: object) -> SlotValue:
        """`value` in the slot's own form; ValueError if it has none."""
        if value is None:
            return None
        convert = _COERCE.get(self.type)
        taken = convert(value) if convert else value
        if self.type == "categorical" and taken not in self.values:
            raise ValueError(f"{self.name} is one of {', '.join(self.values)}, not {value!r}")
        return taken  # type: ignore[return-value]


def _bool(value: object) -> bool:
    known = {"true": True, "false": False}
    if isinstance(value, bool):
        return value
    if str(value).lower() in known:
        return known[str(value).lower()]
    raise ValueError(f"{value!r} is neither true nor false")


def _float(value: object) -> float:
    number = float(str(value))
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is not a number to reckon with")
    return number


_COERCE: Mapping[str, Callable[[object], object]] = {
    "bool": _bool,
    "float": _float,
    "text": str,
    "categorical": str,
}


@dataclass(frozen=True, slots=True)
class Response:
    """One message: its English text and its own buttons, in order."""

    name: str
    text: str
    buttons: tuple[Button, ...]
    place: str

    @property
    def placeholders(self) -> frozenset[str]:
        return frozenset(PLACEHOLDER.findall(self.text))


@dataclass(frozen=True)
class Domain:
    slots: Mapping[str, Slot]
    responses: Mapping[str, Response]
    actions: frozenset[str]

    @classmethod
    def load(cls, folder: Path) -> "Domain":
        """Read every domain file of a folder as one; BadInput names file and key."""
        slots: dict[str, Slot] = {}
        responses: dict[str, Response] = {}
        actions: set[str] = set()
        for path, content in read_folder(folder):
            only(str(path), content, set(), {"version", "intents", "entities", "slots", "responses", "actions"})
            for name, body in (content.get("slots") or {}).items():
                _add(slots, name, _slot(f"{path}: slots.{name}", name, body))
            for name, body in (content.get("responses") or {}).items():
                _add(responses, name, _response(f"{path}: responses.{name}", name, body))
            actions.update(_actions(str(path), content.get("actions") or []))
        return cls(slots, responses, frozenset(actions))

    @cached_property
    def by_entity(self) -> Mapping[str, tuple[str, ...]]:
        """The slots that each entity may fill."""
        found: dict[str, tuple[str, ...]] = {}
        for slot in self.slots.values():
            if slot.entity:
                found[slot.entity] = (*found.get(slot.entity, ()), slot.name)
        return found


def _add(known: dict[str, Any], name: str, item: Any) -> None:
    if name in known and known[name] != item:
        raise BadInput(name, "is defined twice, and differently")
    known[name] = item


def _slot(place: str, name: str, body: object) -> Slot:
    taken = only(place, body, {"type"}, {"mappings", "values"})
    if taken["type"] not in _TYPES:
        raise BadInput(f"{place}.type", f"{taken['type']!r} is not one of {', '.join(sorted(_TYPES))}")
    values = tuple(taken.get("values") or ())
    if (taken["type"] == "categorical") != bool(values) or not all(isinstance(v, str) for v in values):
        raise BadInput(f"{place}.values", "a categorical slot, and only that, lists its values, as texts")
    mappings = [_mapping(f"{place}.mappings", mapping) for mapping in taken.get("mappings") or []]
    entity = next((mapping["entity"] for mapping in reversed(mappings) if "entity" in mapping), None)
    controlled = bool(mappings) and all(mapping["type"] == "controlled" for mapping in mappings)
    return Slot(name, taken["type"], entity, values, controlled)


def _mapping(place: str, mapping: object) -> Mapping[str, Any]:
    kind = mapping.get("type") if isinstance(mapping, dict) else None
    if kind not in _MAPPINGS:
        raise BadInput(f"{place}.type", f"{kind!r} is not one of {', '.join(sorted(_MAPPINGS))}")
    more = {"conditions", "run_action_every_turn"} if kind == "controlled" else {"conditions"}
    taken = only(place, mapping, {"type"} | _MAPPINGS[kind], more)
    for condition in taken.get("conditions") or []:
        only(f"{place}.conditions", condition, {"active_flow"})
    return taken


def _response(place: str, name: str, body: object) -> Response:
    if not name.startswith("utter_"):
        raise BadInput(place, "a response's name starts with utter_")
    if not isinstance(body, list) or len(body) != 1:
        raise BadInput(place, "a response has exactly one variation")
    taken = only(place, body[0], {"text"}, {"buttons", "translation"})
    if not isinstance(taken["text"], str) or not taken["text"].strip():
        raise BadInput(f"{place}.text", "must be a text")
    check_braces(f"{place}.text", taken["text"])
    _check_translations(f"{place}.translation", taken["text"], taken.get("translation"))
    buttons = [_button(f"{place}.buttons", button) for button in taken.get("buttons") or []]
    return Response(name, taken["text"].strip(), tuple(buttons), place)


def _check_translations(place: str, source: str, translations: object) -> None:
    """Words in other languages come from the catalogues; those of a Rasa folder are only looked at."""
    for language, text in by_language(place, translations).items():
        if not isinstance(text, str) or set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(source)):
            raise BadInput(f"{place}.{language}", "must be a text with the placeholders of the source")


def check_braces(place: str, text: str) -> None:
    """Refuse curly brackets that are no placeholder: they would be shown as they stand."""
    if "{" in (rest := PLACEHOLDER.sub("", text)) or "}" in rest:
        raise BadInput(place, "has a curly bracket that is no {placeholder}")


def _button(place: str, button: object) -> Button:
    taken = only(place, button, {"title", "payload"}, {"translation"})
    title, payload = taken["title"], taken["payload"]
    for language, words in by_language(f"{place}.translation", taken.get("translation")).items():
        only(f"{place}.translation.{language}", words, {"title"}, {"payload"})
    if not isinstance(title, str) or not isinstance(payload, str) or not payload.startswith("/"):
        raise BadInput(place, f"a button has a text as title and a payload like /SetSlots(name=value): {button!r}")
    return Button(title, payload)


def _actions(place: str, names: object) -> list[str]:
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise BadInput(f"{place}: actions", "must be a list of names")
    return names
