"""The same examples make the same model, though two threads fit its machines."""

import numpy as np

from bot.dialogue.understanding import corpus, training
from tests.dialogue.understanding.conftest import NLU


def test_two_trainings_make_one_model() -> None:
    english = [example for example in corpus.read(NLU) if example.locale == "en" and example.batch in {"a", "b"}]
    one, other = (training.train(english[::3], None) for _ in range(2))
    assert np.array_equal(one.words.weights, other.words.weights)
    assert (one.temperature, one.gate) == (other.temperature, other.gate)
