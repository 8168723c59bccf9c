"""What decided how a message is understood, in lines for people."""

from collections.abc import Iterator

import numpy as np

from bot.dialogue.understanding import intents, safety
from bot.dialogue.understanding.model import Model

_WEIGHTIEST, _NEAREST = 6, 5


def lines(model: Model, text: str) -> Iterator[str]:
    """The guesses, the gate, the words that spoke for the first guess, the nearest examples, clauses, distress."""
    whole, pieces = intents.whole_and_parts(model, text)
    yield "guesses: " + ", ".join(f"{score.name} {score.confidence:.2f}" for score in whole.ranked)
    bound = model.gate.bound(whole.top.name)
    yield f"band: {whole.band} (sure {whole.sure:.2f}, acts from {bound:.2f})"
    yield f"belongs: {whole.belongs:.2f}, asks from {model.gate.ask:.2f}"
    yield "words: " + (", ".join(_weighty(model, text, whole.top.name)) or "none that is known")
    yield from (f"near: {cosine:.2f} {intent}: {example}" for cosine, example, intent in _nearest(model, text))
    for part, reading in pieces:
        yield f"clause: {part!r} {reading.band} {reading.top.name} {reading.top.confidence:.2f}"
    finding = safety.find(text, lambda said: intents.distress(model, said))
    yield f"distress: {finding.distress}" + (f" ({finding.why})" if finding.why else "")
    if model.encoder is None:
        yield "embeddings: not installed; words alone"


def _weighty(model: Model, text: str, intent: str) -> list[str]:
    """The features that moved the first guess most, with their sign."""
    index, values = model.vocabulary.vector(text)
    if intent not in model.labels or not len(index):
        return []
    moved = values * model.words.weights[index, model.labels.index(intent)]
    names = {place: name[1:] for name, place in model.vocabulary.places.items()}
    return [f"{names[int(index[i])]!r} {moved[i]:+.2f}" for i in np.argsort(-np.abs(moved))[:_WEIGHTIEST]]


def _nearest(model: Model, text: str) -> list[tuple[float, str, str]]:
    cosines = model.similarities(text)
    return [(float(cosines[i]), *model.examples[i]) for i in np.argsort(-cosines)[:_NEAREST]]
