"""Reads conversations in Rasa's e2e format; whatever is not known is refused with its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.dialogue.yaml_files import only, read_yaml
from bot.errors import BadInput
from tests.conversations.cells import Cell, read_cells, vocabulary

FOLDER = Path(__file__).parent
_EXPECTATIONS = {"utter", "bot", "slot_was_set", "slot_was_not_set"}
_ASSERTIONS = {
    "flow_started",
    "flow_completed",
    "flow_cancelled",
    "slot_was_set",
    "slot_was_not_set",
    "action_executed",
    "bot_uttered",
    "bot_did_not_utter",
    "pattern_clarification_contains",
}
_UTTERED = {"utter_name", "text_matches", "buttons"}
_METADATA = {"speaker", "reference", "locale", "channel", "verified", "at", "taken"}
_INTENTS = vocabulary()

FIRST_DAY = datetime.fromisoformat("2026-11-21T04:00:00+00:00")


@dataclass(frozen=True, slots=True)
class Setting:
    """Who chats with whom, when and how. `verified` goes through the real identity questions first.

    `taken`: they ask for a person then, and a collector takes the chat.
    """

    speaker: str = "harbour"
    reference: str = "HB-1001"
    locale: str = "en"
    channel: str = "web"
    verified: bool = False
    taken: bool = False
    at: datetime = FIRST_DAY


@dataclass(frozen=True, slots=True)
class Step:
    """`kind` is user, utter, bot, slot_was_set or slot_was_not_set; assertions belong to user steps."""

    kind: str
    value: Any
    place: str
    assertions: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """`cells` are those of docs/intents.md that playing it must prove."""

    name: str
    place: str
    setting: Setting
    slots: Mapping[str, Any]
    steps: tuple[Step, ...]
    cells: tuple[Cell, ...] = ()


def all_cases(folder: Path = FOLDER) -> list[Case]:
    """Every case of every folder, in a fixed order."""
    return [case for path in sorted(folder.rglob("*.yml")) for case in read_cases(path)]


def read_cases(path: Path) -> list[Case]:
    """BadInput names file and case for anything outside the subset."""
    content = only(str(path), read_yaml(path), {"test_cases"}, {"fixtures", "metadata"})
    fixtures = _named(f"{path}: fixtures", content.get("fixtures"))
    settings = _named(f"{path}: metadata", content.get("metadata"))
    cases = [_case(path, body, fixtures, settings) for body in content["test_cases"]]
    names = [case.name for case in cases]
    for name in names:
        if names.count(name) > 1:
            raise BadInput(str(path), f"two cases are called {name!r}")
    return cases


def _named(place: str, entries: object) -> dict[str, Any]:
    """Rasa writes both as a list of one-key mappings."""
    named: dict[str, Any] = {}
    for entry in entries or ():  # type: ignore[attr-defined]
        if not isinstance(entry, dict) or len(entry) != 1:
            raise BadInput(place, f"an entry is one name with its values: {entry!r}")
        named.update(entry)
    return named


def _case(path: Path, body: object, fixtures: Mapping[str, Any], settings: Mapping[str, Any]) -> Case:
    taken = only(str(path), body, {"test_case", "steps"}, {"fixtures", "metadata"})
    place = f"{path.name}: {taken['test_case']}"
    slots: dict[str, Any] = {}
    for name in taken.get("fixtures") or ():
        slots.update(_values(f"{place}: fixtures", _look_up(place, name, fixtures)))
    metadata = _metadata(place, taken["metadata"], settings) if "metadata" in taken else {}
    cells = read_cells(f"{place}: cells", metadata.pop("cells", ()), _INTENTS)
    steps = tuple(_step(f"{place}: step {n}", step) for n, step in enumerate(taken["steps"], 1))
    _one_way_of_judging(place, steps)
    return Case(str(taken["test_case"]), place, _setting(f"{place}: metadata", metadata), slots, steps, cells)


def _metadata(place: str, name: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """An entry, over the one that it says it is like."""
    entry = dict(_look_up(place, name, settings))
    like = entry.pop("like", None)
    return {**_metadata(place, like, settings), **entry} if like else entry


def _look_up(place: str, name: str, known: Mapping[str, Any]) -> Any:
    if name not in known:
        raise BadInput(place, f"{name!r} is not defined in this file")
    return known[name]


def _values(place: str, entries: object) -> Mapping[str, Any]:
    return _named(place, entries) if isinstance(entries, list) else only(place, entries, set(), set(entries))  # type: ignore[call-overload]


def _setting(place: str, body: object) -> Setting:
    taken = dict(only(place, body, set(), _METADATA))
    if "at" in taken:
        taken["at"] = datetime.fromisoformat(str(taken["at"]))
    return Setting(**taken)


def _step(place: str, body: object) -> Step:
    if isinstance(body, dict) and "user" in body:
        taken = only(place, body, {"user"}, {"assertions"})
        assertions = tuple(_assertion(f"{place}: assertions", item) for item in taken.get("assertions") or ())
        return Step("user", str(taken["user"]), place, assertions)
    kinds = sorted(_EXPECTATIONS & set(body)) if isinstance(body, dict) else []
    if len(kinds) != 1:
        raise BadInput(place, f"a step is one of user, {', '.join(sorted(_EXPECTATIONS))}: {body!r}")
    taken = only(place, body, {kinds[0]})
    return Step(kinds[0], taken[kinds[0]], place)


def _assertion(place: str, body: object) -> tuple[str, Any]:
    if not isinstance(body, dict) or len(body) != 1 or next(iter(body)) not in _ASSERTIONS:
        raise BadInput(place, f"an assertion is one of {', '.join(sorted(_ASSERTIONS))}: {body!r}")
    kind, value = next(iter(body.items()))
    if kind in ("bot_uttered", "bot_did_not_utter"):
        only(f"{place}.{kind}", value, set(), _UTTERED)
    return kind, value


def _one_way_of_judging(place: str, steps: tuple[Step, ...]) -> None:
    asserted = any(step.assertions for step in steps)
    plain = any(step.kind != "user" for step in steps)
    if asserted and plain:
        raise BadInput(place, "has assertions and plain steps; Rasa would judge it by the assertions alone")
    if not asserted and not plain:
        raise BadInput(place, "expects nothing")


def named_slots(value: object) -> Iterator[tuple[str, Any, bool]]:
    """The slots of an expectation as name, value and whether a value was given, in any of Rasa's spellings."""
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, str):
            yield entry, None, False
        elif isinstance(entry, dict) and "name" in entry:
            yield entry["name"], entry.get("value"), "value" in entry
        elif isinstance(entry, dict):
            for name, wanted in entry.items():
                yield name, wanted, True
