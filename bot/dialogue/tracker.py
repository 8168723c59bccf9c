"""The state that the next turn needs: slots, the stack of flows, the language. One JSON row a conversation."""

from dataclasses import dataclass, field, fields
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
    asked: bool = False  # the question of `step` was asked and waits for its answer
    done: bool = False  # the same flow was called and finished above: its questions need no asking again


@dataclass(slots=True)
class Tracker:
    """`stack` has the active flow last. `misunderstood` counts messages not understood in a row.

    `offered` is the seq of the newest message with buttons: a press on any other is stale. `buttons` are the
    title and payload of each button of that message, as they were shown. `said_last` is the response with which
    the last turn ended, `again` how many turns before it had ended with the same. `answered` is what
    `bot.dialogue.afterwards` keeps of the answer given last.
    """

    conversation_id: str
    locale: str
    slots: dict[str, SlotValue] = field(default_factory=dict)
    stack: list[Frame] = field(default_factory=list)
    misunderstood: int = 0
    offered: int | None = None
    turn: int = 0  # grows by one with every input handled
    buttons: list[tuple[str, str]] = field(default_factory=list)
    said_last: str | None = None
    again: int = 0
    answered: dict[str, Any] | None = None

    @property
    def top(self) -> Frame | None:
        return self.stack[-1] if self.stack else None


def to_json(tracker: Tracker) -> dict[str, Any]:
    """The tracker as JSON values only, fit for canonical writing; `from_json` is its inverse."""
    return {
        "conversation_id": tracker.conversation_id,
        "locale": tracker.locale,
        "slots": dict(tracker.slots),
        "stack": [frame_json(frame) for frame in tracker.stack],
        "misunderstood": tracker.misunderstood,
        "offered": tracker.offered,
        "turn": tracker.turn,
        "buttons": [list(button) for button in tracker.buttons],
        "said_last": tracker.said_last,
        "again": tracker.again,
        "answered": tracker.answered,
    }


def frame_json(frame: Frame) -> dict[str, Any]:
    """A frame as JSON values; Frame(**it) is the inverse."""
    return {field.name: getattr(frame, field.name) for field in fields(frame)}


def from_json(state: dict[str, Any]) -> Tracker:
    """The tracker that `to_json` wrote; fields that it did not know yet take their defaults."""
    known = {f.name for f in fields(Tracker)}
    kept = {name: value for name, value in state.items() if name in known}
    kept["stack"] = [Frame(**frame) for frame in state.get("stack", [])]
    kept["buttons"] = [(title, payload) for title, payload in state.get("buttons", [])]
    return Tracker(**kept)
