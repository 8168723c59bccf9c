"""The trained model as a file: raw arrays that all processes of a machine map into memory, and no code in them."""

import hashlib
import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.dialogue.understanding import corpus, encoder, training
from bot.dialogue.understanding.alarm import Alarm
from bot.dialogue.understanding.encoder import Encoder
from bot.dialogue.understanding.gate import Gate
from bot.dialogue.understanding.model import Layer, Machine, Model
from bot.dialogue.understanding.neighbours import Neighbours
from bot.dialogue.understanding.sparse import Postings, Vocabulary

_ALIGNED = 64
_SEAL = hashlib.sha256().digest_size
_CODE = (
    "features", "fold", "sparse", "model", "gate", "alarm", "training", "encoder", "network", "neighbours",
    "keeping", "perceptron", "vocabulary",
)  # fmt: skip
_ROOT = Path(__file__).parents[3]
log = logging.getLogger(__name__)
Arrays = dict[str, NDArray[Any]]


def load(folder: Path, cache: Path | None) -> Model:
    """The model of the examples in `folder`, from `cache` when that was made from the same by this code."""
    encoding = encoder.available()
    key = _key(folder, encoding)
    with tempfile.TemporaryDirectory() as aside:  # a mapped file is kept by the system for as long as it is mapped
        file = (cache or Path(aside)) / f"intents-{key[:24]}.model"
        kept = _kept(file, key, encoding)
        if kept is None and _made_by_another(folder, file):
            kept = _kept(file, key, encoding)
    return kept or training.train(corpus.read(folder), encoding)


def _kept(file: Path, key: str, encoding: Encoder | None) -> Model | None:
    """The model in `file`; None where there is none, or a damaged or foreign one."""
    if not file.exists():
        return None
    try:
        return _read(file, key, encoding)
    except (ValueError, KeyError, TypeError, OSError) as error:
        log.warning("the kept model %s is damaged (%s); it is made again", file, error)
        return None


def _made_by_another(folder: Path, file: Path) -> bool:
    """Whether a process of its own has trained the model, so that this one never grows by what training takes."""
    command = [sys.executable, "-m", __name__, str(folder.resolve()), str(file.resolve())]
    try:
        done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - own code
    except OSError as error:
        log.warning("no process could be started to train in (%s); this one trains", error)
        return False
    if done.returncode:
        log.warning("training in another process failed (%s); this one trains", done.stderr.strip()[-300:])
    return done.returncode == 0


def make(folder: Path, file: Path) -> None:
    """Train on `folder` and keep the model in `file`."""
    encoding = encoder.available()
    _write(file, _key(folder, encoding), training.train(corpus.read(folder), encoding))


def _key(folder: Path, encoding: Encoder | None) -> str:
    parts = [corpus.digest(folder), np.__version__, encoding.version if encoding else "words alone"]
    parts += [(Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8") for name in _CODE]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _arrays(model: Model) -> Arrays:
    arrays: Arrays = {
        "idf": model.vocabulary.idf, "words": model.words.weights, "words_bias": model.words.bias,
        "starts": model.postings.starts, "rows": model.postings.rows, "values": model.postings.values,
        "edges": model.edges,
    }  # fmt: skip
    if model.layer is not None and model.sentences is not None and model.neighbours is not None:
        arrays |= {
            "layer": model.layer.weights, "layer_bias": model.layer.bias,
            "sentences": model.sentences.weights, "sentences_bias": model.sentences.bias,
            "axes": model.neighbours.axes, "heads": model.neighbours.heads, "tails": model.neighbours.tails,
            "reaches": model.neighbours.reaches,
        }  # fmt: skip
    return arrays


def _head(key: str, model: Model, arrays: Arrays) -> bytes:
    told = {
        "key": key,
        "labels": model.labels,
        "vocabulary": list(model.vocabulary.places),
        "examples": model.examples,
        "gate": asdict(model.gate),
        "alarm": [model.alarm.scale, model.alarm.bias] if model.alarm else [],
        "temperatures": [
            model.words.temperature,
            model.sentences.temperature if model.sentences else 1.0,
            model.temperature,
        ],
        "arrays": {name: [array.dtype.str, array.shape] for name, array in arrays.items()},
    }
    return json.dumps(told, ensure_ascii=False).encode()


def _pieces(key: str, model: Model) -> Iterator[bytes]:
    """The head's length, the head, and the arrays, each from an aligned place on."""
    arrays = _arrays(model)
    head = _head(key, model, arrays)
    yield len(head).to_bytes(_ALIGNED, "little")
    yield head + b" " * (-len(head) % _ALIGNED)
    for array in arrays.values():
        content = np.ascontiguousarray(array).tobytes()
        yield content + b"\0" * (-len(content) % _ALIGNED)


def _write(file: Path, key: str, model: Model) -> None:
    """Written aside and moved into place, so that two processes that start at once do not meet half a file."""
    seal = hashlib.sha256()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as aside:
            for piece in _pieces(key, model):
                seal.update(piece)
                aside.write(piece)
            aside.write(seal.digest())
        os.replace(aside.name, file)
    except OSError as error:
        log.warning(
            "the model could not be kept in %s (%s); it is made again at the next start", file.parent, error
        )


def _read(file: Path, key: str, encoding: Encoder | None) -> Model:
    """Mapped, not copied: the operating system keeps one copy for all processes."""
    content = np.memmap(file, dtype=np.uint8, mode="r")
    if len(content) < _ALIGNED + _SEAL:
        raise ValueError("it is cut short")
    if hashlib.sha256(content[:-_SEAL].data).digest() != content[-_SEAL:].tobytes():
        raise ValueError("its checksum is wrong")
    length = int.from_bytes(content[:_ALIGNED].tobytes(), "little")
    head = json.loads(content[_ALIGNED : _ALIGNED + length].tobytes())
    if head["key"] != key:
        raise ValueError("it was made from something else")
    arrays: Arrays = {}
    place = _ALIGNED + length + -length % _ALIGNED
    for name, (kind, shape) in head["arrays"].items():
        count = int(np.prod(shape))
        arrays[name] = np.frombuffer(content, dtype=kind, count=count, offset=place).reshape(shape)
        place += arrays[name].nbytes + -arrays[name].nbytes % _ALIGNED
    return _model(head, arrays, encoding)


def _model(head: dict[str, Any], arrays: Arrays, encoding: Encoder | None) -> Model:
    by_words, by_sentence, of_both = (float(value) for value in head["temperatures"])
    layer = sentences = neighbours = None
    if "sentences" in arrays:
        layer = Layer(arrays["layer"], arrays["layer_bias"])
        sentences = Machine(arrays["sentences"], arrays["sentences_bias"], by_sentence)
        neighbours = Neighbours(arrays["axes"], arrays["heads"], arrays["tails"], arrays["reaches"])
    return Model(
        labels=tuple(head["labels"]),
        vocabulary=Vocabulary({name: i for i, name in enumerate(head["vocabulary"])}, arrays["idf"]),
        words=Machine(arrays["words"], arrays["words_bias"], by_words),
        postings=Postings(arrays["starts"], arrays["rows"], arrays["values"]),
        examples=tuple((text, intent) for text, intent in head["examples"]),
        edges=arrays["edges"],
        gate=_gate(head["gate"]),
        temperature=of_both,
        alarm=Alarm(*(float(value) for value in head["alarm"])) if head["alarm"] else None,
        layer=layer,
        sentences=sentences,
        neighbours=neighbours,
        encoder=encoding,
    )


def _gate(told: dict[str, Any]) -> Gate:
    return Gate(**{**told, "weights": tuple(told["weights"]), "places": tuple(told["places"])})


if __name__ == "__main__":
    make(Path(sys.argv[1]), Path(sys.argv[2]))
