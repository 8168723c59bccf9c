"""What commands do to the stack: flows begin and end, slots are told and corrected, patterns interrupt."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.dialogue import afterwards, patterns
from bot.dialogue.commands import (
    AnswerAnew,
    CancelFlow,
    CannotHandle,
    Clarify,
    Command,
    CorrectSlot,
    HumanHandoff,
    RepeatQuestion,
    SessionStart,
    SetSlot,
    SlotValue,
    StartFlow,
)
from bot.dialogue.domain import Domain
from bot.dialogue.effects import Act, Effects
from bot.dialogue.flows import Flows
from bot.dialogue.stack import Stack
from bot.dialogue.tracker import Tracker


class Obeying(Effects):
    """Changes the stack as commands say; which step runs next is not its matter."""

    def __init__(self, flows: Flows, domain: Domain, tracker: Tracker, act: Act) -> None:
        super().__init__(domain, tracker, act)
        self._flows = flows
        self._stack = Stack(tracker, flows)
        self._ask_again = False

    def _obey(self, commands: Sequence[Command]) -> None:
        # The first one named is to be served first, so it goes onto the stack last.
        starts = [command for command in commands if isinstance(command, StartFlow)]
        for command in commands:
            if isinstance(command, StartFlow):
                if command is starts[0]:
                    self._start_all([start.flow for start in starts])
            else:
                self._obey_one(command)

    def _obey_one(self, command: Command) -> None:
        match command:
            case SetSlot(name, value):
                self._told(name, value)
            case CorrectSlot(name, value):
                self._correct(name, value)
            case AnswerAnew():
                self._answer_anew(command)
            case CancelFlow():
                self._cancel()
            case Clarify(flows):
                named = [flow for flow in flows if flow in self._flows.by_id]
                self._interrupt(patterns.CLARIFICATION, {"flows": named, "names": named})
            case HumanHandoff():
                self._start(patterns.HANDOFF)
            case CannotHandle(reason):
                context = {"reason": reason, "misunderstood": self._tracker.misunderstood}
                self._interrupt(patterns.CANNOT_HANDLE, context)
            case SessionStart():
                self._interrupt(patterns.SESSION_START, {})
            case RepeatQuestion():
                self._ask_again = True

    def _start_all(self, names: Sequence[str]) -> None:
        startable = [name for name in dict.fromkeys(names) if self._may_start(name)]
        if not startable:
            self._obey_one(CannotHandle("flow_not_available"))
        for name in reversed(startable):
            self._start(name)

    def _may_start(self, name: str) -> bool:
        flow = self._flows.get(name)
        return flow is not None and (flow.guard is None or flow.guard(self._state({})))

    def _start(self, name: str) -> None:
        index = self._stack.find(name)
        if index is None:
            self._interrupt(name, {})
            return
        # It is under way already: what was laid over it goes, and its open question comes again.
        end = index + 1
        while end < len(self._stack.frames) and self._stack.frames[end].kind == "call":
            end += 1
        for frame in reversed(self._stack.drop_from(end)):
            self._trace("flow_cancelled", frame)
        self._ask_again = True

    def _interrupt(self, flow_id: str, context: Mapping[str, Any]) -> None:
        top = self._stack.top
        if top is not None:
            self._trace("flow_interrupted", top)
        frame = self._stack.push(flow_id, "interrupt" if top else "regular", context)
        self._trace("flow_started", frame)

    def _told(self, name: str, value: SlotValue) -> None:
        slot = self._domain.slots.get(name)
        if slot is None:
            self._obey_one(CannotHandle("unknown_slot"))
            return
        try:
            self._set(name, slot.coerce(value))
        except ValueError:
            self._obey_one(CannotHandle("not_a_value"))
            return
        asking = self._stack.asking(name)
        if asking is not None and name not in asking.slots_set:
            asking.slots_set.append(name)

    def _correct(self, name: str, value: SlotValue) -> None:
        frame = self._stack.asking(name)
        before = self._tracker.slots.get(name)
        self._told(name, value)
        if frame is None or frame not in self._stack.frames or self._tracker.slots.get(name) == before:
            return
        index = self._stack.frames.index(frame)
        self._stack.drop_from(index + 1)
        # From the corrected question on the flow runs again; questions that are answered stay answered.
        frame.step, frame.asked = self._stack.flow(frame).question_step[name], True
        self._interrupt(patterns.CORRECTION, {"corrected_slots": {name: value}, "names": [name]})

    def _answer_anew(self, command: AnswerAnew) -> None:
        if self._stack.asking(command.name) is not None:
            afterwards.stay(self._tracker)
            self._correct(command.name, command.value)
        elif afterwards.restore(command, self._tracker, self._stack):
            self._stack.forget_unknown()
            self._told(command.name, command.value)
            self._interrupt(patterns.CORRECTION, {"corrected_slots": {command.name: command.value}})
        else:
            self._obey_one(CannotHandle("nothing_to_correct"))

    def _cancel(self) -> None:
        cancelled = self._stack.drop_from(self._stack.group_start()) if self._stack.frames else []
        for frame in reversed(cancelled):
            self._trace("flow_cancelled", frame)
        flow = self._flows.by_id[cancelled[0].flow] if cancelled else None
        name = flow.name if flow and not flow.is_pattern else None
        self._interrupt(patterns.CANCEL, {"canceled_name": name})
