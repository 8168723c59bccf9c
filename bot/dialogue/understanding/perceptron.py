"""A layer of units between embeddings and intents, trained by Adam.

Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2015), section 2; weights begin as in Glorot and
Bengio, "Understanding the difficulty of training deep feedforward neural networks" (2010).

scikit-learn's MLPClassifier, with the same rates and rounds, was right as often and slower: 11.2 and 11.6 CPU
seconds against 7.8 and 9.3 for the four fits of a training on 34,200 examples, which is to end within 30.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Integers = NDArray[np.integer]
_UNITS, _ROUNDS = 256, 8  # more of either did not help on batches left out
_STEPS, _FEWEST_AT_ONCE, _MOST_AT_ONCE = 56, 16, 512  # a round; examples a step, fewer where examples are few
_RATE, _DECAY = 2e-3, 1.0  # of a step; of the weights' squares, to be divided by the examples of a step
_FIRST_MOMENT, _SECOND_MOMENT, _LEAST = 0.9, 0.999, 1e-8
_LEAST_SPREAD = 1e-3


@dataclass(frozen=True, slots=True)
class Perceptron:
    """`inner` is embedding × units, `outer` units × classes; a unit gives what is positive of its sum."""

    inner: Floats
    inner_bias: Floats
    outer: Floats
    outer_bias: Floats


def fit(embedded: Floats, classes: Integers, many: int) -> Perceptron:
    """Of examples × embedding and the class of each, of so `many`; the same examples give the same weights."""
    middle, spread = embedded.mean(axis=0), embedded.std(axis=0) + _LEAST_SPREAD
    rows = (embedded - middle) / spread
    chance = np.random.default_rng(0)
    weights = [*_drawn(rows.shape[1], _UNITS, chance), *_drawn(_UNITS, many, chance)]
    at_once = min(len(rows), max(_FEWEST_AT_ONCE, min(_MOST_AT_ONCE, len(rows) // _STEPS)))
    adam = _Adam(weights)
    for _ in range(_ROUNDS):
        order = chance.permutation(len(rows))
        for begin in range(0, len(rows), at_once):
            step = order[begin : begin + at_once]
            adam.step(_slopes(weights, rows[step], classes[step]))
    inner = weights[0] / spread[:, np.newaxis]  # so that embeddings need not be standardised
    return Perceptron(inner, weights[1] - middle @ inner, weights[2], weights[3])


def _drawn(inputs: int, outputs: int, chance: np.random.Generator) -> tuple[Floats, Floats]:
    bound = np.sqrt(6 / (inputs + outputs))
    return (
        chance.uniform(-bound, bound, (inputs, outputs)).astype(np.float32),
        chance.uniform(-bound, bound, outputs).astype(np.float32),
    )


def _slopes(weights: list[Floats], rows: Floats, classes: Integers) -> list[Floats]:
    """Of the cross entropy and the decay by each weight, on average over the rows."""
    inner, inner_bias, outer, outer_bias = weights
    units = rows @ inner
    units += inner_bias
    np.maximum(units, 0, out=units)
    wrong = units @ outer
    wrong += outer_bias
    wrong -= wrong.max(axis=1, keepdims=True)
    np.exp(wrong, out=wrong)
    wrong /= wrong.sum(axis=1, keepdims=True)
    wrong[np.arange(len(rows)), classes] -= 1
    wrong /= len(rows)
    behind = wrong @ outer.T
    behind *= units > 0
    decay = np.float32(_DECAY / len(rows))
    return [rows.T @ behind + decay * inner, behind.sum(axis=0), units.T @ wrong + decay * outer, wrong.sum(axis=0)]


class _Adam:
    """Changes weights in place."""

    def __init__(self, weights: list[Floats]) -> None:
        self._weights, self._steps = weights, 0
        self._means = [np.zeros_like(one) for one in weights]
        self._squares = [np.zeros_like(one) for one in weights]

    def step(self, slopes: list[Floats]) -> None:
        self._steps += 1
        unbiased = np.sqrt(1 - _SECOND_MOMENT**self._steps) / (1 - _FIRST_MOMENT**self._steps)
        for one in zip(self._weights, self._means, self._squares, slopes, strict=True):
            _move(*one, np.float32(_RATE * unbiased))


def _move(weights: Floats, mean: Floats, square: Floats, slope: Floats, rate: np.float32) -> None:
    """Weights, and the moving averages of the slope and of its square, in place."""
    mean *= _FIRST_MOMENT
    mean += (1 - _FIRST_MOMENT) * slope
    square *= _SECOND_MOMENT
    square += (1 - _SECOND_MOMENT) * slope * slope
    weights -= rate * mean / (np.sqrt(square) + _LEAST)
