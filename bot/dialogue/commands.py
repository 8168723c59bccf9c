"""What a message means to the dialogue: the closed list of commands that flows are driven by."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.dialogue.messages import Utterance

SlotValue = str | int | float | bool | list[str] | None


@dataclass(frozen=True, slots=True)
class StartFlow:
    flow: str


@dataclass(frozen=True, slots=True)
class SetSlot:
    """An answer to the open question, or a value told in passing."""

    name: str
    value: SlotValue


@dataclass(frozen=True, slots=True)
class CorrectSlot:
    """A slot that was already filled in the active flow gets another value."""

    name: str
    value: SlotValue


@dataclass(frozen=True, slots=True)
class AnswerAnew:
    """The question answered last gets another answer, though the talk that asked it may be over."""

    name: str
    value: SlotValue


@dataclass(frozen=True, slots=True)
class CancelFlow:
    pass


@dataclass(frozen=True, slots=True)
class Clarify:
    """Not sure which; at most three flows are offered as buttons."""

    flows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HumanHandoff:
    pass


@dataclass(frozen=True, slots=True)
class CannotHandle:
    reason: str = "not_understood"


@dataclass(frozen=True, slots=True)
class SessionStart:
    """The conversation opens (or opens again after it lapsed)."""


@dataclass(frozen=True, slots=True)
class RepeatQuestion:
    """Say the open question again: after an answer to something else, or a change of language."""


Command = (
    StartFlow
    | SetSlot
    | CorrectSlot
    | AnswerAnew
    | CancelFlow
    | Clarify
    | HumanHandoff
    | CannotHandle
    | SessionStart
    | RepeatQuestion
)


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What an action asks for: slots to set (None resets), things to say, commands to run next."""

    slots: Sequence[tuple[str, SlotValue]] = ()
    utterances: Sequence[Utterance] = ()
    commands: Sequence[Command] = ()
