"""The layer of units learns what no weighing of the embeddings alone could tell, and the same twice."""

import numpy as np

from bot.dialogue.understanding import perceptron
from bot.dialogue.understanding.perceptron import Perceptron

_COUNT, _SIZE = 3000, 6


def corners(seed: int) -> tuple[perceptron.Floats, perceptron.Integers]:
    """The class depends on whether the first two coordinates have one sign; they differ in size and middle."""
    chance = np.random.default_rng(seed)
    rows = chance.choice((-1.0, 1.0), (_COUNT, _SIZE)) + chance.normal(scale=0.3, size=(_COUNT, _SIZE))
    classes = (rows[:, 0] * rows[:, 1] > 0).astype(np.int64)
    return np.asarray(rows * np.linspace(0.1, 3, _SIZE) + 2, dtype=np.float32), classes


def told(made: Perceptron, rows: perceptron.Floats) -> perceptron.Integers:
    units = np.maximum(rows @ made.inner + made.inner_bias, 0)
    return np.asarray((units @ made.outer + made.outer_bias).argmax(axis=1))


def test_what_was_not_trained_on_is_told_apart() -> None:
    made = perceptron.fit(*corners(1), 2)
    rows, classes = corners(2)
    assert (told(made, rows) == classes).mean() > 0.9


def test_a_class_without_examples_is_never_told() -> None:
    made = perceptron.fit(*corners(1), 3)
    assert made.outer.shape == (perceptron._UNITS, 3)
    assert set(told(made, corners(2)[0]).tolist()) == {0, 1}


def test_the_same_examples_make_the_same_weights() -> None:
    one, other = (perceptron.fit(*corners(1), 2) for _ in range(2))
    assert np.array_equal(one.inner, other.inner)
    assert np.array_equal(one.outer, other.outer)
    assert one.inner.dtype == one.outer_bias.dtype == np.float32
