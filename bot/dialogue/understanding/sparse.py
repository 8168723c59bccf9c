"""Words and pieces of words as TF-IDF vectors, and what is near them."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.dialogue.understanding.features import PIECE, WORD, features

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]
Vector = tuple[Integers, Floats]  # the places in the vocabulary, and the values there


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The places of all features, those of pieces before those of words, and how much each one tells."""

    places: dict[str, int]
    idf: Floats
    _pieces: int = field(init=False)
    _rarest: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_pieces", sum(name[0] == PIECE for name in self.places))
        object.__setattr__(self, "_rarest", float(self.idf.max(initial=0)))

    def examples_with(self, word: str) -> int:
        """In how many examples the word stands; the rarest words stand in one."""
        place = self.places.get(WORD + word)
        return 0 if place is None else round(2 * float(np.exp(self._rarest - self.idf[place])) - 1)

    def vector(self, text: str) -> Vector:
        """Both kinds of features have equal length, the whole has length one."""
        counts = features(text).items()
        times = {place: n for name, n in counts if (place := self.places.get(name)) is not None}
        index = np.fromiter(times, np.int32, len(times))
        values = (1 + np.log(np.fromiter(times.values(), np.float32, len(times)))) * self.idf[index]
        squares, of_word = values * values, index >= self._pieces
        both = np.array([squares[~of_word].sum(), squares[of_word].sum()])
        return index, values / np.sqrt(2 * both)[of_word.astype(np.intp)]


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


@dataclass(frozen=True, slots=True)
class Counted:
    """Texts as a row matrix of 1 + log(count) over all features named; `words` says which of those are words."""

    names: tuple[str, ...]
    words: NDArray[np.bool_]
    table: Any  # scipy's csr_matrix

    @property
    def places(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.names)}

    def vocabulary(self, rows: NDArray[np.integer]) -> tuple[Vocabulary, Integers]:
        """Of these rows: every word and pair, and the pieces of words found in more than one; and their columns."""
        times = np.bincount(self.table[rows].indices, minlength=len(self.names))
        kept = np.flatnonzero((times > 1) | (self.words & (times > 0)))
        idf = np.log((1 + len(rows)) / (1 + times[kept])) + 1
        places = {self.names[column]: i for i, column in enumerate(kept.tolist())}
        return Vocabulary(places, idf.astype(np.float32)), kept.astype(np.int32)

    def weighed(self, rows: NDArray[np.integer], columns: Integers, idf: Floats) -> Any:
        """As Vocabulary.vector makes them, for many rows at once."""
        matrix = self.table[rows][:, columns].astype(np.float32)
        matrix.sort_indices()
        values = matrix.data * idf[matrix.indices]
        of_row = np.repeat(np.arange(len(rows)), np.diff(matrix.indptr))
        of_word = self.words[columns][matrix.indices]
        for mask in (of_word, ~of_word):
            squares = np.bincount(of_row[mask], values[mask] ** 2, minlength=len(rows))
            values[mask] /= np.sqrt(2 * squares)[of_row[mask]]
        matrix.data = values.astype(np.float32)
        return matrix


def counted(texts: Iterable[str]) -> Counted:
    from scipy.sparse import csr_matrix

    places: dict[str, int] = {}
    indices, data, pointers = array("i"), array("f"), array("i", [0])
    for text in texts:
        for name, count in features(text).items():
            indices.append(places.setdefault(name, len(places)))
            data.append(1 + log(count))
        pointers.append(len(indices))
    shape = (len(pointers) - 1, len(places))
    table = csr_matrix((np.array(data), np.array(indices), np.array(pointers)), shape=shape)
    names = sorted(places)  # so that the model does not depend on which example comes first
    order = np.array([places[name] for name in names], dtype=np.int32)
    return Counted(tuple(names), np.array([name[0] == WORD for name in names]), table[:, order])


def rows_of(matrix: Any) -> list[Vector]:
    spans = zip(matrix.indptr[:-1], matrix.indptr[1:], strict=True)
    return [(matrix.indices[a:b], matrix.data[a:b]) for a, b in spans]


def postings(matrix: Any) -> Postings:
    columns = matrix.tocsc()
    return Postings(
        columns.indptr.astype(np.int32), columns.indices.astype(np.int32), columns.data.astype(np.float32)
    )
