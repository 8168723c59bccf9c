"""The intent classifier: linear weights and example vectors over TF-IDF features, how both are made and kept."""

import hashlib
import io
import json
import logging
import os
import tempfile
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.dialogue.understanding import features as features_module
from bot.dialogue.understanding import fold
from bot.dialogue.understanding.corpus import Example, digest, read
from bot.dialogue.understanding.features import PIECE, WORD, features

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]
_FORMAT = 3
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Model:
    """`weights` is features × intents; the examples' vectors lie in postings: rows and values by feature."""

    labels: tuple[str, ...]
    vocabulary: dict[str, int]
    idf: Floats
    weights: Floats
    bias: Floats
    temperature: float
    starts: Integers
    rows: Integers
    values: Floats
    examples: tuple[tuple[str, str], ...]  # text, intent
    owners: Integers  # each example's intent, as a place in `labels`

    def vector(self, text: str) -> tuple[Integers, Floats]:
        """The message as indices and values: both kinds of features have equal length, the whole has length one."""
        return vectorize(features(text), self.vocabulary, self.idf)

    def margins(self, vector: tuple[Integers, Floats]) -> Floats:
        index, values = vector
        return np.asarray(values @ self.weights[index] + self.bias, dtype=np.float32)

    def probabilities(self, vector: tuple[Integers, Floats]) -> Floats:
        return softmax(self.margins(vector) * self.temperature)

    def similarities(self, vector: tuple[Integers, Floats]) -> Floats:
        """The cosine of the message to each example."""
        parts = [(slice(self.starts[i], self.starts[i + 1]), value) for i, value in zip(*vector, strict=True)]
        if not parts:
            return np.zeros(len(self.examples), dtype=np.float32)
        rows = np.concatenate([self.rows[part] for part, _ in parts])
        values = np.concatenate([self.values[part] * value for part, value in parts])
        return np.bincount(rows, values, minlength=len(self.examples)).astype(np.float32)

    def nearest(self, vector: tuple[Integers, Floats]) -> Floats:
        """For each intent, the cosine of the message to the nearest of its examples."""
        best = np.zeros(len(self.labels), dtype=np.float32)
        np.maximum.at(best, self.owners, self.similarities(vector))
        return best


def _labels_of(examples: Sequence[tuple[str, str]], labels: Sequence[str]) -> Integers:
    places = {label: i for i, label in enumerate(labels)}
    return np.array([places[intent] for _, intent in examples], dtype=np.int32)


def softmax(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float32)


def vectorize(counts: Counter[str], vocabulary: dict[str, int], idf: Floats) -> tuple[Integers, Floats]:
    known = [(vocabulary[name], name[0], count) for name, count in counts.items() if name in vocabulary]
    index = np.array([i for i, _, _ in known], dtype=np.int32)
    values = (1 + np.log(np.array([count for _, _, count in known], dtype=np.float32))) * idf[index]
    for kind in (WORD, PIECE):
        mask = np.array([k == kind for _, k, _ in known], dtype=bool)
        length = float(np.sqrt((values[mask] ** 2).sum()))
        if length:
            values[mask] /= length * np.sqrt(2)
    return index, values.astype(np.float32)


def train(examples: Sequence[Example]) -> Model:
    """Fits on `examples`; the temperature comes from margins on batches that were left out of the fit."""
    counts = [features(example.text) for example in examples]
    labels = tuple(sorted({example.intent for example in examples}))
    targets = np.array([labels.index(example.intent) for example in examples])
    vocabulary, idf = _vocabulary(counts)
    vectors = [vectorize(count, vocabulary, idf) for count in counts]
    weights, bias = _fit(vectors, targets, len(vocabulary), len(labels))
    starts, rows, values = _postings(vectors, len(vocabulary))
    temperature = _temperature(
        vectors, targets, [example.batch for example in examples], len(vocabulary), len(labels)
    )
    texts = tuple((example.text, example.intent) for example in examples)
    owners = _labels_of(texts, labels)
    return Model(labels, vocabulary, idf, weights, bias, temperature, starts, rows, values, texts, owners)


def _vocabulary(counts: Sequence[Counter[str]]) -> tuple[dict[str, int], Floats]:
    frequency: Counter[str] = Counter()
    for count in counts:
        frequency.update(count.keys())
    names = sorted(name for name, times in frequency.items() if times > 1 or name[0] == WORD)
    times = np.array([frequency[name] for name in names], dtype=np.float32)
    idf = np.log((1 + len(counts)) / (1 + times)) + 1
    return {name: i for i, name in enumerate(names)}, idf.astype(np.float32)


def _matrix(vectors: Sequence[tuple[Integers, Floats]], width: int):  # type: ignore[no-untyped-def]  # scipy ships none
    from scipy.sparse import csr_matrix

    pointers = np.cumsum([0, *(len(index) for index, _ in vectors)])
    indices = np.concatenate([index for index, _ in vectors])
    data = np.concatenate([values for _, values in vectors])
    return csr_matrix((data, indices, pointers), shape=(len(vectors), width))


def _fit(
    vectors: Sequence[tuple[Integers, Floats]], targets: NDArray[np.int64], width: int, labels: int
) -> tuple[Floats, Floats]:
    """Weights (features × labels) and biases; labels that do not occur get a margin that never wins."""
    from sklearn.svm import LinearSVC

    machine = LinearSVC(C=1.0, class_weight="balanced", dual=True, max_iter=3000, random_state=0)
    machine.fit(_matrix(vectors, width), targets)
    weights = np.zeros((width, labels), dtype=np.float32)
    bias = np.full(labels, -3, dtype=np.float32)
    coefficients, intercepts = machine.coef_, machine.intercept_
    if len(machine.classes_) == 2:
        coefficients, intercepts = np.vstack([-coefficients, coefficients]), np.hstack([-intercepts, intercepts])
    weights[:, machine.classes_] = coefficients.T
    bias[machine.classes_] = intercepts
    return weights, bias


def _temperature(
    vectors: Sequence[tuple[Integers, Floats]],
    targets: NDArray[np.int64],
    batches: Sequence[str],
    width: int,
    labels: int,
) -> float:
    """The factor on the margins under which the true intents of unseen batches are likeliest."""
    names = sorted(set(batches))
    kept = np.array([names.index(batch) % 2 == 0 for batch in batches])
    if len(names) < 2 or len(set(targets[kept])) < 2:
        return 4.0
    weights, bias = _fit([vectors[i] for i in np.flatnonzero(kept).tolist()], targets[kept], width, labels)
    unseen = np.flatnonzero(~kept).tolist()
    margins = _matrix([vectors[i] for i in unseen], width) @ weights + bias
    factors = np.linspace(1.0, 6.0, 21)  # more would be trust in one batch's luck
    losses = [-np.log(softmax(margins * f)[range(len(unseen)), targets[unseen]] + 1e-9).mean() for f in factors]
    return float(factors[int(np.argmin(losses))])


def _postings(vectors: Sequence[tuple[Integers, Floats]], width: int) -> tuple[Integers, Integers, Floats]:
    columns = _matrix(vectors, width).tocsc()
    return columns.indptr.astype(np.int32), columns.indices.astype(np.int32), columns.data.astype(np.float32)


def load(folder: Path, cache: Path | None) -> Model:
    """The model of the examples in `folder`, from `cache` when that was made from the same by this code."""
    key = _key(folder)
    file = cache / f"intents-{key[:24]}.npz" if cache else None
    if file and file.exists():
        try:
            return _read(file, key)
        except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile, IndexError) as error:
            log.warning("the kept model %s is damaged (%s); it is made again", file, error)
    model = train(read(folder))
    if file:
        _write(file, key, model)
    return model


def _key(folder: Path) -> str:
    parts = [str(_FORMAT), digest(folder), np.__version__]
    parts += [Path(str(module.__file__)).read_text(encoding="utf-8") for module in (features_module, fold)]
    parts.append(Path(__file__).read_text(encoding="utf-8"))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _write(file: Path, key: str, model: Model) -> None:
    """Written aside and moved into place, so that two processes that start at once do not meet half a file."""
    words = {"labels": model.labels, "vocabulary": list(model.vocabulary), "examples": model.examples}
    head = {"key": key, "temperature": model.temperature, **words}
    arrays = {name: getattr(model, name) for name in ("idf", "weights", "bias", "starts", "rows", "values")}
    content = io.BytesIO()
    np.savez(content, head=np.frombuffer(json.dumps(head, ensure_ascii=False).encode(), dtype=np.uint8), **arrays)
    seal = hashlib.sha256(content.getvalue()).digest()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as aside:
            aside.write(content.getvalue() + seal)
        os.replace(aside.name, file)
    except OSError as error:
        log.warning(
            "the model could not be kept in %s (%s); it is made again at the next start", file.parent, error
        )


def _read(file: Path, key: str) -> Model:
    content = file.read_bytes()
    body, seal = content[:-32], content[-32:]
    if hashlib.sha256(body).digest() != seal:
        raise ValueError("its checksum is wrong")
    with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
        head = json.loads(arrays["head"].tobytes())
        if head["key"] != key:
            raise ValueError("it was made from something else")
        kept = {name: arrays[name] for name in ("idf", "weights", "bias", "starts", "rows", "values")}
    vocabulary = {name: i for i, name in enumerate(head["vocabulary"])}
    examples = tuple((text, intent) for text, intent in head["examples"])
    labels = tuple(head["labels"])
    return Model(
        labels,
        vocabulary,
        temperature=float(head["temperature"]),
        examples=examples,
        owners=_labels_of(examples, labels),
        **kept,
    )
