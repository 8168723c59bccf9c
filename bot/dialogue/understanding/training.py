"""Makes a model of examples; temperatures and bounds come from batches that were left out of the fit."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.dialogue.understanding import gate, sparse
from bot.dialogue.understanding.corpus import Example
from bot.dialogue.understanding.encoder import Encoder, Remembering
from bot.dialogue.understanding.features import features
from bot.dialogue.understanding.gate import Gate
from bot.dialogue.understanding.model import Machine, Model, softmax
from bot.dialogue.understanding.sparse import Floats

_FOLDS = 3
_FEWEST = 100  # examples below which nothing can be calibrated
_WORDS_TEMPERATURE, _SENTENCES_TEMPERATURE = 4.0, 1.0
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Prepared:
    """Examples in the order of their intents, with all that does not depend on which of them are trained on."""

    examples: list[Example]
    labels: tuple[str, ...]
    targets: Integers
    counts: list[Counter[str]]
    embedded: Floats | None


def train(examples: Sequence[Example], encoder: Encoder | None) -> Model:
    """Calibrated on a second reading of its own kind: what a third of the batches says of the other two."""
    ordered = sorted(examples, key=lambda example: example.intent)
    labels = tuple(sorted({example.intent for example in ordered}))
    places = {label: i for i, label in enumerate(labels)}
    targets = np.array([places[example.intent] for example in ordered])
    texts = [example.text for example in ordered]
    remembering = Remembering(encoder) if encoder else None
    embedded = remembering.encode(texts) if remembering else None
    prepared = _Prepared(ordered, labels, targets, [features(text) for text in texts], embedded)
    whole = _fit(prepared, np.arange(len(ordered)), encoder)
    folds = _folds(ordered)
    if len(ordered) < _FEWEST or any(len(set(targets[folds != fold])) < 2 for fold in set(folds)):
        return whole
    return _calibrated(whole, prepared, folds, remembering)


def _fit(prepared: _Prepared, rows: Integers, encoder: Encoder | None) -> Model:
    examples = [prepared.examples[i] for i in rows.tolist()]
    targets = prepared.targets[rows]
    counts = [prepared.counts[i] for i in rows.tolist()]
    vocabulary = sparse.vocabulary(counts)
    vectors = [vocabulary.of_counts(count) for count in counts]
    width, count = len(vocabulary.places), len(prepared.labels)
    words = _machine(_words_machine, sparse.matrix(vectors, width), targets, count, _WORDS_TEMPERATURE)
    embedded = prepared.embedded[rows] if prepared.embedded is not None else None
    sentences = (
        None if embedded is None else _machine(_sentences_machine, embedded, targets, count, _SENTENCES_TEMPERATURE)
    )
    return Model(
        labels=prepared.labels,
        vocabulary=vocabulary,
        words=words,
        postings=sparse.postings(vectors, width),
        examples=tuple((example.text, example.intent) for example in examples),
        edges=np.searchsorted(targets, np.arange(count + 1)).astype(np.int32),
        gate=Gate(),
        sentences=sentences,
        vectors=embedded,
        encoder=encoder,
    )


def _words_machine() -> Any:
    from sklearn.svm import LinearSVC

    return LinearSVC(C=1.0, class_weight="balanced", dual=True, max_iter=3000, random_state=0)


def _sentences_machine() -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=30.0, class_weight="balanced", max_iter=100, tol=1e-3)


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
    """Which fold each example is in: whole batches; where there is only one, examples in turn."""
    names = sorted({example.batch for example in examples})
    if len(names) < 2:
        return np.arange(len(examples)) % _FOLDS
    return np.array([names.index(example.batch) % min(_FOLDS, len(names)) for example in examples])


def _calibrated(whole: Model, prepared: _Prepared, folds: Integers, encoder: Encoder | None) -> Model:
    """Temperatures first, since the gate reads probabilities."""
    kept: list[tuple[Model, Integers]] = []
    for fold in sorted(set(folds.tolist())):
        kept.append((_fit(prepared, np.flatnonzero(folds != fold), encoder), np.flatnonzero(folds == fold)))
    words = _temperature([_word_margins(model, prepared, rows) for model, rows in kept], prepared, kept)
    sentences = 1.0
    if prepared.embedded is not None:
        margins = [_sentence_margins(model, prepared.embedded[rows]) for model, rows in kept]
        sentences = _temperature(margins, prepared, kept)
    guesses, truths, evidence = [], [], []
    for model, rows in kept:
        texts = [prepared.examples[i].text for i in rows.tolist()]
        for guess in _at(model, words, sentences, model.gate).guess(texts):
            guesses.append(prepared.labels[int(guess.probabilities.argmax())])
            evidence.append(guess.evidence)
        truths += [prepared.examples[i].intent for i in rows.tolist()]
    return _at(whole, words, sentences, gate.fit(evidence, guesses, truths))


def _at(model: Model, words: float, sentences: float, fitted: Gate) -> Model:
    second = replace(model.sentences, temperature=sentences) if model.sentences else None
    return replace(model, words=replace(model.words, temperature=words), sentences=second, gate=fitted)


def _word_margins(model: Model, prepared: _Prepared, rows: Integers) -> Floats:
    vectors = [model.vocabulary.of_counts(prepared.counts[i]) for i in rows.tolist()]
    margins = sparse.matrix(vectors, len(model.vocabulary.places)) @ model.words.weights + model.words.bias
    return np.asarray(margins, dtype=np.float32)


def _sentence_margins(model: Model, embedded: Floats) -> Floats:
    assert model.sentences is not None
    return np.asarray(embedded @ model.sentences.weights + model.sentences.bias, dtype=np.float32)


def _temperature(margins: Sequence[Floats], prepared: _Prepared, kept: Sequence[tuple[Model, Integers]]) -> float:
    """The factor on the margins under which the true intents of unseen batches are likeliest."""
    all_margins = np.vstack(margins)
    truths = prepared.targets[np.concatenate([rows for _, rows in kept])]
    factors = np.geomspace(0.4, 8.0, 31)
    losses = [-np.log(softmax(all_margins * f)[range(len(truths)), truths] + 1e-9).mean() for f in factors]
    return float(factors[int(np.argmin(losses))])
