"""A text as the wording rules read it: one form for every way of writing the same words, with the way back."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import opencc

_HAN = "\u3400-\u9fff"
# Letters of other alphabets that look like Latin ones.
_LOOKALIKES = str.maketrans(
    "авеёзкмнорстухіїѕјԁԛԝһӏ" + "αβεικνορτυχωϲ" + "ıǀɡɑꓲ",
    "abee3kmhopctyxiisjdqwhl" + "abeikvoptuxwc" + "ilgai",
)
# The polite and the female you are one word to a rule, as are 着 and 著.
_SAME = str.maketrans("您妳祢著臺", "你你你着台")
_LEET = str.maketrans("013457@$!", "oleastasi")
_LEET_WORD = re.compile(r"(?=[\w@$!]*[a-z])(?=[\w@$!]*[013457@$!])[a-z0-9@$!]{3,}")
_SPACES = re.compile(r"[^\S\n]+")
# Marks put between characters so that a word is not found: 坐*牢, j a i l.
_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])[ .*_\-·|~+^=#'\"]+(?=[{_HAN}])")
_SPACED_WORD = re.compile(r"(?<![a-z])[a-z](?:[ .\-_*·][a-z]){3,}(?![a-z])")
_SEPARATORS = re.compile(r"[ .\-_*·]")


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` in one form; `places[i]` is where character i stood in what was written."""

    text: str
    places: tuple[int, ...]

    def leet(self) -> "Folded | None":
        """With figures that stand for letters read as letters (b0ss); None where there are none."""
        read = _LEET_WORD.sub(lambda hit: hit.group().translate(_LEET), self.text)
        return Folded(read, self.places) if read != self.text else None

    def written(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters from `start` to `end` stood in what was written."""
        return self.places[start], self.places[end - 1] + 1


def fold(text: str) -> Folded:
    """Lower case, Simplified, without accents, look-alikes, invisible characters and marks inside words."""
    pairs = [(character, place) for place, written in enumerate(text) for character in _one(written)]
    folded = Folded("".join(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs))
    folded = _cut(folded, _SPACES, lambda hit: (hit.start() + 1, hit.end()))
    folded = _cut(folded, _BETWEEN_HAN, lambda hit: hit.span())
    return _joined(folded)


@cache
def _one(character: str) -> str:
    """A character as rules know it, nothing if it can't be seen."""
    shown = "".join(
        part for part in unicodedata.normalize("NFKD", character) if part == "\n" or _visible(part)
    ).lower()
    if character.isspace() and character != "\n":
        return " "
    simple = str(_converter().convert(shown)) if shown >= "\u3400" else shown
    return simple.translate(_LOOKALIKES).translate(_SAME).replace("’", "'").replace("‘", "'")


def _visible(character: str) -> bool:
    return unicodedata.category(character) not in ("Cf", "Cc", "Mn", "Me")


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _cut(folded: Folded, pattern: re.Pattern[str], what: Callable[[re.Match[str]], tuple[int, int]]) -> Folded:
    """Without the span that `what` names in each hit of `pattern`; runs of spaces become one space."""
    kept: list[int] = []
    at = 0
    for hit in pattern.finditer(folded.text):
        start, end = what(hit)
        kept += range(at, start)
        at = end
    kept += range(at, len(folded.text))
    letters = (
        " " if folded.text[place].isspace() and folded.text[place] != "\n" else folded.text[place] for place in kept
    )
    return Folded("".join(letters), tuple(folded.places[place] for place in kept))


def _joined(folded: Folded) -> Folded:
    """Words written letter by letter as words."""
    gone = {
        hit.start() + gap.start()
        for hit in _SPACED_WORD.finditer(folded.text)
        for gap in _SEPARATORS.finditer(hit.group())
    }
    kept = [place for place in range(len(folded.text)) if place not in gone]
    return Folded("".join(folded.text[place] for place in kept), tuple(folded.places[place] for place in kept))


_SENTENCE_END = re.compile(r"[!?。…;\n]+|\.(?=\s|$)")


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence, its mark included."""
    start = 0
    for end in _SENTENCE_END.finditer(text):
        yield start, end.end()
        start = end.end()
    if start < len(text):
        yield start, len(text)
