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
_LANDMARKS, _NARROW, _RIDGE = 600, 1.0, 1e-3  # more landmarks cost time and find no more
_SHARES = (1.0, 2.0, 1.0)  # of log p, the margin of words and that of sentences
_FEWEST = 20  # examples of distress below which the intent classifier alone speaks


@dataclass(frozen=True, slots=True)
class Alarm:
    """Margins are of words and of the embedding; `weights` and `bias` make them and log p a probability.

    The embedding's is a sum over landmarks (examples × SIZE): `pulls` says how much of each, with its sign.
    """

    words: Floats
    landmarks: Floats
    pulls: Floats
    weights: tuple[float, float, float] = (1.0, 0.0, 0.0)
    bias: float = 0.0

    def margins(self, index: NDArray[np.integer], values: Floats, embedded: Floats | None) -> tuple[float, float]:
        by_sentence = 0.0
        if embedded is not None and len(self.landmarks):
            by_sentence = float(_likeness(self.landmarks @ embedded) @ self.pulls)
        return float(values @ self.words[index]), by_sentence

    def probability(self, classified: float, by_words: float, by_sentence: float) -> float:
        """`classified` is the probability of distress among the intents."""
        row = (float(np.log(classified + 1e-6)), by_words, by_sentence)
        value = self.bias + sum(w * x for w, x in zip(self.weights, row, strict=True))
        return float(1 / (1 + np.exp(-value)))


def _likeness(cosines: Floats) -> Floats:
    """A radial kernel of vectors of length one."""
    return np.asarray(np.exp(2 * _NARROW * (cosines - 1)), dtype=np.float32)


def weigh(distress: NDArray[np.bool_], idioms: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.where(distress | idioms, IDIOM_WEIGHT, 1.0)


def fit(
    words: Any, embedded: Floats | None, distress: NDArray[np.bool_], idioms: NDArray[np.bool_]
) -> Alarm | None:
    """`words` is examples × features; None where too few examples speak of distress."""
    if distress.sum() < _FEWEST or distress.all():
        return None
    from sklearn.svm import LinearSVC

    weights = weigh(distress, idioms)
    by_words = LinearSVC(C=0.3, tol=0.01, fit_intercept=False, random_state=0).fit(words, distress, weights)
    found = by_words.coef_[0].astype(np.float32)
    if embedded is None:
        return Alarm(found, np.zeros((0, 0), dtype=np.float32), np.zeros(0, dtype=np.float32))
    return Alarm(found, *_by_landmarks(embedded, distress, idioms))


def _by_landmarks(
    embedded: Floats, distress: NDArray[np.bool_], idioms: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """A logistic regression in the space that likeness to the landmarks spans (Nyström's approximation).

    The landmarks are examples of distress and of what sounds like it; of ordinary ones every second is read.
    """
    from sklearn.linear_model import LogisticRegression

    close = np.flatnonzero(distress | idioms)
    drawn = np.random.default_rng(0).permutation(close)[:_LANDMARKS]
    landmarks = embedded[np.sort(drawn)]
    vectors, lengths, _ = np.linalg.svd(_likeness(landmarks @ landmarks.T) + _RIDGE * np.eye(len(landmarks)))
    spanned = (vectors / np.sqrt(lengths)).astype(np.float32)
    rows = np.flatnonzero(distress | idioms | (np.arange(len(distress)) % 2 == 0))
    features = _likeness(embedded[rows] @ landmarks.T) @ spanned
    machine = LogisticRegression(C=10.0, max_iter=200, tol=1e-3, fit_intercept=False)
    machine.fit(features, distress[rows], weigh(distress, idioms)[rows])
    return landmarks, (spanned @ machine.coef_[0]).astype(np.float32)


def combine(
    rows: Sequence[tuple[float, float, float]], distress: NDArray[np.bool_], idioms: NDArray[np.bool_]
) -> tuple[tuple[float, float, float], float]:
    """Weights and bias from probabilities and margins of examples that were not trained on.

    Only the sum's scale and place are fitted: a machine without a third of the examples is weaker than the whole
    one, and the parts lose unequally.
    """
    from sklearn.linear_model import LogisticRegression

    told = np.array(
        [(np.log(classified + 1e-6), by_words, by_sentence) for classified, by_words, by_sentence in rows]
    )
    machine = LogisticRegression(C=1.0, max_iter=300)
    machine.fit(told @ np.array(_SHARES)[:, None], distress, np.where(idioms, IDIOM_WEIGHT, 1.0))
    scale = float(machine.coef_[0][0])
    return (scale * _SHARES[0], scale * _SHARES[1], scale * _SHARES[2]), float(machine.intercept_[0])
