"""The intent classifier: linear machines over TF-IDF and over sentence embeddings, near examples, and a gate."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.dialogue.understanding.alarm import Alarm
from bot.dialogue.understanding.encoder import Encoder
from bot.dialogue.understanding.gate import Evidence, Gate
from bot.dialogue.understanding.sparse import Floats, Integers, Postings, Vector, Vocabulary
from bot.dialogue.understanding.vocabulary import DISTRESS, OUT_OF_SCOPE

# What the two machines' log probabilities and the cosine to the nearest example weigh in the sum.
WORDS, SENTENCES, NEAREST = 0.5, 0.3, 8.0
_NEAREST_OF = 6  # intents whose examples are looked at
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Machine:
    """`weights` is features × intents."""

    weights: Floats
    bias: Floats
    temperature: float

    def probabilities(self, margins: Floats) -> Floats:
        return softmax((margins + self.bias) * self.temperature)


@dataclass(frozen=True, slots=True)
class Said:
    """What the parts say of one text, before it is made a probability.

    `logits` by intent; `near` the cosine to the nearest example by intent, of those looked at; `alarm` a margin.
    """

    logits: Floats
    near: dict[int, float]
    outside: float
    agree: bool
    alarm: float


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
    sentences: Machine | None = None  # None: trained without embeddings
    vectors: Floats | None = None  # examples × SIZE
    encoder: Encoder | None = None

    def guess(self, texts: Sequence[str]) -> list[Guess]:
        """What each text may mean; many at once are cheaper than one by one."""
        embedded = self.encoder.encode(texts) if self.encoder and self.sentences else None
        vectors = [self.vocabulary.vector(text) for text in texts]
        return [self.judged(said) for said in self.said(vectors, embedded)]

    def said(self, vectors: Sequence[Vector], embedded: Floats | None) -> list[Said]:
        """Of texts given as features and embeddings."""
        if embedded is None or self.sentences is None:
            return [self._said(vector, None, None) for vector in vectors]
        by_sentence = self.sentences.probabilities(embedded @ self.sentences.weights)
        return [self._said(*row) for row in zip(vectors, by_sentence, embedded, strict=True)]

    def _said(self, vector: Vector, by_sentence: Floats | None, embedded: Floats | None) -> Said:
        index, values = vector
        by_words = self.words.probabilities(np.asarray(values @ self.words.weights[index], dtype=np.float32))
        logits = WORDS * np.log(by_words + _LEAST)
        logits += SENTENCES * np.log((by_words if by_sentence is None else by_sentence) + _LEAST)
        near = self._near(vector, embedded, np.argsort(-logits)[:_NEAREST_OF].tolist())
        cosines = np.full(len(logits), min(near.values()), dtype=np.float32)
        cosines[list(near)] = list(near.values())
        agree = by_sentence is None or bool(by_words.argmax() == by_sentence.argmax())
        alarm = self.alarm.margin(index, values) if self.alarm else 0.0
        return Said(logits + NEAREST * cosines, near, self._outside(near, vector, embedded), agree, alarm)

    def _outside(self, near: dict[int, float], vector: Vector, embedded: Floats | None) -> float:
        """The cosine to the nearest example out of scope."""
        if OUT_OF_SCOPE not in self.labels:
            return 0.0
        place = self.labels.index(OUT_OF_SCOPE)
        return near[place] if place in near else self._near(vector, embedded, [place])[place]

    def judged(self, said: Said) -> Guess:
        probabilities = softmax(said.logits * self.temperature)
        order = np.argsort(-probabilities)
        first, second = float(probabilities[order[0]]), float(probabilities[order[1]]) if len(order) > 1 else 0.0
        top = int(order[0])
        others = max((value for i, value in said.near.items() if i != top), default=0.0)
        outside = float(probabilities[self.labels.index(OUT_OF_SCOPE)]) if OUT_OF_SCOPE in self.labels else 0.0
        evidence = Evidence(first, second, said.near.get(top, 0.0), others, said.agree, outside, said.outside)
        return Guess(probabilities, evidence, self._distress(probabilities, said))

    def _distress(self, probabilities: Floats, said: Said) -> float:
        if DISTRESS not in self.labels:
            return 0.0
        classified = float(probabilities[self.labels.index(DISTRESS)])
        return self.alarm.probability(classified, said.alarm) if self.alarm else classified

    def _near(self, vector: Vector, embedded: Floats | None, intents: Sequence[int]) -> dict[int, float]:
        """The cosine to the nearest example of each of the intents."""
        slices = {i: slice(int(self.edges[i]), int(self.edges[i + 1])) for i in intents}
        if embedded is not None and self.vectors is not None:
            return {i: float((self.vectors[part] @ embedded).max(initial=0.0)) for i, part in slices.items()}
        cosines = self.postings.similarities(vector, len(self.examples))
        return {i: float(cosines[part].max(initial=0.0)) for i, part in slices.items()}

    def similarities(self, text: str) -> Floats:
        """The cosine of the text to each example."""
        if self.encoder is not None and self.vectors is not None:
            return np.asarray(self.vectors @ self.encoder.encode([text])[0], dtype=np.float32)
        return self.postings.similarities(self.vocabulary.vector(text), len(self.examples))


def softmax(scores: NDArray[np.floating]) -> Floats:
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float32)
