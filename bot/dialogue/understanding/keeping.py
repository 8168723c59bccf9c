"""The trained model as a file; see `sealed` for its form."""

import hashlib
import logging
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from bot.dialogue.understanding import corpus, encoder, sealed, training
from bot.dialogue.understanding.alarm import Alarm
from bot.dialogue.understanding.encoder import Encoder
from bot.dialogue.understanding.gate import Gate
from bot.dialogue.understanding.model import Layer, Machine, Model
from bot.dialogue.understanding.neighbours import Neighbours
from bot.dialogue.understanding.sealed import Arrays
from bot.dialogue.understanding.sparse import Postings, Vocabulary

_CODE = (
    "features", "fold", "sparse", "model", "gate", "alarm", "training", "encoder", "network", "neighbours",
    "keeping", "perceptron", "sealed", "vocabulary",
)  # fmt: skip
_ROOT = Path(__file__).parents[3]
log = logging.getLogger(__name__)


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
    found = sealed.read(file, key)
    return _model(*found, encoding) if found else None


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
    model = training.train(corpus.read(folder), encoding)
    sealed.write(file, _head(_key(folder, encoding), model), _arrays(model))


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


def _head(key: str, model: Model) -> dict[str, object]:
    return {
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
    }


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
