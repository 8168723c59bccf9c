"""One turn of the flows: commands change the stack, then steps run until a question is open or all is done."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.dialogue import patterns
from bot.dialogue.commands import CannotHandle, Clarify, Command
from bot.dialogue.effects import Outcome
from bot.dialogue.flows import END, Collect, Flow, Step
from bot.dialogue.messages import Utterance
from bot.dialogue.obeying import Obeying
from bot.dialogue.tracker import Frame, FrameKind

STEP_BUDGET = 200  # the longest real turn takes some thirty steps


class Run(Obeying):
    """Lives for one turn."""

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
