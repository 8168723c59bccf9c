"""The nearest examples that are found without reading all of them are the nearest."""

from itertools import pairwise

import numpy as np
import pytest

from bot.dialogue.understanding.neighbours import Floats, Neighbours

_SIZE = 512
_EDGES = np.array([0, 300, 300, 301, 800, 1200])  # one intent without an example, one with one


def directions(count: int, seed: int) -> Floats:
    """Unit vectors that differ more in some directions than in others, as embeddings do."""
    spread = 1 / np.sqrt(1 + np.arange(_SIZE))
    vectors = np.random.default_rng(seed).normal(size=(count, _SIZE)) * spread
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def plainly(examples: Floats, texts: Floats) -> Floats:
    cosines = texts @ examples.T
    return np.column_stack([cosines[:, begin:end].max(axis=1, initial=0.0) for begin, end in pairwise(_EDGES)])


@pytest.fixture(scope="module")
def examples() -> Floats:
    return directions(int(_EDGES[-1]), 1)


@pytest.fixture(scope="module")
def neighbours(examples: Floats) -> Neighbours:
    return Neighbours.of(examples)


@pytest.mark.parametrize("count", [1, 3, 16, 17, 200])
def test_the_largest_cosine_of_each_intent_is_found(examples: Floats, neighbours: Neighbours, count: int) -> None:
    texts = directions(count, 2)
    wanted = np.random.default_rng(3).random((count, len(_EDGES) - 1)) < 0.7
    found = neighbours.largest(texts, wanted, _EDGES)
    assert np.allclose(found, plainly(examples, texts) * wanted, atol=2e-6)


def test_an_example_is_its_own_nearest(examples: Floats, neighbours: Neighbours) -> None:
    found = neighbours.largest(examples[[10, 1100]], np.ones((2, 5), dtype=bool), _EDGES)
    assert found[0, 0] == pytest.approx(1, abs=1e-5)
    assert found[1, 4] == pytest.approx(1, abs=1e-5)


def test_none_is_below_nought(examples: Floats, neighbours: Neighbours) -> None:
    assert neighbours.largest(-examples[300:301], np.ones((1, 5), dtype=bool), _EDGES)[0, 2] == 0


def test_a_part_of_the_examples_keeps_its_cosines(examples: Floats, neighbours: Neighbours) -> None:
    rows = np.arange(0, 600, 7)
    assert np.allclose(neighbours.only(rows).cosines(examples[:3]), examples[rows] @ examples[:3].T, atol=2e-6)
