# ruff: noqa: E501 - a pattern and a table are read as lines
"""Which intents a message carries, and how sure that is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.dialogue.understanding import Band, IntentScore
from bot.dialogue.understanding.model import Model

OUT_OF_SCOPE = "out_of_scope"
RIGHTS = frozenset(
    {
        "stop_contact", "contact_preference", "dispute_debt", "report_fraud", "already_paid", "wrong_person", "third_party",
        "report_death", "report_bankruptcy", "has_representative", "refuse_to_pay", "distress", "complain", "request_human",
    }
)  # fmt: skip
SOCIAL = frozenset({"greet", "goodbye", "thank", "affirm", "deny"})
# Score = log p + NEARNESS × cosine to the nearest example of that intent; bounds set on batches kept out of training.
NEARNESS = 4.0
ASK_SCORE, ACT_NEARNESS = -0.35, 0.3
ACT_PROBABILITY, CLAUSE_PROBABILITY, OUTSIDE_PROBABILITY = 0.55, 0.65, 0.4
_CLAUSES = re.compile(
    r"[.!?;。！？；\n]+|[,，](?:\s*(?:and|but|so|also|plus|可是|但是?|所以|另外|还有|而且|想问|能不能|可不可以|可以)?)"
    r"|\s(?:and|but|also|plus|so)\s|但是|可是|不过|所以|另外|还有|而且|顺便"
)
_MIN_CLAUSE, _MOST_CLAUSES, _MOST_CARRIED = 3, 8, 4


@dataclass(frozen=True, slots=True)
class Reading:
    """The ranked intents of one piece of text; `score` also counts how near the nearest examples are."""

    ranked: tuple[IntentScore, ...]
    score: float
    nearness: float
    distress: float

    @property
    def top(self) -> IntentScore:
        return self.ranked[0]

    @property
    def band(self) -> Band:
        if self.top.name == OUT_OF_SCOPE and self.top.confidence >= OUTSIDE_PROBABILITY:
            return "reject"
        if self.nearness >= ACT_NEARNESS and self.top.confidence >= ACT_PROBABILITY:
            return "act"
        return "ask" if self.score >= ASK_SCORE else "reject"


def read(model: Model, text: str) -> Reading:
    vector = model.vector(text)
    if not len(vector[0]) or not any(character.isalpha() for character in text):
        return Reading((IntentScore(OUT_OF_SCOPE, 1.0),), -9.0, 0.0, 0.0)
    probabilities = model.probabilities(vector)
    order = np.argsort(-probabilities)
    nearness = float(model.nearest(vector)[order[0]])
    ranked = tuple(IntentScore(model.labels[i], round(float(probabilities[i]), 4)) for i in order[:3])
    distress = float(probabilities[model.labels.index("distress")]) if "distress" in model.labels else 0.0
    return Reading(ranked, float(np.log(probabilities[order[0]] + 1e-9)) + NEARNESS * nearness, nearness, distress)


def clauses(text: str) -> list[str]:
    """The message's parts that may each carry an intent of their own; empty when it is one piece."""
    parts = [part.strip() for part in _CLAUSES.split(text) if part and part.strip()]
    parts = [part for part in parts if len(part) >= _MIN_CLAUSE]
    return parts if len(parts) > 1 else []


def parts(model: Model, text: str) -> list[tuple[str, Reading]]:
    """The message's clauses with what each means by itself."""
    return [(part, read(model, part)) for part in clauses(text)[:_MOST_CLAUSES]]


def distress(model: Model, text: str) -> float:
    """The probability of distress in the whole text or in its most alarming clause."""
    return max(read(model, part).distress for part in [text, *clauses(text)[:_MOST_CLAUSES]])


def carried(whole: Reading, pieces: Sequence[tuple[str, Reading]]) -> list[IntentScore]:
    """The intents to be served in the order said: the whole message's, and those that a clause is sure of by itself."""
    sure = [
        reading.top
        for _, reading in pieces
        if reading.band == "act" and reading.top.confidence >= CLAUSE_PROBABILITY and reading.top.name not in SOCIAL
    ]
    names = {score.name for score in sure}
    if whole.band == "act" and whole.top.name not in names and (whole.top.name not in SOCIAL or not sure):
        sure = [whole.top, *sure]
    unique = {score.name: score for score in reversed(sure) if score.name != OUT_OF_SCOPE}
    return list(reversed(unique.values()))[:_MOST_CARRIED]
