# ruff: noqa: SIM905 - a list is read as a line
"""Keys struck at random: nothing to sort, though a classifier would sort it."""

import re

from bot.dialogue.understanding.fold import for_classifier
from bot.dialogue.understanding.sparse import Vocabulary

_TOKEN = re.compile(r"[a-z']+|[\u3400-\u9fff]|\d")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_RUN = 4  # neighbouring keys that no word has in a row …
_WORDS_RUN = "erty"  # … but property, liberty and poverty
_ABBREVIATIONS = frozenset(
    "btw brb tbh ttyl nvm smh plz pls thx tks msg txt pmt pymt bnpl hmm mrs ltd wdym fyi gtg sms".split()
)
_VOWEL = re.compile(r"[aeiouy]")
_CONSONANTS = re.compile(r"[b-df-hj-np-tv-xz]{5}")
_RARE = 2  # examples in which a word may stand and yet be no word: gibberish is among them


def is_gibberish(text: str, vocabulary: Vocabulary) -> bool:
    """Whether no word of the text is one that the examples use or that could be one; figures say something."""
    tokens = _TOKEN.findall(for_classifier(text))
    return bool(tokens) and all(_struck(token, vocabulary) for token in tokens)


def _struck(word: str, vocabulary: Vocabulary) -> bool:
    if any(_runs(word, row) for row in _ROWS):
        return True
    if word.isdigit() or word in _ABBREVIATIONS or vocabulary.examples_with(word) > _RARE:
        return False
    if not word.isascii():
        return True  # a character that hardly any example uses
    silent = len(word) > 2 and not _VOWEL.search(word)
    return silent or bool(_CONSONANTS.search(word))


def _runs(word: str, row: str) -> bool:
    both = (row, row[::-1])
    parts = {word[i : i + _RUN] for i in range(len(word) - _RUN + 1)} - {_WORDS_RUN}
    return any(part in keys for part in parts for keys in both)
