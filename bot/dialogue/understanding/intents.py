# ruff: noqa: E501 - a pattern and a table are read as lines
"""Which intents a message carries, and how sure that is."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.dialogue.understanding import Band, IntentScore
from bot.dialogue.understanding.gibberish import is_gibberish
from bot.dialogue.understanding.model import Guess, Model
from bot.dialogue.understanding.vocabulary import OUT_OF_SCOPE, RIGHTS, SOCIAL

__all__ = ["OUT_OF_SCOPE", "RIGHTS", "SOCIAL", "Reading", "alarm", "carried", "clauses", "distress", "read"]
OUTSIDE_PROBABILITY = 0.4
_CLAUSES = re.compile(
    r"[.!?;。！？；\n]+|[,，](?:\s*(?:and|but|so|also|plus|可是|但是?|所以|另外|还有|而且|想问|能不能|可不可以|可以)?)"
    r"|\s(?:and|but|also|plus|so)\s|但是|可是|不过|所以|另外|还有|而且|顺便"
    r"|(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff\d])"  # many write a space where the comma would stand
    r"|\s(?=(?:can|could|will|would) (?:i|we|you|u)\b|(?:please|pls|now) (?:stop|quit|let|send|don'?t)\b)"
    r"|(?<=[\u3400-\u9fff]{4})(?=能不能|可不可以|可唔可以|可否|行不行|请你|請你|麻烦|麻煩|拜托|拜託|我要|我想)"
)
_CLAUSE_ALARMS = 0.8
_MIN_CLAUSE, _MOST_CLAUSES, _MOST_CARRIED = 3, 8, 4


@dataclass(frozen=True, slots=True)
class Reading:
    """The ranked intents of one piece of text.

    `sure` is how likely the first is right, `belongs` that the bot can serve it, `near` the nearest example's cosine,
    `distress` how likely it speaks of that.
    """

    ranked: tuple[IntentScore, ...]
    band: Band
    sure: float
    belongs: float
    near: float
    distress: float

    @property
    def top(self) -> IntentScore:
        return self.ranked[0]


_NOTHING = Reading((IntentScore(OUT_OF_SCOPE, 1.0),), "reject", 0.0, 0.0, 0.0, 0.0)


# Latin and Han: in other scripts the embeddings would still guess, from nothing that was ever checked.
_LETTER = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ\u00c0-\u024f\u3400-\u9fff\uf900-\ufaff]")


def read(model: Model, texts: Sequence[str]) -> list[Reading]:
    """What each text may mean by itself; one without a letter of the examples' scripts, or a word, says nothing."""
    said = [bool(_LETTER.search(text)) and not is_gibberish(text, model.vocabulary) for text in texts]
    readable = [text for text, says in zip(texts, said, strict=True) if says]
    guesses = iter(model.guess(readable) if readable else ())
    read_so = [_reading(model, next(guesses)) if says else _NOTHING for says in said]
    return [_commanded(model, text) or reading for text, reading in zip(texts, read_so, strict=True)]


def _commanded(model: Model, text: str) -> Reading | None:
    """A command typed by its name ("/complain") says what it wants."""
    name = text.strip().removeprefix("/")
    if not text.strip().startswith("/") or name not in model.labels:
        return None
    return Reading((IntentScore(name, 1.0),), "act", 1.0, 1.0, 1.0, float(name == "distress"))


def _reading(model: Model, guess: Guess) -> Reading:
    order = (-guess.probabilities).argsort()[:3]
    ranked = tuple(IntentScore(model.labels[i], round(float(guess.probabilities[i]), 4)) for i in order)
    evidence = guess.evidence
    sure, belongs = model.gate.sure(evidence), model.gate.belongs(evidence)
    band = _band(model, ranked[0], sure, belongs)
    return Reading(ranked, band, sure, belongs, evidence.near, guess.distress)


def _band(model: Model, top: IntentScore, sure: float, belongs: float) -> Band:
    if top.name == OUT_OF_SCOPE and top.confidence >= OUTSIDE_PROBABILITY:
        return "reject"
    if top.name != OUT_OF_SCOPE and sure >= model.gate.bound(top.name):
        return "act"
    return "ask" if belongs >= model.gate.ask else "reject"


def clauses(text: str) -> list[str]:
    """The message's parts that may each carry an intent of their own; empty when it is one piece."""
    parts = [part.strip() for part in _CLAUSES.split(text) if part and part.strip()]
    parts = [part for part in parts if len(part) >= _MIN_CLAUSE]
    return parts if len(parts) > 1 else []


def whole_and_parts(
    model: Model, text: str, known: Mapping[str, Reading] | None = None
) -> tuple[Reading, list[tuple[str, Reading]]]:
    """What the message means as a whole, and its clauses with what each means by itself."""
    known = known or readings(model, [text])
    return known[text], [(piece, known[piece]) for piece in _pieces(text)]


def readings(model: Model, texts: Iterable[str]) -> dict[str, Reading]:
    """What the texts mean and what their clauses mean by themselves, read in one pass, which costs less."""
    parts = list(dict.fromkeys(part for text in texts for part in (text, *_pieces(text))))
    return dict(zip(parts, read(model, parts), strict=True))


def _pieces(text: str) -> list[str]:
    return clauses(text)[:_MOST_CLAUSES]


def distress(model: Model, text: str, known: Iterable[tuple[str, Reading]] = ()) -> float:
    """The probability of distress in the text; what is `known` of its clauses is not read again."""
    texts, heard = [text, *_pieces(text)], dict(known)
    new = [part for part in dict.fromkeys(texts) if part not in heard]
    heard.update(zip(new, read(model, new), strict=True))
    whole, *parts = [heard[part] for part in texts]
    return alarm(whole, parts)


def alarm(whole: Reading, parts: Sequence[Reading]) -> float:
    """The probability for the whole, or that of a clause which leaves little doubt: out of context many sound dark."""
    return max([whole.distress, *(part.distress for part in parts if part.distress >= _CLAUSE_ALARMS)])


def carried(whole: Reading, pieces: Sequence[tuple[str, Reading]]) -> list[IntentScore]:
    """The intents to be served in the order said: the whole message's, and those that a clause is sure of by itself.

    What the whole message does not think of either is no second wish, unless it is a right.
    """
    thought_of = {score.name for score in whole.ranked} | RIGHTS
    sure = [reading.top for _, reading in pieces if reading.band == "act" and reading.top.name not in SOCIAL]
    sure = [score for score in sure if score.name in thought_of]
    names = {score.name for score in sure}
    if whole.band == "act" and whole.top.name not in names and (whole.top.name not in SOCIAL or not sure):
        sure = [whole.top, *sure]
    unique = {score.name: score for score in reversed(sure) if score.name != OUT_OF_SCOPE}
    return list(reversed(unique.values()))[:_MOST_CARRIED]
