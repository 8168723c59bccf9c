"""Flows as the interpreter runs them: steps by id, with conditions already compiled."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from bot.dialogue.commands import SlotValue
from bot.dialogue.conditions import Condition, State

StepKind = Literal["action", "collect", "link", "call", "set_slots", "noop"]
END = "END"


@dataclass(frozen=True, slots=True)
class Branch:
    """Where to go when `condition` holds; None always holds."""

    condition: Condition | None
    target: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """An answer for which `condition` holds is refused with the response `utter`."""

    condition: Condition
    utter: str


@dataclass(frozen=True, slots=True)
class Collect:
    """A question: the slot that it fills and how it is asked."""

    slot: str
    ask_before_filling: bool
    utter: str  # the response or action that asks
    rejections: tuple[Rejection, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """`target` is the action's or the other flow's name."""

    id: str
    kind: StepKind
    next: tuple[Branch, ...]
    target: str = ""
    collect: Collect | None = None
    sets: tuple[tuple[str, SlotValue], ...] = ()

    def following(self, state: State) -> str:
        """The id of the step after this one, or END."""
        for branch in self.next:
            if branch.condition is None or branch.condition(state):
                return branch.target
        return END


@dataclass(frozen=True, slots=True)
class Trigger:
    intent: str
    confidence_threshold: float


@dataclass(frozen=True)
class Flow:
    """`guard` decides whether a message may start the flow; links and calls pass it by."""

    id: str
    name: str
    description: str
    steps: Mapping[str, Step]
    first: str
    guard: Condition | None
    triggers: tuple[Trigger, ...]
    persisted_slots: frozenset[str]
    run_pattern_completed: bool
    place: str

    @property
    def is_pattern(self) -> bool:
        return self.id.startswith("pattern_")

    @property
    def title(self) -> str:
        """The flow's name as a button shows it."""
        return self.name[:1].upper() + self.name[1:]

    @cached_property
    def collects(self) -> tuple[Collect, ...]:
        """The flow's own questions, in the order written."""
        return tuple(step.collect for step in self.steps.values() if step.collect)

    @cached_property
    def question_step(self) -> Mapping[str, str]:
        """For each slot that the flow asks for, the id of the first step that does."""
        found: dict[str, str] = {}
        for step in self.steps.values():
            if step.collect:
                found.setdefault(step.collect.slot, step.id)
        return found


@dataclass(frozen=True)
class Flows:
    by_id: Mapping[str, Flow]

    def get(self, flow_id: str) -> Flow | None:
        return self.by_id.get(flow_id)

    @cached_property
    def by_intent(self) -> Mapping[str, tuple[Flow, float]]:
        """For each intent the flow that it starts and the confidence that this takes."""
        return {
            trigger.intent: (flow, trigger.confidence_threshold)
            for flow in self.by_id.values()
            for trigger in flow.triggers
        }

    def questions(self, flow_id: str) -> tuple[Collect, ...]:
        """What a flow may ask, itself or in a flow that it calls."""
        seen: dict[str, Flow] = {}
        waiting = [flow_id]
        while waiting:
            flow = self.by_id[waiting.pop(0)]
            if flow.id not in seen:
                seen[flow.id] = flow
                waiting += [step.target for step in flow.steps.values() if step.kind == "call"]
        return tuple(collect for flow in seen.values() for collect in flow.collects)
