"""A message becomes the same vector by itself as among the examples."""

import numpy as np
import pytest

from bot.dialogue.understanding import sparse

_TEXTS = [
    "how much do i owe, and why so much?",
    "我欠多少钱 怎么这么多",
    "pay 500 a month 每月还500",
    "owe owe owe",
]


@pytest.mark.parametrize("row", range(len(_TEXTS)))
def test_alone_and_among_others(row: int) -> None:
    counted, rows = sparse.counted([*_TEXTS, *_TEXTS]), np.arange(2 * len(_TEXTS))
    vocabulary, columns = counted.vocabulary(rows)
    among = counted.weighed(rows, columns, vocabulary.idf)[row].toarray()[0]
    alone = np.zeros_like(among)
    index, values = vocabulary.vector(_TEXTS[row])
    alone[index] = values
    assert np.allclose(alone, among, atol=1e-6)
    assert np.linalg.norm(alone) == pytest.approx(1)


def test_what_no_example_says_is_nothing() -> None:
    vocabulary, _ = sparse.counted(["hello"]).vocabulary(np.arange(1))
    index, values = vocabulary.vector("再见")
    assert len(values) == 0 == len(index)


def test_in_how_many_examples_a_word_stands() -> None:
    texts = ["pay now", "pay later", "pay", "call me"]
    vocabulary, _ = sparse.counted(texts).vocabulary(np.arange(len(texts)))
    assert [vocabulary.examples_with(word) for word in ("pay", "now", "never")] == [3, 1, 0]
