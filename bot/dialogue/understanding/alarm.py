"""How likely a text speaks of distress: the intent classifier's word for it, and a machine for nothing else.

The machine weighs the examples that only sound like distress as heavily as those that mean it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.dialogue.understanding.sparse import Floats

IDIOM_WEIGHT = 8.0  # beside 1 for an ordinary example, which is easily told apart
_FEWEST = 20  # examples of distress below which the intent classifier alone speaks


@dataclass(frozen=True, slots=True)
class Alarm:
    """A linear machine over words; `scale` and `bias` make its margin and log p together a probability."""

    words: Floats
    scale: float = 1.0
    bias: float = 0.0

    def margin(self, index: NDArray[np.integer], values: Floats) -> float:
        return float(values @ self.words[index])

    def probability(self, classified: float, margin: float) -> float:
        """`classified` is the probability of distress among the intents."""
        value = self.scale * _told(classified, margin) + self.bias
        return float(1 / (1 + np.exp(-value)))


def _told(classified: float, margin: float) -> float:
    """Both weigh the same; the embeddings have spoken in the first, and a machine of their own adds nothing."""
    return float(np.log(classified + 1e-6)) + margin


def weigh(distress: NDArray[np.bool_], idioms: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.where(distress | idioms, IDIOM_WEIGHT, 1.0)


def fit(words: Any, distress: NDArray[np.bool_], idioms: NDArray[np.bool_]) -> Alarm | None:
    """`words` is examples × features; None where too few examples speak of distress."""
    if distress.sum() < _FEWEST or distress.all():
        return None
    from sklearn.svm import LinearSVC

    machine = LinearSVC(C=0.3, tol=0.01, fit_intercept=False, random_state=0)
    machine.fit(words, distress, weigh(distress, idioms))
    return Alarm(machine.coef_[0].astype(np.float32))


def combine(
    rows: Sequence[tuple[float, float]], distress: NDArray[np.bool_], idioms: NDArray[np.bool_]
) -> tuple[float, float]:
    """Scale and bias from probabilities and margins of examples that were not trained on.

    Only the sum's scale and place are fitted: a machine without a third of the examples is weaker than the whole
    one, and the parts lose unequally.
    """
    from sklearn.linear_model import LogisticRegression

    told = np.array([[_told(classified, margin)] for classified, margin in rows])
    machine = LogisticRegression(C=1.0, max_iter=300)
    machine.fit(told, distress, np.where(idioms, IDIOM_WEIGHT, 1.0))
    return float(machine.coef_[0][0]), float(machine.intercept_[0])
