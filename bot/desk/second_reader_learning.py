"""Teaches the second reader by the examples of the house; run when they have changed, its outcome is a file."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bot.desk.second_reader import FILE, PROBE, ByPieces, Encoder, Floats, Learnt, Near
from bot.desk.wording_pieces import PLACES, pieces
from bot.desk.wording_text import fold

EXAMPLES = Path(__file__).with_name("wording_examples")
# Kinds of the rules' own examples that are no question of tone: spelling, secrets, promises, what is a fact.
_OTHER_MATTERS = frozenset({"evasions", "secret_asked", "promise", "health_asked", "court"})
_AXES = 64
_NARROW = 2.0
_RIDGE = 1.0
_FALSE_ALARMS = 0.06  # of fair sentences whose ground nothing was learnt of: there lies the bound


@dataclass(frozen=True, slots=True)
class Example:
    """A folded sentence; `ground` is what it is about, the same word in every language."""

    folded: str
    hostile: bool
    ground: str


def examples(folder: Path = EXAMPLES) -> list[Example]:
    """Every sentence of the folder once."""
    read = (example for file in sorted(folder.glob("*.yml")) for example in _examples(_table(file)))
    return list({example.folded: example for example in read}.values())


def digest_of(known: Sequence[Example]) -> str:
    told = "\0".join(f"{example.folded}\t{example.hostile}\t{example.ground}" for example in known)
    return hashlib.sha256(told.encode()).hexdigest()


def _table(file: Path) -> Mapping[str, Any]:
    table: Mapping[str, Any] = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return table


def _examples(table: Mapping[str, Any]) -> Iterator[Example]:
    seen = table["seen"]
    for kind in ("stop", "doubt", "hostile"):
        for ground, texts in table[kind].items():
            if ground not in _OTHER_MATTERS:
                yield from (Example(fold(text).text, True, ground) for text in texts)
    yield from (Example(fold(text).text, True, "seen") for text in [*seen["stop"], *seen["doubt"]])
    for ground, texts in {**table["fair"], "seen": seen["pass"], "rules": table["pass"]}.items():
        yield from (Example(fold(text).text, False, ground) for text in texts)


def learn(known: Sequence[Example], encoder: Encoder) -> Learnt:
    """Ridge classification in closed form, once on pieces of words and once on those and nearness."""
    vectors = encoder.encode([example.folded for example in known])
    table = np.zeros((len(known), PLACES), dtype=np.float32)
    for line, example in zip(table, known, strict=True):
        places, values = pieces(example.folded)
        np.add.at(line, places, values)
    near = _laid_out(vectors)
    alike = table @ table.T
    by_words, alone = _solved(alike, known)
    pulls, joined = _solved(alike + near.nearness(vectors), known)
    return Learnt(
        digest=digest_of(known),
        alone=ByPieces(_short(table.T @ by_words), alone),
        joined=ByPieces(_short(table.T @ pulls), joined),
        near=replace(near, pulls=pulls),
        probe=encoder.encode([PROBE])[0],
    )


def save(learnt: Learnt, file: Path = FILE) -> None:
    """Small numbers where small ones do; what is read back is what was fitted."""
    step = _step(learnt.near.examples)
    arrays = {
        "digest": np.array(learnt.digest),
        "alone": learnt.alone.weights.astype(np.float16),
        "alone_bias": np.array(learnt.alone.bias),
        "joined": learnt.joined.weights.astype(np.float16),
        "joined_bias": np.array(learnt.joined.bias),
        "mean": learnt.near.mean,
        "axes": learnt.near.axes.astype(np.float16),
        "examples": np.round(learnt.near.examples / step).astype(np.int8),
        "step": np.array(step),
        "pulls": learnt.near.pulls,
        "narrow": np.array(learnt.near.narrow),
        "probe": learnt.probe,
    }
    with file.open("wb") as out:
        np.savez_compressed(out, allow_pickle=False, **arrays)


def _laid_out(vectors: Floats) -> Near:
    """The examples along the axes on which they differ most; no pulls yet."""
    mean = vectors.mean(0)
    axes = _short(np.linalg.svd(vectors - mean, full_matrices=False)[2][:_AXES].T)
    places = (vectors - mean) @ axes
    step = _step(places)
    return Near(mean, axes, np.round(places / step) * step, np.zeros(len(vectors), dtype=np.float32), _NARROW)


def _solved(alike: Floats, known: Sequence[Example]) -> tuple[Floats, float]:
    """How each example pulls, and the bias with the bound in it; both kinds weigh the same, however many there are.

    A ground's examples as the others alone would have them read: what they are told, less their block of the
    inverse, inverted, times their pulls (leaving out in closed form).
    """
    count = len(known)
    hostile = np.array([example.hostile for example in known])
    told = np.where(hostile, 1.0, -1.0)
    system = np.zeros((count + 1, count + 1))
    system[:count, :count] = alike + np.diag(_RIDGE / (2 * np.where(hostile, 1 - hostile.mean(), hostile.mean())))
    system[:count, count] = system[count, :count] = 1
    inverse = np.linalg.inv(system)
    solution = inverse @ np.append(told, 0)
    left_out: list[float] = []
    for ground in sorted({example.ground for example in known if not example.hostile}):
        rows = np.array([i for i, example in enumerate(known) if example.ground == ground])
        read = told[rows] - np.linalg.solve(inverse[np.ix_(rows, rows)], solution[rows])
        left_out += read[~hostile[rows]].tolist()
    bound = float(np.quantile(left_out, 1 - _FALSE_ALARMS))
    return solution[:count].astype(np.float32), float(solution[count]) - bound


def _step(places: Floats) -> float:
    return float(np.abs(places).max()) / np.iinfo(np.int8).max


def _short(values: Floats) -> Floats:
    """As half as many bytes keep them."""
    return values.astype(np.float16).astype(np.float32)
