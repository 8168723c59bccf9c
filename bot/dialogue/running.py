"""One turn of the flows: commands change the stack, then steps run until a question is open or all is done."""

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
from bot.dialogue.effects import Act, Effects, Outcome
from bot.dialogue.flows import END, Collect, Flow, Flows, Step
from bot.dialogue.messages import Utterance
from bot.dialogue.stack import Stack
from bot.dialogue.tracker import Frame, FrameKind, Tracker

STEP_BUDGET = 200  # the longest real turn takes some thirty steps


class Run(Effects):
    """Lives for one turn."""

    def __init__(self, flows: Flows, domain: Domain, tracker: Tracker, act: Act) -> None:
        super().__init__(domain, tracker, act)
        self._flows = flows
        self._stack = Stack(tracker, flows)
        self._ask_again = False

    def turn(self, commands: Sequence[Command]) -> Outcome:
        self._stack.forget_unknown()
        self._tracker.misunderstood = self._misunderstood(commands)
        self._obey(commands)
        self._advance()
        if not self._out.utterances and self._waiting():
            # Something was told that no step answers: the borrower must not be left without a word.
            self._ask_again = True
            self._advance()
        if self._goes_round():
            self._offer_way_out()
        return self._out

    def _misunderstood(self, commands: Sequence[Command]) -> int:
        if any(isinstance(command, CannotHandle | Clarify) for command in commands):
            return self._tracker.misunderstood + 1
        return 0 if commands else self._tracker.misunderstood

    # commands

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

    # steps

    def _waiting(self) -> bool:
        return self._stack.top is not None and self._stack.top.asked

    def _advance(self) -> None:
        for _ in range(STEP_BUDGET):
            frame = self._stack.top
            if frame is None or self._step(frame):
                return
        self._give_up()

    def _give_up(self) -> None:
        """A circle in the flows: drop everything and apologise, by a pattern that cannot circle too."""
        self._stack.drop_from(0)
        self._out.trace.append({"event": "internal_error", "reason": "step budget"})
        self._say_pattern(patterns.INTERNAL_ERROR)

    def _offer_way_out(self) -> None:
        """Before the words that come again; what they ask stays the last word."""
        last = self._out.utterances.pop()
        self._say_pattern(patterns.GOING_ROUND)
        self._out.utterances.append(last)

    def _say_pattern(self, name: str) -> None:
        for step in self._flows.by_id[name].steps.values():
            if step.kind == "action":
                self._do(step.target)

    def _step(self, frame: Frame) -> bool:
        """Run the step that `frame` stands at; true when it waits for the borrower."""
        step = self._stack.flow(frame).steps[frame.step]
        if frame.done:
            self._finish(frame, step)
            return False
        if step.collect is not None:
            return self._collect(frame, step, step.collect)
        match step.kind:
            case "call":
                self._trace("flow_started", self._stack.push(step.target, "call", frame.context))
                return False
            case "link":
                self._link(frame, step)
                return False
            case "action":
                commands = self._do(step.target)
                if self._stack.top is frame:  # an action may drop the talk that it stands in
                    self._go_on(frame, step)
                self._obey(commands)
                return False
            case "set_slots":
                for name, value in step.sets:
                    self._set(name, value)
                    if name not in frame.slots_set:
                        frame.slots_set.append(name)
        self._go_on(frame, step)
        return False

    def _go_on(self, frame: Frame, step: Step) -> None:
        following = step.following(self._state(frame.context))
        frame.asked = False
        if following == END:
            self._finish(frame, step)
        else:
            frame.step = following

    def _link(self, frame: Frame, step: Step) -> None:
        """End the flow and start the other in its place, with nothing resumed in between."""
        kind = frame.kind
        self._stack.end(frame)
        self._trace("flow_completed", frame)
        if kind != "call":
            kind = "link"
        self._trace("flow_started", self._stack.push(step.target, kind, frame.context))

    def _finish(self, frame: Frame, step: Step) -> None:
        flow = self._stack.flow(frame)
        self._stack.end(frame)
        self._trace("flow_completed", frame, step_id=step.id)
        top = self._stack.top
        if frame.kind == "call" and top is not None:
            self._stack.done_elsewhere(frame.flow)
            self._go_on(top, self._stack.flow(top).steps[top.step])
        elif top is None:
            if not flow.is_pattern and flow.run_pattern_completed:
                self._pattern(patterns.COMPLETED, "regular", {"previous_flow_name": flow.name})
        else:
            self._resume(flow, top)

    def _resume(self, ended: Flow, top: Frame) -> None:
        """What was laid aside comes back: its question is asked again, unless the last words ask something."""
        self._trace("flow_resumed", top)
        if ended.id == patterns.CONTINUE:
            self._ask_again = True
        elif top.asked and not top.done and (not ended.is_pattern or ended.id == patterns.CANCEL):
            context = {"previous_flow": ended.id, "previous_flow_name": ended.name, "interrupted_flow": top.flow}
            self._pattern(patterns.CONTINUE, "interrupt", context)
        elif ended.is_pattern and not self._offers_choice():
            self._ask_again = True

    def _pattern(self, name: str, kind: FrameKind, context: Mapping[str, Any]) -> None:
        self._trace("flow_started", self._stack.push(name, kind, context))

    # questions

    def _collect(self, frame: Frame, step: Step, collect: Collect) -> bool:
        if not frame.asked and collect.ask_before_filling:
            self._set(collect.slot, None)
        if self._tracker.slots.get(collect.slot) is None:
            return self._ask(frame, collect)
        refused = self._refused(frame, collect)
        if self._stack.top is not frame:
            return False  # the check itself started something; the question is looked at again after it
        if refused:
            self._ask_again = True
            return self._ask(frame, collect)
        if collect.slot not in frame.slots_set and frame.asked:
            frame.slots_set.append(collect.slot)
        self._go_on(frame, step)
        return False

    def _ask(self, frame: Frame, collect: Collect) -> bool:
        if frame.asked and not self._ask_again:
            return True
        self._ask_again = False
        frame.asked = True
        commands = self._do(collect.utter)
        if self._tracker.slots.get(collect.slot) is not None:
            return False  # the asking action knew the answer
        self._obey(commands)
        return not commands

    def _refused(self, frame: Frame, collect: Collect) -> bool:
        for rejection in collect.rejections:
            if rejection.condition(self._state(frame.context)):
                self._say(Utterance(rejection.utter))
                self._set(collect.slot, None)
                return True
        validate = f"validate_{collect.slot}"
        if validate in self._domain.actions:
            self._obey(self._do(validate))
        return self._tracker.slots.get(collect.slot) is None
