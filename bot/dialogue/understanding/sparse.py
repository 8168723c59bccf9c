"""Words and pieces of words as TF-IDF vectors, and what is near them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.dialogue.understanding.features import PIECE, WORD, features

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]
Vector = tuple[Integers, Floats]  # the places in the vocabulary, and the values there


@dataclass(frozen=True, slots=True)
class Vocabulary:
    places: dict[str, int]
    idf: Floats

    def vector(self, text: str) -> Vector:
        """Both kinds of features have equal length, the whole has length one."""
        return self.of_counts(features(text))

    def of_counts(self, counts: Counter[str]) -> Vector:
        known = [(self.places[name], name[0], count) for name, count in counts.items() if name in self.places]
        index = np.array([i for i, _, _ in known], dtype=np.int32)
        values = (1 + np.log(np.array([count for _, _, count in known], dtype=np.float32))) * self.idf[index]
        for kind in (WORD, PIECE):
            mask = np.array([k == kind for _, k, _ in known], dtype=bool)
            length = float(np.sqrt((values[mask] ** 2).sum()))
            if length:
                values[mask] /= length * np.sqrt(2)
        return index, values.astype(np.float32)


@dataclass(frozen=True, slots=True)
class Postings:
    """The examples' vectors by feature: where each feature's rows start, the rows, and the values."""

    starts: Integers
    rows: Integers
    values: Floats

    def similarities(self, vector: Vector, examples: int) -> Floats:
        """The cosine of `vector` to each of the examples."""
        parts = [(slice(self.starts[i], self.starts[i + 1]), value) for i, value in zip(*vector, strict=True)]
        if not parts:
            return np.zeros(examples, dtype=np.float32)
        rows = np.concatenate([self.rows[part] for part, _ in parts])
        values = np.concatenate([self.values[part] * value for part, value in parts])
        return np.bincount(rows, values, minlength=examples).astype(np.float32)


def vocabulary(texts: Sequence[Counter[str]]) -> Vocabulary:
    """Of the texts' counted features: every word and pair, and the pieces of words that occur in more than one."""
    frequency: Counter[str] = Counter()
    for text in texts:
        frequency.update(text.keys())
    names = sorted(name for name, times in frequency.items() if times > 1 or name[0] == WORD)
    times = np.array([frequency[name] for name in names], dtype=np.float32)
    idf = np.log((1 + len(texts)) / (1 + times)) + 1
    return Vocabulary({name: i for i, name in enumerate(names)}, idf.astype(np.float32))


def matrix(vectors: Sequence[Vector], width: int) -> Any:
    """A scipy row matrix of the vectors."""
    from scipy.sparse import csr_matrix

    pointers = np.cumsum([0, *(len(index) for index, _ in vectors)])
    indices = np.concatenate([index for index, _ in vectors])
    data = np.concatenate([values for _, values in vectors])
    return csr_matrix((data, indices, pointers), shape=(len(vectors), width))


def postings(vectors: Sequence[Vector], width: int) -> Postings:
    columns = matrix(vectors, width).tocsc()
    return Postings(
        columns.indptr.astype(np.int32), columns.indices.astype(np.int32), columns.data.astype(np.float32)
    )
