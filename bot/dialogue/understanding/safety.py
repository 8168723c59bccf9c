"""Distress: a lexicon or the classifier; no threshold of either silences the other."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

from bot.dialogue.understanding import Distress, lexicon
from bot.dialogue.understanding.fold import for_classifier
from bot.dialogue.understanding.lexicon import Entry

FILES = ("distress_en", "distress_zh")
_LEVELS: dict[str, Distress] = {"sure": "yes", "possible": "check"}
_POSSIBLE = 0.04  # a false alarm costs one gentle question, a miss may cost a life
_KEPT = 32  # texts: one is asked about more than once
_WORD, _FEWEST_WORDS = re.compile(r"[a-z']+|[\u3400-\u9fff]"), 4  # fewer beside a figure of speech say nothing


@dataclass(frozen=True, slots=True)
class Finding:
    distress: Distress
    why: str = ""
    lexical: bool = False


def _entries(kind: str, text: str) -> tuple[Entry, ...]:
    """Those that could find something in the text: all patterns in Chinese have a Chinese character to find."""
    return _of_files(kind, FILES[:1] if text.isascii() else FILES)


@cache
def _of_files(kind: str, files: tuple[str, ...]) -> tuple[Entry, ...]:
    return tuple(entry for file in files for entry in lexicon.entries(file) if entry.kind == kind)


@lru_cache(_KEPT)
def without_idioms(folded: str) -> str:
    """The message without figures of speech, so that what remains is taken at its word."""
    for entry in _entries("idiom", folded):
        folded = entry.pattern.sub(" ", folded)
    return folded


def find(text: str, probability: Callable[[str], float]) -> Finding:
    """`probability` is the classifier's for a text; it is asked about what figures of speech leave over."""
    found, rest = by_patterns(text), left_over(text)
    if found.distress != "no" or rest is None:
        return found
    return Finding("check", "the classifier") if probability(rest) >= _POSSIBLE else Finding("no")


def left_over(text: str) -> str | None:
    """What the classifier is asked about: all of the text, or what figures of speech leave; None: too few words."""
    folded = for_classifier(text)
    literal = without_idioms(folded)
    if literal == folded:
        return text
    return literal if len(_WORD.findall(literal)) >= _FEWEST_WORDS else None


def by_patterns(text: str) -> Finding:
    """What the lexicon alone says."""
    return _in_words(without_idioms(for_classifier(text)))


def _in_words(literal: str) -> Finding:
    for kind, distress in _LEVELS.items():
        entry = next((entry for entry in _entries(kind, literal) if entry.pattern.search(literal)), None)
        if entry:
            return Finding(distress, entry.note, lexical=True)
    return Finding("no")
