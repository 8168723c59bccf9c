"""What a message says is wrong about a debt, where it says so."""

from bot.dialogue.understanding.fold import narrow, simplified
from bot.dialogue.understanding.lexicon import entries


def disputed(text: str) -> str | None:
    """The kind of dispute that the words name; None when they name none, or more than one."""
    plain = simplified(narrow(text)).replace("’", "'")
    kinds = {entry.kind for entry in entries("dispute_kinds") if entry.pattern.search(plain)}
    return kinds.pop() if len(kinds) == 1 else None
