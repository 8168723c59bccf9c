"""Shares with the range in which they lie, and how long things took."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

_Z = 1.959964  # of a normal distribution: 95 in 100 lie within


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of how many, with Wilson's interval of 95% (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927)."""

    part: int
    whole: int

    @property
    def share(self) -> float:
        return self.part / self.whole if self.whole else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """From 0 to 1; everything is possible where nobody was counted."""
        if not self.whole:
            return 0.0, 1.0
        n, p = self.whole, self.share
        middle = p + _Z**2 / (2 * n)
        spread = _Z * sqrt(p * (1 - p) / n + _Z**2 / (4 * n * n))
        below, above = (middle - spread) / (1 + _Z**2 / n), (middle + spread) / (1 + _Z**2 / n)
        return max(0.0, below), min(1.0, above)

    def apart_from(self, other: "Rate") -> bool:
        """Whether the two intervals do not even touch: more than chance."""
        (low, high), (others_low, others_high) = self.interval, other.interval
        return high < others_low or others_high < low


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long things took: half of them no longer than `median` seconds, nine in ten no longer than `p90`."""

    count: int
    median: int
    p90: int


def lasting(seconds: Sequence[int]) -> Lasting | None:
    """By the nearest rank, so that each is a time that somebody really waited; None where nothing was timed."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    return Lasting(len(ordered), ordered[_rank(len(ordered), 50)], ordered[_rank(len(ordered), 90)])


def _rank(count: int, percent: int) -> int:
    return ceil(count * percent / 100) - 1
