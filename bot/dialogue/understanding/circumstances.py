"""What a message says of who writes and of what went before, where it says so in so many words."""

from bot.dialogue.understanding.fold import narrow, simplified
from bot.dialogue.understanding.lexicon import entries

FILE = "circumstances"


def circumstances(text: str) -> frozenset[str]:
    """The kinds of data/circumstances.yml that the words name; usually none."""
    plain = simplified(narrow(text)).replace("’", "'").lower()
    return frozenset(entry.kind for entry in entries(FILE) if entry.pattern.search(plain))
