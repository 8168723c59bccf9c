"""Reads a collector's words beside the rules: which sentence may read as pressure, as examples have taught it."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.desk.wording_pieces import pieces
from bot.desk.wording_text import fold, sentences

FILE = Path(__file__).with_name("second_reader.npz")
PROBE = "please pay what you can. 请先还能还的。"  # tells whether the encoder is still the one that was learnt with
_SAME = 0.02  # how far a part of the probe may lie from where it lay then
_MOST = 40  # sentences of one text that the encoder reads; more are no answer to anybody
_REMEMBERED = 4096  # sentences whose score is kept: while somebody types, all but one were read before
log = logging.getLogger(__name__)
Floats = NDArray[np.float32]


class Encoder(Protocol):
    """Makes sentences into vectors; like meanings lie near each other, in any language."""

    version: str

    def encode(self, texts: Sequence[str]) -> Floats:
        """Texts × dimensions, each of length one."""
        ...


@dataclass(frozen=True, slots=True)
class ByPieces:
    """A score by pieces of words, above 0 where it may be pressure."""

    weights: Floats  # by the places of `pieces`
    bias: float

    def score(self, folded: str) -> float:
        places, values = pieces(folded)
        return float(self.weights[places] @ values) + self.bias


@dataclass(frozen=True, slots=True)
class Near:
    """What the examples add to a score, each the more the nearer a sentence's vector lies to its own."""

    mean: Floats  # dimensions of the encoder
    axes: Floats  # dimensions × axes, along which the examples differ most
    examples: Floats  # examples × axes
    pulls: Floats  # of each example: up for pressure, down for fair words
    narrow: float  # how fast a pull fades with the distance

    def scores(self, vectors: Floats) -> Floats:
        return self.nearness(vectors) @ self.pulls

    def nearness(self, vectors: Floats) -> Floats:
        """Vectors × examples: 1 where they are the same, towards 0 with the distance."""
        places = (vectors - self.mean) @ self.axes
        squares = (places**2).sum(1)[:, None] + (self.examples**2).sum(1)[None, :]
        return np.asarray(np.exp(-self.narrow * (squares - 2 * places @ self.examples.T)), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Learnt:
    """What examples of this digest have taught: for words alone, and for words and meaning together."""

    digest: str
    alone: ByPieces
    joined: ByPieces
    near: Near
    probe: Floats  # PROBE as the encoder read it then


class SecondReader:
    """Scores sentences by what was learnt; without the encoder that it was learnt with, by words alone."""

    def __init__(self, learnt: Learnt, encoder: Encoder | None = None) -> None:
        self._learnt = learnt
        self._encoder = encoder if encoder and _as_before(learnt, encoder) else None
        self._known: OrderedDict[int, float] = OrderedDict()  # by hash: nothing of a draft is kept
        self._lock = threading.Lock()

    def hears(self, text: str) -> tuple[int, int] | None:
        """Where the sentence stands that reads most like pressure, if any does."""
        folded = fold(text)
        spans = [span for span in sentences(folded.text) if _has_words(folded.text[slice(*span)])]
        scores = self.scores([folded.text[slice(*span)].strip() for span in spans])
        score, span = max(zip(scores, spans, strict=True), default=(0.0, (0, 0)))
        return folded.written(*span) if score > 0 else None

    def scores(self, folded: Sequence[str]) -> list[float]:
        """How far above 0 each sentence reads as pressure, or below it as fair."""
        known = {text: self._recalled(text) for text in folded}
        new = [text for text, score in known.items() if score is None]
        read = dict(zip(new, self._read(new), strict=True))
        self._remember(read)
        return [read[text] if score is None else score for text in folded for score in (known[text],)]

    def _read(self, folded: Sequence[str]) -> Iterator[float]:
        learnt, near = self._learnt, folded[:_MOST] if self._encoder else ()
        if self._encoder and near:
            pulls = learnt.near.scores(self._encoder.encode(near))
            yield from (learnt.joined.score(text) + float(p) for text, p in zip(near, pulls, strict=True))
        yield from (learnt.alone.score(text) for text in folded[len(near) :])

    def _recalled(self, text: str) -> float | None:
        with self._lock:
            return self._known.get(hash(text))

    def _remember(self, read: dict[str, float]) -> None:
        with self._lock:
            self._known.update((hash(text), score) for text, score in read.items())
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)


def _has_words(text: str) -> bool:
    return any(character.isalpha() for character in text)


def _as_before(learnt: Learnt, encoder: Encoder) -> bool:
    probe = encoder.encode([PROBE])[0]
    same = probe.shape == learnt.probe.shape and bool(np.abs(probe - learnt.probe).max() < _SAME)
    if not same:
        log.warning("the second reader was learnt with another encoder than %s; it goes by words", encoder.version)
    return same


@cache
def shipped() -> Learnt:
    """What the examples of the house have taught."""
    return load(FILE)


def load(file: Path) -> Learnt:
    with np.load(file, allow_pickle=False) as kept:
        arrays = {name: kept[name].astype(np.float32) for name in kept.files if name != "digest"}
        told = str(kept["digest"])
    return Learnt(
        digest=told,
        alone=ByPieces(arrays["alone"], float(arrays["alone_bias"])),
        joined=ByPieces(arrays["joined"], float(arrays["joined_bias"])),
        near=Near(
            mean=arrays["mean"],
            axes=arrays["axes"],
            examples=arrays["examples"] * arrays["step"],
            pulls=arrays["pulls"],
            narrow=float(arrays["narrow"]),
        ),
        probe=arrays["probe"],
    )
