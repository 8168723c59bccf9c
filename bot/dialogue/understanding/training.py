"""Makes a model of examples; temperatures and bounds come from batches that were left out of the fit."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from bot.dialogue.understanding import alarm, gate, perceptron, sparse
from bot.dialogue.understanding.corpus import Example
from bot.dialogue.understanding.encoder import Encoder
from bot.dialogue.understanding.gate import Gate
from bot.dialogue.understanding.model import Layer, Machine, Model, Said, softmax
from bot.dialogue.understanding.neighbours import Neighbours
from bot.dialogue.understanding.sparse import Counted, Floats, Postings, Vocabulary
from bot.dialogue.understanding.vocabulary import DISTRESS

_FOLDS = 3
_JUDGED = 9000  # examples that temperatures and bounds are read from; more would not move them
_FEWEST = 100  # examples below which nothing can be calibrated
_WITH_WORDS = 4  # one text in so many is embedded by the thread for words, which has less to do
_WORDS_TEMPERATURE, _SENTENCES_TEMPERATURE = 4.0, 1.0
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Ordered:
    """Examples in the order of their intents."""

    examples: list[Example]
    labels: tuple[str, ...]
    targets: Integers

    @classmethod
    def of(cls, examples: Sequence[Example]) -> Self:
        ordered = sorted(examples, key=lambda example: example.intent)
        labels = sorted({example.intent for example in ordered})
        places = {label: i for i, label in enumerate(labels)}
        return cls(ordered, tuple(labels), np.array([places[example.intent] for example in ordered]))

    @property
    def texts(self) -> list[str]:
        return [example.text for example in self.examples]

    @property
    def distress(self) -> NDArray[np.bool_]:
        return np.array([example.intent == DISTRESS for example in self.examples])

    @property
    def idioms(self) -> NDArray[np.bool_]:
        return np.array([example.idiom for example in self.examples])


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read of all examples, and does not depend on which of them are trained on."""

    of: _Ordered
    counted: Counted
    embedded: Floats | None
    neighbours: Neighbours | None


def train(examples: Sequence[Example], encoder: Encoder | None) -> Model:
    """Calibrated on a second reading of its own kind: what a third of the batches says of the other two."""
    import sklearn.svm  # noqa: F401 - with a BLAS of its own, which is limited only if it is there already

    with threadpool_limits(1, "blas"):  # its threads would wait for each other at products this small
        return _train(_Ordered.of(examples), encoder)


def _train(ordered: _Ordered, encoder: Encoder | None) -> Model:
    """All machines over words in one thread: liblinear has but one row of random numbers for the process."""
    folds, texts = _folds(ordered.examples), ordered.texts
    parts = [np.arange(len(texts)), *_without_each(folds, ordered.targets)]
    with ThreadPoolExecutor(1) as for_words, ThreadPoolExecutor(1) as for_embeddings:
        embedded = _embedded(texts, encoder, for_words, for_embeddings)
        counted = for_words.submit(sparse.counted, texts)
        words = [for_words.submit(_by_words, ordered, counted, rows) for rows in parts]
        sentences = [for_embeddings.submit(_by_sentence, ordered, embedded, rows) for rows in parts]
        vectors = embedded.result()
        read = _Read(ordered, counted.result(), vectors, None if vectors is None else Neighbours.of(vectors))
        fitted = zip(parts, words, sentences, strict=True)
        whole, *others = [_model(read, rows, one.result(), two.result(), encoder) for rows, one, two in fitted]
    kept = [_kept(read, folds, fold, model) for fold, model in enumerate(others)]
    return _calibrated(whole, read, kept) if kept else whole


def _embedded(
    texts: list[str], encoder: Encoder | None, for_words: Executor, for_embeddings: Executor
) -> Future[Floats | None]:
    """Both threads embed a share; what comes after waits only for what it needs."""
    if encoder is None:
        return for_embeddings.submit(lambda: None)
    few = len(texts) // _WITH_WORDS
    shares = [for_words.submit(encoder.encode, texts[:few]), for_embeddings.submit(encoder.encode, texts[few:])]
    return for_embeddings.submit(lambda: np.vstack([share.result() for share in shares]))


def _without_each(folds: Integers, targets: Integers) -> list[Integers]:
    """For each fold the rows of the others; nothing where they are too few to calibrate with."""
    others = [np.flatnonzero(folds != fold) for fold in sorted(set(folds.tolist()))]
    enough = len(targets) >= _FEWEST and all(len(set(targets[rows].tolist())) > 1 for rows in others)
    return others if enough else []


def _model(
    read: _Read,
    rows: Integers,
    words: "_Words",
    sentences: tuple[Layer, Machine] | None,
    encoder: Encoder | None,
) -> Model:
    layer, machine = sentences or (None, None)
    examples = [read.of.examples[i] for i in rows.tolist()]
    return Model(
        labels=read.of.labels,
        vocabulary=words.vocabulary,
        words=words.machine,
        postings=words.postings,
        examples=tuple((example.text, example.intent) for example in examples),
        edges=np.searchsorted(read.of.targets[rows], np.arange(len(read.of.labels) + 1)).astype(np.int32),
        gate=Gate(),
        layer=layer,
        sentences=machine,
        neighbours=read.neighbours.only(rows) if read.neighbours else None,
        encoder=encoder,
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """What is made of the words of some of the examples."""

    vocabulary: Vocabulary
    machine: Machine
    postings: Postings


def _by_words(ordered: _Ordered, counting: Future[Counted], rows: Integers) -> _Words:
    from sklearn.svm import LinearSVC

    counted = counting.result()
    vocabulary, columns = counted.vocabulary(rows)
    matrix = counted.weighed(rows, columns, vocabulary.idf)
    machine = LinearSVC(C=2.0, class_weight="balanced", dual=True, tol=1.0, max_iter=3000, random_state=0)
    machine.fit(matrix, ordered.targets[rows])
    fitted = _of_all(len(ordered.labels), machine.classes_, machine.coef_, machine.intercept_)
    return _Words(vocabulary, fitted, sparse.postings(matrix))


def _of_all(labels: int, fitted: Integers, coefficients: Floats, intercepts: Floats) -> Machine:
    """Weights and biases of those fitted; labels that do not occur get a margin that never wins."""
    weights = np.zeros((coefficients.shape[1], labels), dtype=np.float32)
    bias = np.full(labels, -9, dtype=np.float32)
    if len(fitted) == 2:
        coefficients, intercepts = np.vstack([-coefficients, coefficients]), np.hstack([-intercepts, intercepts])
    weights[:, fitted] = coefficients.T
    bias[fitted] = intercepts
    return Machine(weights, bias, _WORDS_TEMPERATURE)


def _by_sentence(
    ordered: _Ordered, embedding: Future[Floats | None], rows: Integers
) -> tuple[Layer, Machine] | None:
    embedded = embedding.result()
    if embedded is None:
        return None
    made = perceptron.fit(embedded[rows], ordered.targets[rows], len(ordered.labels))
    return Layer(made.inner, made.inner_bias), Machine(made.outer, made.outer_bias, _SENTENCES_TEMPERATURE)


def _folds(examples: Sequence[Example]) -> Integers:
    """Which fold each example is in: whole batches, the largest first into what is smallest; one batch: in turn."""
    sizes = Counter(example.batch for example in examples)
    if len(sizes) < 2:
        return np.arange(len(examples)) % _FOLDS
    filled = [0] * min(_FOLDS, len(sizes))
    fold_of: dict[str, int] = {}
    for name, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        fold_of[name] = filled.index(min(filled))
        filled[fold_of[name]] += size
    return np.array([fold_of[example.batch] for example in examples])


def _calibrated(whole: Model, read: _Read, kept: Sequence["_Kept"]) -> Model:
    """The machines' temperatures first, then that of their sum, since the gate reads probabilities."""
    places = np.concatenate([one.rows for one in kept])
    truths = read.of.targets[places]
    words = _temperature([one.word_margins() for one in kept], truths)
    sentences = 1.0
    if read.embedded is not None:
        sentences = _temperature([one.sentence_margins(read.embedded) for one in kept], truths)
    said = [said for one in kept for said in one.said(read.embedded, words, sentences)]
    sum_of_parts = _temperature([np.array([one.logits for one in said])], truths)
    judge = replace(whole, temperature=sum_of_parts)
    guesses = [judge.judged(one) for one in said]
    named = [read.of.labels[int(guess.probabilities.argmax())] for guess in guesses]
    fitted = gate.fit([guess.evidence for guess in guesses], named, [read.of.labels[i] for i in truths])
    fits = alarm.fit([guess.distress for guess in guesses], read.of.distress[places], read.of.idioms[places])
    return replace(_at(whole, words, sentences), temperature=sum_of_parts, gate=fitted, alarm=fits)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A model, and examples that it was not trained on: which, and their features as it weighs them."""

    model: Model
    rows: Integers
    features: Any

    def word_margins(self) -> Floats:
        return np.asarray(self.features @ self.model.words.weights + self.model.words.bias, dtype=np.float32)

    def sentence_margins(self, embedded: Floats) -> Floats:
        assert self.model.layer is not None
        assert self.model.sentences is not None
        units = self.model.layer.units(embedded[self.rows])
        margins = units @ self.model.sentences.weights + self.model.sentences.bias
        return np.asarray(margins, dtype=np.float32)

    def said(self, embedded: Floats | None, words: float, sentences: float) -> list[Said]:
        vectors = sparse.rows_of(self.features)
        return _at(self.model, words, sentences).said(vectors, None if embedded is None else embedded[self.rows])


def _kept(read: _Read, folds: Integers, fold: int, model: Model) -> _Kept:
    """Of a model that was trained without the fold."""
    rows = np.flatnonzero(folds == fold)[:: 1 + len(folds) // _JUDGED]
    places = read.counted.places
    columns = np.array([places[name] for name in model.vocabulary.places], dtype=np.int32)
    return _Kept(model, rows, read.counted.weighed(rows, columns, model.vocabulary.idf))


def _at(model: Model, words: float, sentences: float) -> Model:
    second = replace(model.sentences, temperature=sentences) if model.sentences else None
    return replace(model, words=replace(model.words, temperature=words), sentences=second)


def _temperature(margins: Sequence[Floats], truths: Integers) -> float:
    """The factor on the margins under which the true intents of unseen batches are likeliest."""
    all_margins = np.vstack(margins)
    factors = np.geomspace(0.2, 8.0, 31)
    losses = [-np.log(softmax(all_margins * f)[range(len(truths)), truths] + 1e-9).mean() for f in factors]
    return float(factors[int(np.argmin(losses))])
