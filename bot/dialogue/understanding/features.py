"""What the classifier sees of a message: words, word pairs, and pieces of words."""

import re
from collections import Counter
from functools import lru_cache

from bot.dialogue.understanding.fold import for_classifier

_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|#|[㐀-鿿豈-﫿]|[^\W\d_a-z㐀-鿿豈-﫿]+|[?!]")
WORD, PIECE = "w", "c"
_KEPT = 4096  # words of which the pieces are kept: nearly all of a message are common ones


def features(text: str) -> Counter[str]:
    """Counted features of `text`; the first letter says of which kind each one is."""
    tokens = _TOKEN.findall(for_classifier(text))
    found: list[str] = []
    previous = "^"
    for token in tokens:
        found += (WORD + token, f"{WORD}{previous} {token}")
        previous = token
        if len(token) > 1:
            found += _pieces(f"<{token}>")
    found.append(f"{WORD}{previous} $")
    return Counter(found + _character_runs(tokens))


@lru_cache(_KEPT)
def _pieces(word: str) -> tuple[str, ...]:
    return tuple(PIECE + word[i : i + n] for n in (3, 4, 5) for i in range(len(word) - n + 1))


def _character_runs(tokens: list[str]) -> list[str]:
    """Runs of one to three Chinese characters; words are not separated there, so pieces stand for them."""
    letters = [token if len(token) == 1 and ord(token) > 0x3400 else " " for token in tokens]
    rows = "".join(letters).split()
    return [PIECE + row[i : i + n] for row in rows for n in (1, 2, 3) for i in range(len(row) - n + 1)]
