"""How likely the first guess is right, and from where on that is enough to act or to ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.dialogue.understanding.vocabulary import CAREFUL, MEASURED, OUT_OF_SCOPE

Floats = NDArray[np.float32]
# How sure a guess must be to be acted upon: where it only tells something, where it begins a talk about money …
ACT_SURE, ACT_SURE_MEASURED = 0.55, 0.7
# … and where the lender's duties hang on it: so sure that of such guesses in unseen batches this share was right.
ACT_RIGHT_CAREFUL = 0.955
ASK_KEPT = 0.97  # the share of what the bot can serve that is at least asked about
_FEWEST = 200


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one reading: its best two probabilities, how near examples are, whether both parts agree."""

    first: float
    second: float
    near: float  # cosine to the nearest example of the first intent
    near_other: float  # and of the next ones
    agree: bool
    outside: float = 0.0  # the probability of being out of scope
    near_outside: float = 0.0  # cosine to the nearest example out of scope

    def row(self) -> list[float]:
        first, second = np.log(self.first + 1e-6), np.log(self.second + 1e-6)
        return [float(first), float(first - second), self.near, self.near - self.near_other, float(self.agree)]

    def place(self) -> list[float]:
        """What tells messages out of scope from others."""
        inside = float(np.log(1 - self.outside + 1e-4) - np.log(self.outside + 1e-4))
        return [*self.row(), inside, self.near_outside]


@dataclass(frozen=True, slots=True)
class Gate:
    """Two logistic regressions: `weights` for being right, `places` for being in scope.

    `careful` bounds the first one's value for guesses that duties hang on, `ask` the second one's for all.
    """

    weights: tuple[float, ...] = (2.0, 0.5, 4.0, 2.0, 0.5)
    bias: float = -0.5
    places: tuple[float, ...] = (0.5, 0.2, 5.0, 1.0, 0.3, 0.5, -2.0)
    place_bias: float = 0.0
    careful: float = 0.9
    ask: float = 0.3

    def sure(self, evidence: Evidence) -> float:
        """The probability that the first guess is right."""
        return _sigmoid(self.bias, self.weights, evidence.row())

    def belongs(self, evidence: Evidence) -> float:
        """The probability that the message is something that the bot can serve."""
        return _sigmoid(self.place_bias, self.places, evidence.place())

    def bound(self, intent: str) -> float:
        return self.careful if intent in CAREFUL else ACT_SURE_MEASURED if intent in MEASURED else ACT_SURE


def fit(evidence: Sequence[Evidence], guesses: Sequence[str], truths: Sequence[str]) -> Gate:
    """From readings of examples that the reader was not trained on; the plain gate where there are too few."""
    right = np.array([guess == truth for guess, truth in zip(guesses, truths, strict=True)])
    inside = np.array([truth != OUT_OF_SCOPE for truth in truths])
    if len(right) < _FEWEST or right.all() or not right.any():
        return Gate()
    weights, bias = _regression([one.row() for one in evidence], right)
    plain = Gate(weights, bias)
    sure = np.array([plain.sure(one) for one in evidence])
    careful = np.array([guess in CAREFUL for guess in guesses])
    bound = max(ACT_SURE_MEASURED, _least(sure[careful], right[careful], ACT_RIGHT_CAREFUL))
    if inside.all():
        return Gate(weights, bias, careful=bound, ask=0.0)
    places, place_bias = _regression([one.place() for one in evidence], inside)
    belongs = np.array([Gate(places=places, place_bias=place_bias).belongs(one) for one in evidence])
    return Gate(weights, bias, places, place_bias, bound, float(np.quantile(belongs[inside], 1 - ASK_KEPT)))


def _regression(rows: Sequence[Sequence[float]], truths: NDArray[np.bool_]) -> tuple[tuple[float, ...], float]:
    from sklearn.linear_model import LogisticRegression

    machine: Any = LogisticRegression(C=1.0, max_iter=300).fit(np.array(rows), truths)
    return tuple(float(weight) for weight in machine.coef_[0]), float(machine.intercept_[0])


def _sigmoid(bias: float, weights: Sequence[float], row: Sequence[float]) -> float:
    return float(1 / (1 + np.exp(-bias - sum(w * x for w, x in zip(weights, row, strict=True)))))


def _least(sure: NDArray[np.float64], right: NDArray[np.bool_], wanted: float) -> float:
    """The lowest bound above which the wanted share is right."""
    order = np.argsort(-sure)
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(share >= wanted)
    return float(sure[order][enough[-1]]) if len(enough) else 0.99
