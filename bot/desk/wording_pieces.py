"""Folded words as counted pieces: runs of one to four characters, words and pairs of words, by a fixed number."""

import re
from collections import Counter
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

PLACES = 2**14
_LONGEST = 4  # characters of a piece
_READ = 600  # characters of a sentence; a longer one is known by its beginning
_WORD = re.compile(r"[a-z']+")


def pieces(folded: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The places of its pieces, below PLACES, and the values there; runs and words have length one half each."""
    text = f" {folded[:_READ]} "
    runs = (text[i : i + size] for size in range(1, _LONGEST + 1) for i in range(len(text) - size + 1))
    words = _WORD.findall(text)
    named = [*words, *(f"{one} {other}" for one, other in pairwise(words))]
    found = [*_valued(Counter(map(_place, runs))), *_valued(Counter(_place(f"w{name}") for name in named))]
    places = np.array([place for place, _ in found], dtype=np.int64)
    return places, np.array([value for _, value in found], dtype=np.float32)


def _place(piece: str) -> int:
    return crc32(piece.encode()) % PLACES


def _valued(counts: Counter[int]) -> list[tuple[int, float]]:
    length = (2 * sum(count * count for count in counts.values())) ** 0.5
    return [(place, count / length) for place, count in counts.items()]
