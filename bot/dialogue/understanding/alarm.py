"""How likely a text speaks of distress, read from what the intent classifier says of that."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

IDIOM_WEIGHT = 8.0  # beside 1 for an ordinary example, which is easily told apart
_FEWEST = 20  # examples of distress below which the intent classifier's own probability stands


@dataclass(frozen=True, slots=True)
class Alarm:
    """`scale` and `bias` make log p of distress among the intents the probability that it is meant.

    Among the intents it shares p with whatever else is thought of; and what only sounds like it counts more here.
    """

    scale: float
    bias: float

    def probability(self, classified: float) -> float:
        """`classified` is the probability of distress among the intents."""
        value = self.scale * float(np.log(classified + 1e-6)) + self.bias
        return float(1 / (1 + np.exp(-value)))


def fit(classified: Sequence[float], distress: NDArray[np.bool_], idioms: NDArray[np.bool_]) -> Alarm | None:
    """From probabilities of examples that were not trained on; None where too few of them speak of distress."""
    if distress.sum() < _FEWEST or distress.all():
        return None
    from sklearn.linear_model import LogisticRegression

    told = np.log(np.array(classified)[:, np.newaxis] + 1e-6)
    machine = LogisticRegression(C=1.0, max_iter=300)
    machine.fit(told, distress, np.where(idioms, IDIOM_WEIGHT, 1.0))
    return Alarm(float(machine.coef_[0][0]), float(machine.intercept_[0]))
