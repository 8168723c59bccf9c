"""How well messages are understood: the figures of a model on examples that it was not trained on."""

import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np

from bot.dialogue.understanding import (
    Awaiting,
    Entity,
    Understood,
    corpus,
    encoder,
    intents,
    safety,
    training,
)
from bot.dialogue.understanding.corpus import Example
from bot.dialogue.understanding.intents import OUT_OF_SCOPE, Reading
from bot.dialogue.understanding.model import Model
from bot.errors import BadInput


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares between 0 and 1; `acted_right` is how many of the messages acted upon were understood rightly."""

    examples: int
    accuracy: float
    top_three: float
    macro_f1: float
    acted: float
    acted_right: float
    out_of_scope_not_acted: float
    out_of_scope_recall: float  # at the bound that keeps nine in ten messages of the others
    risk: tuple[tuple[float, float], ...]  # share of messages served, and how many of those wrongly
    in_scope_rejected: float
    distress_found: float
    idioms_disturbed: float
    confusions: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class _Judged:
    example: Example
    reading: Reading
    distress: str

    @property
    def right(self) -> bool:
        return self.reading.top.name == self.example.intent


def by_batch(folder: Path) -> dict[str, Figures]:
    """Figures a locale: each batch is read by a model trained on the others, so no author's round helps itself."""
    return _held_out(folder, lambda names: [frozenset({name}) for name in names])


def without(folder: Path, batches: frozenset[str]) -> dict[str, Figures]:
    """Figures on these batches of one model that was trained on all others; an eighth of the time of `by_batch`."""
    return _held_out(folder, lambda _: [batches])


def _held_out(folder: Path, groups: Callable[[list[str]], list[frozenset[str]]]) -> dict[str, Figures]:
    examples = corpus.read(folder)
    batches = sorted({example.batch for example in examples})
    if len(batches) < 2:
        raise BadInput(str(folder), "needs examples of at least two batches (metadata: {batch: …})")
    installed = encoder.available()
    encoding = encoder.Remembering(installed) if installed else None
    judged: list[_Judged] = []
    for group in groups(batches):
        trained = training.train([example for example in examples if example.batch not in group], encoding)
        judged += _judge(trained, [example for example in examples if example.batch in group])
    return _by_locale(judged)


def benchmark(train: Path, test: Path) -> tuple[float, Figures]:
    """Seconds of training, and the figures of the same pipeline on other people's data (Rasa's YAML, or CSV)."""
    begun = time.perf_counter()
    made = training.train(corpus.read_any(train), encoder.available())
    seconds = round(time.perf_counter() - begun, 1)
    return seconds, _figures(_judge(made, corpus.read_any(test)))


def of_file(kept: Model, file: Path) -> dict[str, Figures]:
    """Figures of a trained model on the examples of another file."""
    return _by_locale(_judge(kept, corpus.read_any(file)))


def _judge(trained: Model, examples: Iterable[Example]) -> list[_Judged]:
    kept = list(examples)
    readings = intents.read(trained, [example.text for example in kept])
    return [
        _Judged(one, reading, safety.find(one.text, lambda text: intents.distress(trained, text)).distress)
        for one, reading in zip(kept, readings, strict=True)
    ]


def _by_locale(judged: Sequence[_Judged]) -> dict[str, Figures]:
    grouped: dict[str, list[_Judged]] = defaultdict(list)
    for one in judged:
        grouped[one.example.locale].append(one)
    return {locale: _figures(rows) for locale, rows in sorted(grouped.items())}


def _figures(rows: Sequence[_Judged]) -> Figures:
    outside = [row for row in rows if row.example.intent == OUT_OF_SCOPE]
    inside = [row for row in rows if row.example.intent != OUT_OF_SCOPE]
    acted = [row for row in rows if row.reading.band == "act"]
    confusions = Counter((row.example.intent, row.reading.top.name) for row in rows if not row.right)
    return Figures(
        examples=len(rows),
        accuracy=_share(row.right for row in rows),
        top_three=_share(row.example.intent in {score.name for score in row.reading.ranked} for row in rows),
        macro_f1=_macro_f1(rows),
        acted=len(acted) / max(1, len(rows)),
        acted_right=_share(row.right for row in acted),
        out_of_scope_not_acted=_share(row.reading.band != "act" for row in outside),
        out_of_scope_recall=_recall_at_coverage(inside, outside),
        risk=_risk(rows),
        in_scope_rejected=_share(row.reading.band == "reject" for row in inside),
        distress_found=_share(row.distress != "no" for row in rows if row.example.intent == "distress"),
        idioms_disturbed=_share(row.distress != "no" for row in rows if row.example.idiom),
        confusions=tuple((a, b, count) for (a, b), count in confusions.most_common(12)),
    )


def _recall_at_coverage(inside: Sequence[_Judged], outside: Sequence[_Judged]) -> float:
    """How many messages out of scope are told apart when 90% of the others are kept."""
    if not inside or not outside:
        return 0.0
    bound = float(np.quantile([row.reading.belongs for row in inside], 0.1))
    return _share(row.reading.belongs < bound for row in outside)


def _risk(rows: Sequence[_Judged]) -> tuple[tuple[float, float], ...]:
    """How many first guesses are wrong among the surest half, three quarters, nine tenths, and all."""
    right = [row.right for row in sorted(rows, key=lambda row: -row.reading.sure)]
    shares = (0.5, 0.75, 0.9, 1.0)
    return tuple((share, round(1 - _share(right[: max(1, int(len(right) * share))]), 4)) for share in shares)


def _share(truths: Iterable[bool]) -> float:
    values = list(truths)
    return round(sum(values) / len(values), 4) if values else 0.0


def _macro_f1(rows: Sequence[_Judged]) -> float:
    """The mean over intents of the harmonic mean of precision and recall."""
    true, said = Counter(row.example.intent for row in rows), Counter(row.reading.top.name for row in rows)
    hits = Counter(row.example.intent for row in rows if row.right)
    scores = [2 * hits[name] / (true[name] + said[name]) for name in true]
    return round(float(np.mean(scores)), 4) if scores else 0.0


def request(line: str, place: str) -> dict[str, object]:
    """One JSON line {"text", "locale"?, "today"?, "awaiting"?} as arguments; BadInput names the place."""
    try:
        asked = json.loads(line)
    except ValueError as error:
        raise BadInput(place, f"is not JSON: {error}") from error
    if not isinstance(asked, dict) or not isinstance(asked.get("text"), str):
        raise BadInput(place, 'needs an object with the text under "text"')
    try:
        today = date.fromisoformat(str(asked["today"])) if "today" in asked else None
        awaiting = Awaiting(**asked["awaiting"]) if asked.get("awaiting") else None
    except (TypeError, ValueError) as error:
        raise BadInput(place, str(error)) from error
    return {"text": asked["text"], "locale": asked.get("locale"), "today": today, "awaiting": awaiting}


def as_json(understood: Understood) -> dict[str, object]:
    """What `understand` prints for a message; names and value forms as in the vocabulary."""
    distress: bool | str = {"yes": True, "no": False}.get(understood.distress, understood.distress)
    return {
        "text": understood.text,
        "intents": [asdict(score) for score in understood.intents],
        "band": understood.band,
        "carries": list(understood.carries),
        "entities": _entities(understood.entities),
        "language": understood.language,
        "distress": distress,
        "answer": understood.answer,
        "answer_high": _plain(understood.answer_high) if understood.answer_high is not None else None,
    }


def _entities(found: Iterable[Entity]) -> Mapping[str, object]:
    """The first value of each entity, with "currency" and a range's upper end beside an amount."""
    values: dict[str, object] = {}
    for entity in found:
        if entity.name in values:
            continue
        values[entity.name] = _plain(entity.value)
        if entity.name == "amount_of_money":
            values["currency"] = entity.currency
            if entity.high is not None:
                values["amount_of_money_high"] = _plain(entity.high)
    return values


def _plain(value: object) -> object:
    return (
        format(value, "f")
        if isinstance(value, Decimal)
        else value.isoformat()
        if isinstance(value, date)
        else value
    )
