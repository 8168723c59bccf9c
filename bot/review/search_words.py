"""Words as search sees them: the units of a text, the tokens that are indexed, and what somebody asks for.

A unit is a run of letters and digits, or one Chinese character; what stands between units does not count. Tokens
are the units that are no lone Chinese character, and every pair of neighbours, so that a phrase is found by its
pairs; of a long conversation, in which these may stand far apart, also every three neighbours. A token may say too
much (it is cut, and neighbours are no phrase yet) but never too little: what is found by tokens is compared with
the text itself before it is shown.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
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
# Accents and the like, which stand within words once these are taken apart; of other signs, only rare ones.
_MARKS = re.compile(r"[^\w\x00-\x7f\u2000-\u206f\u3000-\u303f]+")
# A text without any of these is compared as it stands, but for capitals and apostrophes; of the others, some fold
# into letters, figures or Chinese characters.
ODD = "[^\x01-\x7f£·\u2000-\u206f€\u3000-\u3020\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff0f\uff1a-\uff20￥]"
_ODD = re.compile(ODD)
_QUOTED = re.compile(r'"([^"]*)"?|“([^”]*)”?|「([^」]*)」?|(\S+)')

Units = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """What was asked for: every phrase (of one unit or more) must stand somewhere in the conversation."""

    phrases: tuple[Units, ...]

    def tokens(self) -> list[str]:
        """What a conversation must have been indexed under."""
        return sorted({token for phrase in self.phrases for token in _tokens(phrase)})

    def threes(self) -> list[str]:
        """What a long conversation must have been indexed under as well."""
        return sorted({token for phrase in self.phrases for token in _threes(phrase)})


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


def threes(text: str) -> frozenset[str]:
    """The tokens of three neighbours in one passage."""
    return frozenset(_threes([unit for unit, _ in spans(text)]))


def flat(text: str) -> str:
    """Folded so that every unit of the text, flattened too, is a part of it: for a quick look."""
    if text.isascii():
        return text.lower().replace("'", "")
    folded = unicodedata.normalize("NFKD", text).casefold()
    return _MARKS.sub("", folded.replace("'", "").replace("’", ""))


@dataclass(frozen=True, slots=True)
class Likely:
    """The quick look for these phrases: False for a text in which certainly none of them stands."""

    phrases: Sequence[Units]

    @classmethod
    def of(cls, phrases: Iterable[Units]) -> "Likely":
        return cls([tuple(dict.fromkeys(flat(unit) for unit in phrase)) for phrase in phrases])

    @property
    def plain(self) -> bool:
        """Whether a text with nothing odd can hold a phrase only with its units in it as they stand here."""
        return not any(_ODD.search(unit) for phrase in self.phrases for unit in phrase)

    def __call__(self, text: str) -> bool:
        folded = flat(text)
        return any(all(unit in folded for unit in phrase) for phrase in self.phrases)


def places(phrases: Iterable[Units], passage: str) -> dict[Units, list[tuple[int, int]]]:
    """Where each of the phrases stands in a passage; those that do not are not among the keys."""
    units = list(spans(passage))
    found = {phrase: list(_hits(phrase, units)) for phrase in phrases}
    return {phrase: hits for phrase, hits in found.items() if hits}


def _hits(phrase: Units, units: Sequence[tuple[str, tuple[int, int]]]) -> Iterator[tuple[int, int]]:
    for start in range(len(units) - len(phrase) + 1):
        if all(units[start + step][0] == unit for step, unit in enumerate(phrase)):
            yield units[start][1][0], units[start + len(phrase) - 1][1][1]


def _tokens(units: Sequence[str]) -> Iterator[str]:
    kept = [unit[:LONGEST_TOKEN] for unit in units]
    yield from (unit for unit in kept if not _ONE_HAN.fullmatch(unit))
    for first, second in pairwise(kept):
        yield f"{first}{JOIN}{second}"


def _threes(units: Sequence[str]) -> Iterator[str]:
    kept = [unit[:LONGEST_TOKEN] for unit in units]
    yield from map(JOIN.join, zip(kept, kept[1:], kept[2:], strict=False))
