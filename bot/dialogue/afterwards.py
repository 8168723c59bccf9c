"""The answer given last, kept as the talk stood before it: so that it can be given anew after the talk went on.

`Tracker.answered` is JSON: {"turn", "slot", "kind", "choices", "currency", "frames": the talk that asked, each
with its own slots, "slots": {name: value of what had been told by then}}.
"""

import re
from collections.abc import Sequence
from typing import Any

from bot.dialogue.commands import AnswerAnew, Command, SetSlot
from bot.dialogue.stack import Stack
from bot.dialogue.tracker import Frame, Tracker, frame_json
from bot.dialogue.understanding import Awaiting, Understood

# Values can be told anew. A yes, a choice or a story has done its work by then: that takes a person's own words.
_VALUES = frozenset({"money", "date", "number", "frequency", "day_of_month"})
_NUMERAL = re.compile("[0-9０-９一二三四五六七八九十百千万萬两兩]")
_CORRECTING = re.compile(
    r"\b(?:i meant?|i wanted to (?:say|write)|meant to (?:say|write)|(?:make|change|correct) (?:it|that)|a typo|"
    r"mistyped)\b|我是说|我是說|我想说|我想說|我的意思|[说說打写寫输輸]错|[說打寫輸]錯|改成|改为|改為|更正",
    re.IGNORECASE,
)


def keep(tracker: Tracker, stack: Stack, question: Awaiting | None, commands: Sequence[Command]) -> None:
    """Remember the question that these commands answer, before they are carried out."""
    if question is None or not any(isinstance(c, SetSlot) and c.name == question.slot for c in commands):
        return
    frames = stack.frames[stack.group_start() :]
    told = {name for frame in frames for name in frame.slots_set}
    tracker.answered = {
        "turn": tracker.turn,
        "slot": question.slot,
        "kind": question.kind,
        "choices": dict(question.choices),
        "currency": question.currency,
        "frames": [frame_json(frame) for frame in frames],
        "slots": {name: tracker.slots.get(name) for name in sorted(told)},
    }


def just_answered(tracker: Tracker) -> Awaiting | None:
    """The question that the input before this one answered, None if it answered none."""
    known = tracker.answered
    if known is None or known["turn"] != tracker.turn - 1:
        return None
    return Awaiting(known["slot"], known["kind"], known["choices"], known["currency"])


def meant(text: str, tracker: Tracker) -> Awaiting | None:
    """The question that was just answered, if a typed text may answer it anew: nothing is open, or it says so."""
    question = just_answered(tracker)
    if question is None or question.kind not in _VALUES:
        return None
    plainly = _CORRECTING.search(text) and _NUMERAL.search(text)
    return question if plainly or not tracker.stack else None


def corrected(understood: Understood, tracker: Tracker, *, edited: bool) -> bool:
    """Whether a message gives another value for the question that was just answered, by which it was read.

    An `edited` message does so by itself. One that is typed after it names a value and either nothing else, or
    that it corrects.
    """
    question = just_answered(tracker)
    if question is None or question.kind not in _VALUES or understood.answer is None:
        return False
    asks = understood.band == "act" and understood.carries
    alone = not asks and _NUMERAL.search(understood.text)
    return bool(edited or alone or _CORRECTING.search(understood.text))


def stay(tracker: Tracker) -> None:
    """Whoever corrects themselves may do so again."""
    if tracker.answered is not None:
        tracker.answered = {**tracker.answered, "turn": tracker.turn}


def restore(command: AnswerAnew, tracker: Tracker, stack: Stack) -> bool:
    """Put the talk back to where it asked; false when there is nothing to go back to."""
    known: dict[str, Any] | None = tracker.answered
    if known is None or known["slot"] != command.name:
        return False
    stay(tracker)
    stack.frames.extend(Frame(**frame) for frame in known["frames"])
    tracker.slots.update(known["slots"])
    return True
