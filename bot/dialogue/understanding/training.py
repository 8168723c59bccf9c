"""Makes a model of examples; temperatures and bounds come from batches that were left out of the fit."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from bot.dialogue.understanding import alarm, gate, sparse
from bot.dialogue.understanding.corpus import Example
from bot.dialogue.understanding.encoder import Encoder
from bot.dialogue.understanding.gate import Gate
from bot.dialogue.understanding.model import Layer, Machine, Model, Said, softmax
from bot.dialogue.understanding.neighbours import Neighbours
from bot.dialogue.understanding.sparse import Counted, Floats
from bot.dialogue.understanding.vocabulary import DISTRESS

_FOLDS = 3
_JUDGED = 9000  # examples that temperatures and bounds are read from; more would not move them
_THREADS = 2
_FEWEST = 100  # examples below which nothing can be calibrated
_ONE_LIBLINEAR = Lock()  # it draws from one row of random numbers for the process: two at once would mix them up
_WORDS_TEMPERATURE, _SENTENCES_TEMPERATURE = 4.0, 1.0
_UNITS, _ROUNDS = 256, 8  # of the sentences' machine; more of either did not help on batches left out
_STEPS, _FEWEST_AT_ONCE, _MOST_AT_ONCE = 56, 16, 512  # a round; examples a step, fewer where examples are few
_LEAST_SPREAD = 1e-3
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Prepared:
    """Examples in the order of their intents, with all that does not depend on which of them are trained on."""

    examples: list[Example]
    labels: tuple[str, ...]
    targets: Integers
    counted: Counted
    embedded: Floats | None
    neighbours: Neighbours | None

    @property
    def distress(self) -> NDArray[np.bool_]:
        return np.array([example.intent == DISTRESS for example in self.examples])

    @property
    def idioms(self) -> NDArray[np.bool_]:
        return np.array([example.idiom for example in self.examples])


def train(examples: Sequence[Example], encoder: Encoder | None) -> Model:
    """Calibrated on a second reading of its own kind: what a third of the batches says of the other two."""
    import sklearn.neural_network
    import sklearn.svm  # noqa: F401 - with a BLAS of their own, which is limited only if it is there already

    with threadpool_limits(1, "blas"):  # its threads would wait for each other at products this small
        return _train(examples, encoder)


def _train(examples: Sequence[Example], encoder: Encoder | None) -> Model:
    ordered = sorted(examples, key=lambda example: example.intent)
    labels = tuple(sorted({example.intent for example in ordered}))
    places = {label: i for i, label in enumerate(labels)}
    targets = np.array([places[example.intent] for example in ordered])
    texts = [example.text for example in ordered]
    folds = _folds(ordered)
    with ThreadPoolExecutor(_THREADS) as pool:  # the solvers and the encoder let go of the interpreter
        embedded = _embedded(texts, encoder, pool) if encoder else None
        neighbours = None if embedded is None else Neighbours.of(embedded)
        prepared = _Prepared(ordered, labels, targets, sparse.counted(texts), embedded, neighbours)
        whole = pool.submit(_fit, prepared, np.arange(len(ordered)), encoder)
        if len(ordered) < _FEWEST or any(len(set(targets[folds != fold])) < 2 for fold in set(folds)):
            return whole.result()
        kept = [pool.submit(_kept, prepared, folds, fold, encoder) for fold in sorted(set(folds.tolist()))]
        return _calibrated(whole.result(), prepared, [one.result() for one in kept])


def _embedded(texts: Sequence[str], encoder: Encoder, pool: ThreadPoolExecutor) -> Floats:
    half = (len(texts) + 1) // 2
    return np.vstack([part for part in pool.map(encoder.encode, (texts[:half], texts[half:])) if len(part)])


def _fit(prepared: _Prepared, rows: Integers, encoder: Encoder | None) -> Model:
    examples = [prepared.examples[i] for i in rows.tolist()]
    targets = prepared.targets[rows]
    vocabulary, columns = prepared.counted.vocabulary(rows)
    matrix, count = prepared.counted.weighed(rows, columns, vocabulary.idf), len(prepared.labels)
    with _ONE_LIBLINEAR:
        words = _machine(_words_machine, matrix, targets, count, _WORDS_TEMPERATURE)
    embedded = prepared.embedded[rows] if prepared.embedded is not None else None
    layer, sentences = (None, None) if embedded is None else _network(embedded, targets, count)
    return Model(
        labels=prepared.labels,
        vocabulary=vocabulary,
        words=words,
        postings=sparse.postings(matrix),
        examples=tuple((example.text, example.intent) for example in examples),
        edges=np.searchsorted(targets, np.arange(count + 1)).astype(np.int32),
        gate=Gate(),
        layer=layer,
        sentences=sentences,
        neighbours=prepared.neighbours.only(rows) if prepared.neighbours else None,
        encoder=encoder,
    )


def _words_machine() -> Any:
    from sklearn.svm import LinearSVC

    return LinearSVC(C=2.0, class_weight="balanced", dual=True, tol=0.2, max_iter=3000, random_state=0)


def _network(embedded: Floats, targets: Integers, labels: int) -> tuple[Layer, Machine]:
    """A layer of units between embeddings and intents; the standardising of embeddings goes into its weights."""
    from sklearn.neural_network import MLPClassifier

    middle, spread = embedded.mean(axis=0), embedded.std(axis=0) + _LEAST_SPREAD
    at_once = min(len(targets), max(_FEWEST_AT_ONCE, min(_MOST_AT_ONCE, len(targets) // _STEPS)))
    network = MLPClassifier((_UNITS,), alpha=1.0, batch_size=at_once, learning_rate_init=2e-3, random_state=0)
    for _ in range(_ROUNDS):  # by rounds, since `fit` warns where it is stopped before it has converged
        network.partial_fit((embedded - middle) / spread, targets, classes=np.unique(targets))
    first, second = network.coefs_
    weights = np.asarray(first / spread[:, np.newaxis], dtype=np.float32)
    bias = np.asarray(network.intercepts_[0] - middle @ weights, dtype=np.float32)
    told = _of_all(labels, network.classes_, second.T, network.intercepts_[1])
    return Layer(weights, bias), replace(told, temperature=_SENTENCES_TEMPERATURE)


def _machine(make: Callable[[], Any], matrix: Any, targets: Integers, labels: int, temperature: float) -> Machine:
    machine = make().fit(matrix, targets)
    return replace(_of_all(labels, machine.classes_, machine.coef_, machine.intercept_), temperature=temperature)


def _of_all(labels: int, fitted: Integers, coefficients: Floats, intercepts: Floats) -> Machine:
    """Weights and biases of those fitted; labels that do not occur get a margin that never wins."""
    weights = np.zeros((coefficients.shape[1], labels), dtype=np.float32)
    bias = np.full(labels, -9, dtype=np.float32)
    if len(fitted) == 2:
        coefficients, intercepts = np.vstack([-coefficients, coefficients]), np.hstack([-intercepts, intercepts])
    weights[:, fitted] = coefficients.T
    bias[fitted] = intercepts
    return Machine(weights, bias, 1.0)


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


def _calibrated(whole: Model, prepared: _Prepared, kept: Sequence["_Kept"]) -> Model:
    """The machines' temperatures first, then that of their sum, since the gate reads probabilities."""
    places = np.concatenate([one.rows for one in kept])
    truths = prepared.targets[places]
    words = _temperature([one.word_margins() for one in kept], truths)
    sentences = 1.0
    if prepared.embedded is not None:
        sentences = _temperature([one.sentence_margins(prepared.embedded) for one in kept], truths)
    said = [said for one in kept for said in one.said(prepared.embedded, words, sentences)]
    sum_of_parts = _temperature([np.array([one.logits for one in said])], truths)
    judge = replace(whole, temperature=sum_of_parts)
    guesses = [judge.judged(one) for one in said]
    named = [prepared.labels[int(guess.probabilities.argmax())] for guess in guesses]
    fitted = gate.fit([guess.evidence for guess in guesses], named, [prepared.labels[i] for i in truths])
    fits = alarm.fit([guess.distress for guess in guesses], prepared.distress[places], prepared.idioms[places])
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


def _kept(prepared: _Prepared, folds: Integers, fold: int, encoder: Encoder | None) -> _Kept:
    model = _fit(prepared, np.flatnonzero(folds != fold), encoder)
    rows = np.flatnonzero(folds == fold)[:: 1 + len(folds) // _JUDGED]
    places = prepared.counted.places
    columns = np.array([places[name] for name in model.vocabulary.places], dtype=np.int32)
    return _Kept(model, rows, prepared.counted.weighed(rows, columns, model.vocabulary.idf))


def _at(model: Model, words: float, sentences: float) -> Model:
    second = replace(model.sentences, temperature=sentences) if model.sentences else None
    return replace(model, words=replace(model.words, temperature=words), sentences=second)


def _temperature(margins: Sequence[Floats], truths: Integers) -> float:
    """The factor on the margins under which the true intents of unseen batches are likeliest."""
    all_margins = np.vstack(margins)
    factors = np.geomspace(0.2, 8.0, 31)
    losses = [-np.log(softmax(all_margins * f)[range(len(truths)), truths] + 1e-9).mean() for f in factors]
    return float(factors[int(np.argmin(losses))])
