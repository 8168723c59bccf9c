"""The intent classifier: machines over TF-IDF and over sentence embeddings, near examples, and a gate."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.dialogue.understanding.alarm import Alarm
from bot.dialogue.understanding.encoder import Encoder
from bot.dialogue.understanding.gate import Evidence, Gate
from bot.dialogue.understanding.neighbours import Neighbours
from bot.dialogue.understanding.sparse import Floats, Integers, Postings, Vector, Vocabulary
from bot.dialogue.understanding.vocabulary import DISTRESS, OUT_OF_SCOPE

# What the two machines' log probabilities and the cosine to the nearest example weigh in the sum.
WORDS, SENTENCES, NEAREST = 0.5, 0.3, 8.0
_NEAREST_OF = 6  # intents whose examples are looked at
_LEAST = 1e-6
Places = NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Machine:
    """`weights` is features × intents."""

    weights: Floats
    bias: Floats
    temperature: float

    def probabilities(self, margins: Floats) -> Floats:
        return softmax((margins + self.bias) * self.temperature)


@dataclass(frozen=True, slots=True)
class Layer:
    """What embeddings go through before they are weighed: `weights` is embedding × units."""

    weights: Floats
    bias: Floats

    def units(self, embedded: Floats) -> Floats:
        return np.asarray(np.maximum(embedded @ self.weights + self.bias, 0), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Said:
    """What the parts say of one text, before it is made a probability.

    `logits` by intent; `near` the cosine to the nearest example by intent, of those looked at.
    """

    logits: Floats
    near: dict[int, float]
    outside: float
    agree: bool


@dataclass(frozen=True, slots=True)
class Guess:
    """Probabilities by intent, what speaks for the first of them, and how likely it is distress."""

    probabilities: Floats
    evidence: Evidence
    distress: float


@dataclass(frozen=True, slots=True)
class Model:
    """The examples stand in the order of their intents: those of intent i are `edges[i]` to `edges[i + 1]`."""

    labels: tuple[str, ...]
    vocabulary: Vocabulary
    words: Machine
    postings: Postings
    examples: tuple[tuple[str, str], ...]  # text, intent
    edges: Integers
    gate: Gate
    temperature: float = 1.0
    alarm: Alarm | None = None
    layer: Layer | None = None  # None: trained without embeddings
    sentences: Machine | None = None
    neighbours: Neighbours | None = None  # the examples' embeddings
    encoder: Encoder | None = None

    def guess(self, texts: Sequence[str]) -> list[Guess]:
        """What each text may mean; many at once are cheaper than one by one."""
        embedded = self.encoder.encode(texts) if self.encoder and self.sentences else None
        vectors = [self.vocabulary.vector(text) for text in texts]
        return [self.judged(said) for said in self.said(vectors, embedded)]

    def said(self, vectors: Sequence[Vector], embedded: Floats | None) -> list[Said]:
        """Of texts given as features and embeddings."""
        if not vectors:
            return []
        margins = [values @ self.words.weights[index] for index, values in vectors]
        by_words = self.words.probabilities(np.array(margins, dtype=np.float32))
        by_sentence = by_words
        if embedded is not None and self.layer is not None and self.sentences is not None:
            by_sentence = self.sentences.probabilities(self.layer.units(embedded) @ self.sentences.weights)
        logits = WORDS * np.log(by_words + _LEAST)
        logits += SENTENCES * np.log(by_sentence + _LEAST)
        likeliest = np.argsort(-logits, axis=1)[:, :_NEAREST_OF]
        cosines = self._near(vectors, embedded, likeliest)
        near = np.take_along_axis(cosines, likeliest, axis=1)
        spread = np.repeat(near.min(axis=1, keepdims=True), len(self.labels), axis=1)
        np.put_along_axis(spread, likeliest, near, axis=1)
        logits += NEAREST * spread
        outside = cosines[:, self._outside].tolist() if self._outside is not None else [0.0] * len(vectors)
        agree = (by_words.argmax(1) == by_sentence.argmax(1)).tolist()
        looked_at = [dict(zip(*pair, strict=True)) for pair in zip(likeliest.tolist(), near.tolist(), strict=True)]
        return [Said(*row) for row in zip(logits, looked_at, outside, agree, strict=True)]

    @property
    def _outside(self) -> int | None:
        """The place of what is out of scope."""
        return self.labels.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in self.labels else None

    def judged(self, said: Said) -> Guess:
        probabilities = softmax(said.logits * self.temperature)
        order = np.argsort(-probabilities)
        first, second = float(probabilities[order[0]]), float(probabilities[order[1]]) if len(order) > 1 else 0.0
        top = int(order[0])
        others = max((value for i, value in said.near.items() if i != top), default=0.0)
        outside = float(probabilities[self.labels.index(OUT_OF_SCOPE)]) if OUT_OF_SCOPE in self.labels else 0.0
        evidence = Evidence(first, second, said.near.get(top, 0.0), others, said.agree, outside, said.outside)
        return Guess(probabilities, evidence, self._distress(probabilities))

    def _distress(self, probabilities: Floats) -> float:
        if DISTRESS not in self.labels:
            return 0.0
        classified = float(probabilities[self.labels.index(DISTRESS)])
        return self.alarm.probability(classified) if self.alarm else classified

    def _near(self, vectors: Sequence[Vector], embedded: Floats | None, likeliest: Places) -> Floats:
        """Texts × intents: the cosine to the nearest example of the likeliest, and of what is out of scope."""
        wanted = np.zeros((len(vectors), len(self.labels)), dtype=bool)
        np.put_along_axis(wanted, likeliest, True, axis=1)
        if self._outside is not None:
            wanted[:, self._outside] = True
        if embedded is not None and self.neighbours is not None:
            return self.neighbours.largest(embedded, wanted, self.edges)
        cosines = [self.postings.similarities(vector, len(self.examples)) for vector in vectors]
        return np.array([self._largest(row) for row in cosines]) * wanted

    def _largest(self, cosines: Floats) -> Floats:
        """By intent, of the cosine to each example."""
        parts = zip(self.edges.tolist(), self.edges[1:].tolist(), strict=False)
        return np.array([cosines[begin:end].max(initial=0.0) for begin, end in parts], dtype=np.float32)

    def similarities(self, text: str) -> Floats:
        """The cosine of the text to each example."""
        if self.encoder is not None and self.neighbours is not None:
            return self.neighbours.cosines(self.encoder.encode([text]))[:, 0]
        return self.postings.similarities(self.vocabulary.vector(text), len(self.examples))


def softmax(scores: NDArray[np.floating]) -> Floats:
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float32)
