"""The state that the next turn needs: slots, the stack of flows, the language. One JSON row a conversation."""

from dataclasses import dataclass, field
from typing import Any, Literal

from bot.dialogue.commands import SlotValue

FrameKind = Literal["regular", "interrupt", "link", "call"]


@dataclass(slots=True)
class Frame:
    """A flow under way: the step it waits at, how it came onto the stack, and the slots that it has set."""

    flow: str
    step: str
    kind: FrameKind = "regular"
    frame_id: str = ""
    slots_set: list[str] = field(default_factory=list)
    context: dict[str, Any] = field(default_factory=dict)  # what a pattern may ask about as context.<name>


@dataclass(slots=True)
class Tracker:
    """`stack` has the active flow last. `misunderstood` counts messages not understood in a row.

    `offered` is the seq of the newest message with buttons: a press on any other is stale.
    """

    conversation_id: str
    locale: str
    slots: dict[str, SlotValue] = field(default_factory=dict)
    stack: list[Frame] = field(default_factory=list)
    misunderstood: int = 0
    offered: int | None = None
    turn: int = 0  # grows by one with every input handled

    @property
    def top(self) -> Frame | None:
        return self.stack[-1] if self.stack else None
