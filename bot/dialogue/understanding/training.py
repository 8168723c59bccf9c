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
from bot.dialogue.understanding.model import Machine, Model, Said, softmax
from bot.dialogue.understanding.neighbours import Neighbours
from bot.dialogue.understanding.sparse import Counted, Floats
from bot.dialogue.understanding.vocabulary import DISTRESS

_FOLDS = 3
_JUDGED = 9000  # examples that temperatures and bounds are read from; more would not move them
_THREADS = 2
_FEWEST = 100  # examples below which nothing can be calibrated
_ONE_LIBLINEAR = Lock()  # it draws from one row of random numbers for the process: two at once would mix them up
_WORDS_TEMPERATURE, _SENTENCES_TEMPERATURE = 4.0, 1.0
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
    import sklearn.linear_model
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
        alarming = alarm.fit(matrix, prepared.distress[rows], prepared.idioms[rows])
    embedded = prepared.embedded[rows] if prepared.embedded is not None else None
    sentences = (
        None if embedded is None else _machine(_sentences_machine, embedded, targets, count, _SENTENCES_TEMPERATURE)
    )
    return Model(
        labels=prepared.labels,
        vocabulary=vocabulary,
        words=words,
        postings=sparse.postings(matrix),
        examples=tuple((example.text, example.intent) for example in examples),
        edges=np.searchsorted(targets, np.arange(count + 1)).astype(np.int32),
        gate=Gate(),
        alarm=alarming,
        sentences=sentences,
        neighbours=prepared.neighbours.only(rows) if prepared.neighbours else None,
        encoder=encoder,
    )


def _words_machine() -> Any:
    from sklearn.svm import LinearSVC

    return LinearSVC(C=2.0, class_weight="balanced", dual=True, tol=0.2, max_iter=3000, random_state=0)


def _sentences_machine() -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=30.0, max_iter=300, tol=2e-3)


def _machine(make: Callable[[], Any], matrix: Any, targets: Integers, labels: int, temperature: float) -> Machine:
    """Fitted weights and biases; labels that do not occur get a margin that never wins."""
    machine = make().fit(matrix, targets)
    weights = np.zeros((matrix.shape[1], labels), dtype=np.float32)
    bias = np.full(labels, -9, dtype=np.float32)
    coefficients, intercepts = machine.coef_, machine.intercept_
    if len(machine.classes_) == 2:
        coefficients, intercepts = np.vstack([-coefficients, coefficients]), np.hstack([-intercepts, intercepts])
    weights[:, machine.classes_] = coefficients.T
    bias[machine.classes_] = intercepts
    return Machine(weights, bias, temperature)


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
    judge = replace(whole, temperature=sum_of_parts, alarm=None)
    guesses = [judge.judged(one) for one in said]
    named = [prepared.labels[int(guess.probabilities.argmax())] for guess in guesses]
    fitted = gate.fit([guess.evidence for guess in guesses], named, [prepared.labels[i] for i in truths])
    model = replace(_at(whole, words, sentences), temperature=sum_of_parts, gate=fitted)
    if model.alarm is None or any(one.model.alarm is None for one in kept):
        return replace(model, alarm=None)
    told = [(guess.distress, one.alarm) for guess, one in zip(guesses, said, strict=True)]
    scale, bias = alarm.combine(told, prepared.distress[places], prepared.idioms[places])
    return replace(model, alarm=replace(model.alarm, scale=scale, bias=bias))


@dataclass(frozen=True, slots=True)
class _Kept:
    """A model, and examples that it was not trained on: which, and their features as it weighs them."""

    model: Model
    rows: Integers
    features: Any

    def word_margins(self) -> Floats:
        return np.asarray(self.features @ self.model.words.weights + self.model.words.bias, dtype=np.float32)

    def sentence_margins(self, embedded: Floats) -> Floats:
        assert self.model.sentences is not None
        margins = embedded[self.rows] @ self.model.sentences.weights + self.model.sentences.bias
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
