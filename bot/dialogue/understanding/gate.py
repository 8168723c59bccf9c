"""How likely the first guess is right, and from where on that is enough to act or to ask."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.dialogue.understanding.vocabulary import CAREFUL, OUT_OF_SCOPE

Floats = NDArray[np.float32]
NEARNESS = 6.0  # how much a cosine weighs beside the logarithm of a probability
# Of the messages acted upon in unseen batches, so many were understood rightly; more where a mistake costs.
ACT_RIGHT, ACT_RIGHT_CAREFUL = 0.95, 0.97
ASK_KEPT = 0.97  # the share of what the bot can serve that is at least asked about
_FEWEST = 200


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one reading: its best two probabilities, how near examples are, whether both parts agree."""

    first: float
    second: float
    near: float  # cosine to the nearest example of the first intent
    near_other: float  # and of the next two
    agree: bool

    @property
    def score(self) -> float:
        return float(np.log(self.first + 1e-9)) + NEARNESS * self.near

    def row(self) -> list[float]:
        first, second = np.log(self.first + 1e-6), np.log(self.second + 1e-6)
        return [float(first), float(first - second), self.near, self.near - self.near_other, float(self.agree)]


@dataclass(frozen=True, slots=True)
class Gate:
    """A logistic regression over the evidence; `act` and `careful` bound its value, `ask` the score."""

    weights: tuple[float, ...] = (2.0, 0.5, 4.0, 2.0, 0.5)
    bias: float = -0.5
    act: float = 0.6
    careful: float = 0.7
    ask: float = -0.5

    def sure(self, evidence: Evidence) -> float:
        """The probability that the first guess is right."""
        value = self.bias + sum(w * x for w, x in zip(self.weights, evidence.row(), strict=True))
        return float(1 / (1 + np.exp(-value)))

    def bound(self, intent: str) -> float:
        return self.careful if intent in CAREFUL else self.act


def fit(evidence: Sequence[Evidence], guesses: Sequence[str], truths: Sequence[str]) -> Gate:
    """From readings of examples that the reader was not trained on; the plain gate where there are too few."""
    right = np.array([guess == truth for guess, truth in zip(guesses, truths, strict=True)])
    if len(right) < _FEWEST or right.all() or not right.any():
        return Gate()
    from sklearn.linear_model import LogisticRegression

    rows = np.array([one.row() for one in evidence])
    machine = LogisticRegression(C=1.0, max_iter=300).fit(rows, right)
    weights, bias = tuple(float(w) for w in machine.coef_[0]), float(machine.intercept_[0])
    plain = Gate(weights, bias)
    sure = np.array([plain.sure(one) for one in evidence])
    careful = np.array([guess in CAREFUL for guess in guesses])
    scores = np.array([one.score for one in evidence])[[truth != OUT_OF_SCOPE for truth in truths]]
    return Gate(
        weights,
        bias,
        act=_least(sure[~careful], right[~careful], ACT_RIGHT),
        careful=_least(sure[careful], right[careful], ACT_RIGHT_CAREFUL),
        ask=float(np.quantile(scores, 1 - ASK_KEPT)),
    )


def _least(sure: NDArray[np.float64], right: NDArray[np.bool_], wanted: float) -> float:
    """The lowest bound above which the wanted share is right."""
    order = np.argsort(-sure)
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(share >= wanted)
    return float(sure[order][enough[-1]]) if len(enough) else 0.99
