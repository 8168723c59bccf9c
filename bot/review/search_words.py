"""Words as search sees them: the units of a text, the tokens that are indexed, and what somebody asks for.

A unit is a run of letters and digits, or one Chinese character; what stands between units does not count. Tokens
are the units that are no lone Chinese character, and every pair of neighbours, so that a phrase is found by its
pairs. A token may say too much (it is cut, and pairs alone are no phrase) but never too little: what is found by
tokens is compared with the text itself before it is shown.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from bot.errors import BadInput

JOIN = "·"  # between the units of a pair; no letter, so that no unit holds it
LONGEST_TOKEN = 60  # characters: longer units are cut, here and in the index
LONGEST_QUERY = 200
MOST_TERMS = 12
_HAN = "\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_UNIT = re.compile(rf"[{_HAN}]|[^\W_{_HAN}]+(?:['’][^\W_{_HAN}]+)*")
_ONE_HAN = re.compile(rf"[{_HAN}]")
_QUOTED = re.compile(r'"([^"]*)"?|“([^”]*)”?|「([^」]*)」?|(\S+)')

Units = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """What was asked for: every phrase (of one unit or more) must stand somewhere in the conversation."""

    phrases: tuple[Units, ...]

    def tokens(self) -> list[str]:
        """What a conversation must have been indexed under."""
        return sorted({token for phrase in self.phrases for token in _tokens(phrase)})


def asked(text: str) -> Words:
    """Read what somebody typed: words, "an exact phrase", Chinese; BadInput for what cannot be looked for."""
    if len(text) > LONGEST_QUERY:
        raise BadInput("words", f"at most {LONGEST_QUERY} characters can be looked for")
    pieces = ("".join(part or "" for part in found) for found in _QUOTED.findall(text))
    phrases = dict.fromkeys(units for piece in pieces if (units := tuple(unit for unit, _ in spans(piece))))
    if any(len(phrase) == 1 and _ONE_HAN.fullmatch(phrase[0]) for phrase in phrases):
        raise BadInput("words", "Chinese is found by two characters or more")
    if len(phrases) > MOST_TERMS:
        raise BadInput("words", f"at most {MOST_TERMS} words can be looked for at once")
    return Words(tuple(phrases))


def spans(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """The units of a text as they are compared, each with its place in the text as it was written."""
    for hit in _UNIT.finditer(text):
        folded = unicodedata.normalize("NFKC", hit[0]).casefold()
        for unit in _UNIT.findall(folded):
            yield unit.replace("'", "").replace("’", ""), hit.span()


@lru_cache(maxsize=50_000)
def indexed(text: str) -> frozenset[str]:
    """The tokens of one passage. Most of what a bot says is said again: the cache saves most of the work."""
    return frozenset(_tokens([unit for unit, _ in spans(text)]))


def places(words: Words, passages: Sequence[str]) -> list[list[tuple[int, int]]] | None:
    """Where the words stand in each passage; None when one of the phrases stands in none."""
    found: list[list[tuple[int, int]]] = [[] for _ in passages]
    missing = set(words.phrases)
    for number, passage in enumerate(passages):
        units = list(spans(passage))
        for phrase in words.phrases:
            hits = list(_hits(phrase, units))
            if hits:
                missing.discard(phrase)
                found[number] += hits
    return None if missing else [sorted(set(hits)) for hits in found]


def _hits(phrase: Units, units: Sequence[tuple[str, tuple[int, int]]]) -> Iterator[tuple[int, int]]:
    for start in range(len(units) - len(phrase) + 1):
        if all(units[start + step][0] == unit for step, unit in enumerate(phrase)):
            yield units[start][1][0], units[start + len(phrase) - 1][1][1]


def _tokens(units: Sequence[str]) -> Iterator[str]:
    kept = [unit[:LONGEST_TOKEN] for unit in units]
    yield from (unit for unit in kept if not _ONE_HAN.fullmatch(unit))
    for first, second in pairwise(kept):
        yield f"{first}{JOIN}{second}"
