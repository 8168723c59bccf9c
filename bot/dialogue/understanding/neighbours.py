"""The embedded examples, and how near the nearest of them are.

The examples of seven intents are more than a processor's caches hold, so that reading them is what costs. Turned so
that the coordinates in which examples differ most come first, some of the coordinates and the length of the rest
bound each cosine from above, and few of the others have to be read to find the largest.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Integers = NDArray[np.integer]
_HEAD = 192  # coordinates: with fewer more examples have to be read whole, with more the bounds cost as much
_FEW = 16  # texts up to which bounds are worth their while; more share what is read
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Neighbours:
    """`axes` is SIZE × SIZE; of each example its first coordinates, the others, and the length of the others."""

    axes: Floats
    heads: Floats
    tails: Floats
    reaches: Floats

    @classmethod
    def of(cls, vectors: Floats) -> Self:
        """Of examples × SIZE."""
        _, axes = np.linalg.eigh((vectors.T @ vectors).astype(np.float64))
        turned = np.ascontiguousarray(axes[:, ::-1], dtype=np.float32)
        heads, tails = _parted(vectors @ turned)
        return cls(turned, heads, tails, np.linalg.norm(tails, axis=1))

    def only(self, rows: Integers) -> Self:
        """Of some of the examples."""
        return replace(self, heads=self.heads[rows], tails=self.tails[rows], reaches=self.reaches[rows])

    def cosines(self, embedded: Floats) -> Floats:
        """Examples × texts."""
        heads, tails = _parted(embedded @ self.axes)
        return self.heads @ heads.T + self.tails @ tails.T

    def largest(self, embedded: Floats, wanted: NDArray[np.bool_], edges: Integers) -> Floats:
        """Texts × intents: the cosine to the nearest example, none below 0; 0 where it is not `wanted`.

        The examples of intent i are `edges[i]` to `edges[i + 1]`.
        """
        heads, tails = _parted(embedded @ self.axes)
        reaches = np.linalg.norm(tails, axis=1)
        found = np.zeros(wanted.shape, dtype=np.float32)
        for intent in np.flatnonzero(wanted.any(axis=0) & (np.diff(edges) > 0)).tolist():
            part, asking = slice(int(edges[intent]), int(edges[intent + 1])), np.flatnonzero(wanted[:, intent])
            if len(embedded) > _FEW:
                cosines = self.heads[part] @ heads[asking].T + self.tails[part] @ tails[asking].T
                found[asking, intent] = cosines.max(axis=0)
            else:
                found[asking, intent] = [self._largest(part, heads[i], tails[i], reaches[i]) for i in asking]
        return np.maximum(found, 0)

    def _largest(self, part: slice, head: Floats, tail: Floats, reach: np.float32) -> float:
        """Sought among those examples whose bound leaves it possible."""
        known, tails = self.heads[part] @ head, self.tails[part]
        bounds = known + self.reaches[part] * reach
        likely = bounds.argmax()
        possible = np.flatnonzero(bounds >= known[likely] + tails[likely] @ tail - _ROUNDING)
        return float((known[possible] + tails[possible] @ tail).max())


def _parted(turned: Floats) -> tuple[Floats, Floats]:
    return np.ascontiguousarray(turned[:, :_HEAD]), np.ascontiguousarray(turned[:, _HEAD:])
