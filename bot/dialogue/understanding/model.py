"""The intent classifier: two linear machines, over TF-IDF features and over sentence embeddings, and a gate."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.dialogue.understanding.encoder import Encoder
from bot.dialogue.understanding.gate import Evidence, Gate
from bot.dialogue.understanding.sparse import Floats, Integers, Postings, Vocabulary

EMBEDDED = 0.6  # the weight of the embeddings' probabilities in the mean with the words'
_NEAREST_OF = 3  # intents whose examples are looked at


@dataclass(frozen=True, slots=True)
class Machine:
    """`weights` is features × intents."""

    weights: Floats
    bias: Floats
    temperature: float

    def probabilities(self, margins: Floats) -> Floats:
        return softmax((margins + self.bias) * self.temperature)


@dataclass(frozen=True, slots=True)
class Guess:
    """Probabilities by intent, and what speaks for the first of them."""

    probabilities: Floats
    evidence: Evidence


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
    sentences: Machine | None = None  # None: trained without embeddings
    vectors: Floats | None = None  # examples × SIZE
    encoder: Encoder | None = None

    def guess(self, texts: Sequence[str]) -> list[Guess]:
        """What each text may mean; many at once are cheaper than one by one."""
        by_words = [self._by_words(text) for text in texts]
        if self.encoder is None or self.sentences is None:
            return [self._guess(text, p, p, None) for text, p in zip(texts, by_words, strict=True)]
        embedded = self.encoder.encode(texts)
        by_sentence = self.sentences.probabilities(embedded @ self.sentences.weights)
        return [self._guess(*row) for row in zip(texts, by_words, by_sentence, embedded, strict=True)]

    def _by_words(self, text: str) -> Floats:
        index, values = self.vocabulary.vector(text)
        return self.words.probabilities(np.asarray(values @ self.words.weights[index], dtype=np.float32))

    def _guess(self, text: str, by_words: Floats, by_sentence: Floats, embedded: Floats | None) -> Guess:
        mean = EMBEDDED * by_sentence + (1 - EMBEDDED) * by_words
        order = np.argsort(-mean)[:_NEAREST_OF]
        near = self._near(text, embedded, order.tolist())
        second = float(mean[order[1]]) if len(order) > 1 else 0.0
        agree = bool(by_words.argmax() == by_sentence.argmax())
        return Guess(mean, Evidence(float(mean[order[0]]), second, near[0], max(near[1:], default=0.0), agree))

    def _near(self, text: str, embedded: Floats | None, intents: Sequence[int]) -> list[float]:
        """The cosine to the nearest example of each of the intents."""
        slices = [slice(int(self.edges[i]), int(self.edges[i + 1])) for i in intents]
        if embedded is not None and self.vectors is not None:
            return [float((self.vectors[part] @ embedded).max(initial=0.0)) for part in slices]
        cosines = self.similarities(text)
        return [float(cosines[part].max(initial=0.0)) for part in slices]

    def similarities(self, text: str) -> Floats:
        """The cosine of the text to each example."""
        if self.encoder is not None and self.vectors is not None:
            return np.asarray(self.vectors @ self.encoder.encode([text])[0], dtype=np.float32)
        return self.postings.similarities(self.vocabulary.vector(text), len(self.examples))


def softmax(scores: NDArray[np.floating]) -> Floats:
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float32)
