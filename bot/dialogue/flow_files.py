"""Reads Rasa flow files; whatever is outside the subset is refused with file, flow and key."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from bot.dialogue.commands import SlotValue
from bot.dialogue.conditions import BadCondition, Condition, compile_condition
from bot.dialogue.domain import Domain
from bot.dialogue.flows import END, Branch, Collect, Flow, Flows, Rejection, Step, StepKind, Trigger
from bot.dialogue.patterns import BUILT_IN_ACTIONS
from bot.dialogue.yaml_files import by_language, only, read_folder
from bot.errors import BadInput

_KINDS: tuple[StepKind, ...] = get_args(StepKind)
_FLOW_KEYS = {"name", "if", "nlu_trigger", "persisted_slots", "run_pattern_completed", "translation"}
_COLLECT_KEYS = {"ask_before_filling", "rejections", "description", "utter"}


def load_flows(folder: Path, domain: Domain) -> Flows:
    """Read every flow file of a folder and check each name that it uses."""
    flows: dict[str, Flow] = {}
    for path, content in read_folder(folder):
        only(str(path), content, {"flows"}, {"version"})
        for flow_id, body in only(f"{path}: flows", content["flows"], set(), set(content["flows"] or {})).items():
            if flow_id in flows:
                raise BadInput(f"{path}: {flow_id}", f"is also defined in {flows[flow_id].place}")
            flows[flow_id] = _FlowReader(f"{path}: {flow_id}", domain).read(flow_id, body)
    _check_targets(flows)
    _check_triggers(flows)
    return Flows(flows)


def _check_targets(flows: Mapping[str, Flow]) -> None:
    for flow in flows.values():
        for step in flow.steps.values():
            if step.kind in ("link", "call") and step.target not in flows:
                raise BadInput(f"{flow.place}.{step.id}.{step.kind}", f"no flow is called {step.target}")


def _check_triggers(flows: Mapping[str, Flow]) -> None:
    taken: dict[str, str] = {}
    for flow in flows.values():
        for trigger in flow.triggers:
            if trigger.intent in taken:
                first = taken[trigger.intent]
                raise BadInput(f"{flow.place}.nlu_trigger", f"{trigger.intent} already starts {first}")
            taken[trigger.intent] = flow.id


class _FlowReader:
    """Reads one flow: nested steps are laid out flat, each with an id."""

    def __init__(self, place: str, domain: Domain) -> None:
        self._place = place
        self._domain = domain
        self._steps: dict[str, Step] = {}
        self._count = 0

    def read(self, flow_id: str, body: object) -> Flow:
        taken = only(self._place, body, {"description", "steps"}, _FLOW_KEYS)
        for language, words in by_language(f"{self._place}.translation", taken.get("translation")).items():
            only(f"{self._place}.translation.{language}", words, {"name"})
        first = self._sequence(taken["steps"], f"{self._place}.steps", END)
        self._check_jumps()
        return Flow(
            id=flow_id,
            name=self._words(taken, "name", flow_id.replace("_", " ")),
            description=self._words(taken, "description"),
            steps=self._steps,
            first=first,
            guard=self._condition(f"{self._place}.if", taken["if"]) if "if" in taken else None,
            triggers=tuple(self._trigger(trigger) for trigger in taken.get("nlu_trigger") or []),
            persisted_slots=self._persisted(taken.get("persisted_slots") or []),
            run_pattern_completed=bool(taken.get("run_pattern_completed", True)),
            place=self._place,
        )

    def _words(self, body: Mapping[str, Any], key: str, default: str = "") -> str:
        words = body.get(key, default)
        if not isinstance(words, str) or not words:
            raise BadInput(
                f"{self._place}.{key}", f"must be a text, not {words!r} (is it a yes or no without quotes?)"
            )
        return words

    def _check_jumps(self) -> None:
        for step in self._steps.values():
            for branch in step.next:
                if branch.target != END and branch.target not in self._steps:
                    raise BadInput(f"{self._place}.{step.id}.next", f"no step has the id {branch.target!r}")

    def _trigger(self, body: object) -> Trigger:
        place = f"{self._place}.nlu_trigger"
        intent = only(place, body, {"intent"})["intent"]
        if isinstance(intent, str):
            return Trigger(intent, 0.0)
        taken = only(f"{place}.intent", intent, {"name"}, {"confidence_threshold"})
        return Trigger(str(taken["name"]), float(taken.get("confidence_threshold", 0.0)))

    def _persisted(self, names: list[str]) -> frozenset[str]:
        return frozenset(self._slot(f"{self._place}.persisted_slots", name) for name in names)

    def _sequence(self, steps: object, place: str, after_last: str | None) -> str:
        """Lay out a list of steps; returns the id of the first. `after_last` None: the last must say it."""
        if not isinstance(steps, list) or not steps:
            raise BadInput(place, "must be a list of steps")
        ids = [self._id(step, f"{place}[{n}]") for n, step in enumerate(steps)]
        for n, (step, step_id) in enumerate(zip(steps, ids, strict=True)):
            following = ids[n + 1] if n + 1 < len(ids) else after_last
            self._step(step, step_id, f"{place}[{n}]", following)
        return ids[0]

    def _id(self, step: object, place: str) -> str:
        if not isinstance(step, dict):
            raise BadInput(place, f"a step is a mapping, not {step!r}")
        kinds = [key for key in step if key in _KINDS]
        if len(kinds) != 1:
            raise BadInput(place, f"a step has exactly one of {', '.join(_KINDS)}, not {kinds or 'none'}")
        self._count += 1
        argument = step[kinds[0]] if isinstance(step[kinds[0]], str) else ""
        return str(step.get("id") or f"{self._count}_{kinds[0]}_{argument}".rstrip("_"))

    def _step(self, body: dict[str, Any], step_id: str, place: str, following: str | None) -> None:
        kind: StepKind = next(key for key in _KINDS if key in body)
        optional = {"id", "next"} | (_COLLECT_KEYS if kind == "collect" else set())
        only(place, body, {kind}, optional)
        if step_id in self._steps or step_id == END:
            raise BadInput(f"{place}.id", f"{step_id!r} is taken")
        if kind == "link" and "next" in body:
            raise BadInput(f"{place}.next", "nothing comes after a link")
        if kind == "noop" and "next" not in body:
            raise BadInput(f"{place}.next", "a noop is there to branch: next is missing")
        # Reserved before nested steps are read, so that ids stay in the order written.
        self._steps[step_id] = Step(step_id, kind, ())
        branches = () if kind == "link" else self._next(body.get("next"), f"{place}.next", following)
        self._steps[step_id] = Step(
            step_id,
            kind,
            branches,
            target=self._target(kind, body[kind], f"{place}.{kind}"),
            collect=self._collect(body, place) if kind == "collect" else None,
            sets=self._sets(body[kind], f"{place}.set_slots") if kind == "set_slots" else (),
        )

    def _target(self, kind: StepKind, name: object, place: str) -> str:
        if kind not in ("action", "link", "call"):
            return ""
        if not isinstance(name, str):
            raise BadInput(place, f"must be a name, not {name!r}")
        if kind == "action" and name not in self._domain.actions | self._domain.responses.keys() | BUILT_IN_ACTIONS:
            raise BadInput(place, f"{name} is neither a response nor an action of the domain")
        return name

    def _next(self, body: object, place: str, following: str | None) -> tuple[Branch, ...]:
        if body is None:
            if following is None:
                raise BadInput(place, "the last step of a branch must say where to go (an id or END)")
            return (Branch(None, following),)
        if isinstance(body, str):
            return (Branch(None, body),)
        if not isinstance(body, list) or not body:
            raise BadInput(place, f"must be an id, END, steps, or a list of if, then and else: {body!r}")
        if isinstance(body[0], dict) and not {"if", "else"} & body[0].keys():
            return (Branch(None, self._sequence(body, place, None)),)
        return tuple(self._branch(item, f"{place}[{n}]", n == len(body) - 1) for n, item in enumerate(body))

    def _branch(self, body: object, place: str, last: bool) -> Branch:
        if last:
            taken = only(place, body, {"else"})
            return Branch(None, self._goal(taken["else"], f"{place}.else"))
        taken = only(place, body, {"if", "then"})
        condition = self._condition(f"{place}.if", taken["if"])
        return Branch(condition, self._goal(taken["then"], f"{place}.then"))

    def _goal(self, body: object, place: str) -> str:
        return body if isinstance(body, str) else self._sequence(body, place, None)

    def _condition(self, place: str, text: object) -> Condition:
        try:
            return compile_condition(text, self._domain.slots)
        except BadCondition as wrong:
            raise BadInput(place, str(wrong)) from wrong

    def _slot(self, place: str, name: object) -> str:
        if not isinstance(name, str) or name not in self._domain.slots:
            raise BadInput(place, f"no slot is called {name!r}")
        return name

    def _collect(self, body: Mapping[str, Any], place: str) -> Collect:
        slot = self._slot(f"{place}.collect", body["collect"])
        utter = body.get("utter") or f"utter_ask_{slot}"
        if "utter" not in body and f"action_ask_{slot}" in self._domain.actions:
            utter = f"action_ask_{slot}"
        if utter not in self._domain.responses and utter not in self._domain.actions:
            raise BadInput(f"{place}.collect", f"neither {utter} nor action_ask_{slot} is in the domain")
        rejections = [
            self._rejection(f"{place}.rejections[{n}]", item) for n, item in enumerate(body.get("rejections") or [])
        ]
        return Collect(slot, bool(body.get("ask_before_filling", False)), utter, tuple(rejections))

    def _rejection(self, place: str, body: object) -> Rejection:
        taken = only(place, body, {"if", "utter"})
        if taken["utter"] not in self._domain.responses:
            raise BadInput(f"{place}.utter", f"no response is called {taken['utter']}")
        return Rejection(self._condition(f"{place}.if", taken["if"]), taken["utter"])

    def _sets(self, body: object, place: str) -> tuple[tuple[str, SlotValue], ...]:
        if not isinstance(body, list) or not all(isinstance(pair, dict) for pair in body):
            raise BadInput(place, "must be a list of slot: value")
        pairs = [(self._slot(place, name), value) for pair in body for name, value in pair.items()]
        try:
            return tuple((name, self._domain.slots[name].coerce(value)) for name, value in pairs)
        except ValueError as wrong:
            raise BadInput(place, str(wrong)) from wrong
