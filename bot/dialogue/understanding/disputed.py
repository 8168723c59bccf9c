"""What a message names of a closed list where the question has one: what is wrong, what a plan should become."""

from collections.abc import Mapping

from bot.dialogue.understanding.fold import narrow, simplified
from bot.dialogue.understanding.lexicon import entries

# The questions that are answered in so many words, and what the words are looked up in.
BY_SLOT: Mapping[str, str] = {"dispute_kind": "dispute_kinds", "plan_change": "plan_changes"}


def disputed(text: str) -> str | None:
    """The kind of dispute that the words name; None when they name none, or more than one."""
    return named("dispute_kind", text)


def plan_change(text: str) -> str | None:
    """What is wanted of a plan; None when the words name nothing, or more than one thing."""
    return named("plan_change", text)


def named(slot: str, text: str) -> str | None:
    plain = simplified(narrow(text)).replace("’", "'")
    kinds = {entry.kind for entry in entries(BY_SLOT[slot]) if entry.pattern.search(plain)}
    return kinds.pop() if len(kinds) == 1 else None
