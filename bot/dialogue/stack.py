"""The stack of flows: what is pushed, what a cancel takes away, and which slots a flow's end resets.

A flow and the flows that it calls stand together: a *group* is a frame that was started or interrupted
another, and the `call` frames above it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.dialogue.flows import Flow, Flows
from bot.dialogue.tracker import Frame, FrameKind, Tracker

MAX_FRAMES = 12  # a borrower who digresses from digressions loses the oldest one


class Stack:
    """Works on one tracker's frames and slots."""

    def __init__(self, tracker: Tracker, flows: Flows) -> None:
        self._tracker = tracker
        self._flows = flows

    @property
    def frames(self) -> list[Frame]:
        return self._tracker.stack

    @property
    def top(self) -> Frame | None:
        return self._tracker.top

    def flow(self, frame: Frame) -> Flow:
        return self._flows.by_id[frame.flow]

    def push(self, flow_id: str, kind: FrameKind, context: Mapping[str, Any] | None = None) -> Frame:
        while len(self.frames) >= MAX_FRAMES:
            self._drop_oldest()
        flow = self._flows.by_id[flow_id]
        frame_id = f"{self._tracker.turn}.{len(self.frames)}"
        frame = Frame(flow_id, flow.first, kind, frame_id, context=dict(context or {}))
        self.frames.append(frame)
        return frame

    def group_start(self) -> int:
        """The index of the frame at which the topmost group begins."""
        index = len(self.frames) - 1
        while index > 0 and self.frames[index].kind == "call":
            index -= 1
        return index

    def _drop_oldest(self) -> None:
        end = 1
        while end < len(self.frames) and self.frames[end].kind == "call":
            end += 1
        # A lone chain of calls has no older talk to forget: it gives up its outermost caller.
        self._forget(self.frames[: 1 if end == len(self.frames) else end])
        del self.frames[: 1 if end == len(self.frames) else end]

    def drop_from(self, index: int) -> list[Frame]:
        """Take away the frames from `index` up, resetting their slots."""
        gone = self.frames[index:]
        self._forget(gone)
        del self.frames[index:]
        return gone

    def _forget(self, frames: Iterable[Frame]) -> None:
        for frame in frames:
            self._reset(frame.slots_set, frame)

    def end(self, frame: Frame) -> None:
        """Take the finished top frame away; what a called flow was told stays until its caller ends."""
        self.frames.pop()
        if frame.kind == "call" and self.top is not None:
            kept = [name for name in frame.slots_set if name not in self.flow(frame).persisted_slots]
            self.top.slots_set += [name for name in kept if name not in self.top.slots_set]
        else:
            self._reset(frame.slots_set, frame)

    def _reset(self, names: Iterable[str], frame: Frame) -> None:
        persisted = self.flow(frame).persisted_slots
        for name in names:
            if name not in persisted:
                self._tracker.slots[name] = None

    def forget_unknown(self) -> None:
        """Drop what a newer version of the flows no longer has, with everything that stood on it."""
        for index, frame in enumerate(self.frames):
            flow = self._flows.get(frame.flow)
            if flow is None or frame.step not in flow.steps:
                for gone in self.frames[index:]:
                    for name in gone.slots_set:
                        self._tracker.slots[name] = None
                del self.frames[index:]
                return

    def asking(self, slot: str) -> Frame | None:
        """The nearest frame of the topmost group whose flow asks for `slot`."""
        for frame in reversed(self.frames[self.group_start() :] if self.frames else []):
            if slot in self.flow(frame).question_step:
                return frame
        return None

    def done_elsewhere(self, flow_id: str) -> None:
        """Mark the interrupted calls of a flow that just finished: identity is not to be proved twice."""
        for frame in self.frames:
            if frame.kind == "call" and frame.flow == flow_id:
                frame.done = True

    def find(self, flow_id: str) -> int | None:
        """Where a flow is on the stack, the topmost if twice."""
        for index in range(len(self.frames) - 1, -1, -1):
            if self.frames[index].flow == flow_id:
                return index
        return None
