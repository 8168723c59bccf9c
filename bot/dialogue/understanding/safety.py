"""Distress: a lexicon or the classifier; no threshold of either silences the other."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from bot.dialogue.understanding import Distress, lexicon
from bot.dialogue.understanding.fold import for_classifier
from bot.dialogue.understanding.lexicon import Entry

FILES = ("distress_en", "distress_zh")
_LEVELS: dict[str, Distress] = {"sure": "yes", "possible": "check"}
_POSSIBLE = 0.05  # a false alarm costs one gentle question, a miss may cost a life
_WORD, _FEWEST_WORDS = re.compile(r"[a-z']+|[\u3400-\u9fff]"), 4  # fewer beside a figure of speech say nothing


@dataclass(frozen=True, slots=True)
class Finding:
    distress: Distress
    why: str = ""
    lexical: bool = False


@cache
def _entries(kind: str) -> tuple[Entry, ...]:
    return tuple(entry for file in FILES for entry in lexicon.entries(file) if entry.kind == kind)


def without_idioms(folded: str) -> str:
    """The message without figures of speech, so that what remains is taken at its word."""
    for entry in _entries("idiom"):
        folded = entry.pattern.sub(" ", folded)
    return folded


def find(text: str, probability: Callable[[str], float]) -> Finding:
    """`probability` is the classifier's for a text; it is asked about what figures of speech leave over."""
    folded = for_classifier(text)
    literal = without_idioms(folded)
    found = _in_words(literal)
    if found.distress != "no":
        return found
    if literal != folded and len(_WORD.findall(literal)) < _FEWEST_WORDS:
        return found
    likely = probability(text if literal == folded else literal)
    return Finding("check", "the classifier") if likely >= _POSSIBLE else Finding("no")


def by_patterns(text: str) -> Finding:
    """What the lexicon alone says."""
    return _in_words(without_idioms(for_classifier(text)))


def _in_words(literal: str) -> Finding:
    for kind, distress in _LEVELS.items():
        entry = next((entry for entry in _entries(kind) if entry.pattern.search(literal)), None)
        if entry:
            return Finding(distress, entry.note, lexical=True)
    return Finding("no")
