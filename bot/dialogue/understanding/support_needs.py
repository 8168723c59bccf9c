"""What somebody tells of themselves that is to be considered, where the words name it."""

from bot.dialogue.understanding.fold import narrow, simplified
from bot.dialogue.understanding.lexicon import entries

FILE = "support_needs"


def support_needs(text: str) -> tuple[str, ...]:
    """The kinds of data/support_needs.yml that the words name, in that order; empty when they name none."""
    plain = simplified(narrow(text)).replace("’", "'").lower()
    return tuple(dict.fromkeys(entry.kind for entry in entries(FILE) if entry.pattern.search(plain)))
