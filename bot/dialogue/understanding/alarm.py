"""How likely a text speaks of distress: the intent classifier's word for it, and two machines for nothing else.

The machines weigh the examples that only sound like distress as heavily as those that mean it.
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
    """Margins are of words and of the embedding; `weights` and `bias` make them and log p a probability."""

    words: Floats
    sentences: Floats
    weights: tuple[float, float, float] = (1.0, 0.0, 0.0)
    bias: float = 0.0

    def margins(self, index: NDArray[np.integer], values: Floats, embedded: Floats | None) -> tuple[float, float]:
        by_sentence = 0.0 if embedded is None or not len(self.sentences) else float(embedded @ self.sentences)
        return float(values @ self.words[index]), by_sentence

    def probability(self, classified: float, by_words: float, by_sentence: float) -> float:
        """`classified` is the probability of distress among the intents."""
        row = (float(np.log(classified + 1e-6)), by_words, by_sentence)
        value = self.bias + sum(w * x for w, x in zip(self.weights, row, strict=True))
        return float(1 / (1 + np.exp(-value)))


def weigh(distress: NDArray[np.bool_], idioms: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.where(distress | idioms, IDIOM_WEIGHT, 1.0)


def fit(
    words: Any, embedded: Floats | None, distress: NDArray[np.bool_], idioms: NDArray[np.bool_]
) -> Alarm | None:
    """`words` is examples × features; None where too few examples speak of distress."""
    if distress.sum() < _FEWEST or distress.all():
        return None
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import LinearSVC

    weights = weigh(distress, idioms)
    by_words = LinearSVC(C=0.3, tol=0.01, fit_intercept=False, random_state=0).fit(words, distress, weights)
    found = by_words.coef_[0].astype(np.float32)
    if embedded is None:
        return Alarm(found, np.zeros(0, dtype=np.float32))
    by_sentence = LogisticRegression(C=10.0, max_iter=300, tol=1e-3, fit_intercept=False).fit(
        embedded, distress, weights
    )
    return Alarm(found, by_sentence.coef_[0].astype(np.float32))


def combine(
    rows: Sequence[tuple[float, float, float]], distress: NDArray[np.bool_], idioms: NDArray[np.bool_]
) -> tuple[tuple[float, float, float], float]:
    """Weights and bias from probabilities and margins of examples that were not trained on."""
    from sklearn.linear_model import LogisticRegression

    told = np.array(
        [(np.log(classified + 1e-6), by_words, by_sentence) for classified, by_words, by_sentence in rows]
    )
    machine = LogisticRegression(C=1.0, max_iter=300).fit(told, distress, np.where(idioms, IDIOM_WEIGHT, 1.0))
    first, second, third = (float(weight) for weight in machine.coef_[0])
    return (first, second, third), float(machine.intercept_[0])
