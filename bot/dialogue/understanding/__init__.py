"""From typed text to what it may mean; the parts are put together by `Understanding`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal, Protocol

Band = Literal["act", "ask", "reject"]
Distress = Literal["yes", "check", "no"]
EntityValue = str | int | Decimal | date


@dataclass(frozen=True, slots=True)
class Awaiting:
    """The open question: the slot that it fills, what kind of value that is, and the buttons shown with it.

    `kind`: money, date, number, yes_no, choice, day_of_month, frequency, text. `choices` maps a button's title to
    the slot value that it sets, in the order shown. `currency` is the one that a bare number is in.
    """

    slot: str
    kind: str
    choices: Mapping[str, str] = field(default_factory=dict)
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    """`name` and value forms as in the vocabulary of entities; money values carry their currency, if named."""

    name: str
    value: EntityValue
    start: int
    end: int
    currency: str | None = None
    high: Decimal | None = None  # the upper end, when a range was stated


@dataclass(frozen=True, slots=True)
class IntentScore:
    name: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Understood:
    """What one message may mean. `carries` are the intents to be served, in order."""

    text: str
    intents: tuple[IntentScore, ...]  # the best three
    band: Band
    carries: tuple[str, ...]
    entities: tuple[Entity, ...]
    language: str | None  # a locale of the lender's, None when the text does not tell
    distress: Distress
    answer: object | None = None  # the value for the open question, in the slot's form; None: not an answer
    answer_high: Decimal | None = None  # its upper end, when a range was stated


class Understanding(Protocol):
    def understand(self, text: str, *, locale: str, today: date, awaiting: Awaiting | None = None) -> Understood:
        """Pure and offline; milliseconds; never raises for any text."""
        ...


def with_second_opinion(
    local: Understanding, url: str, model: str, key: str | None, seconds: float
) -> Understanding:
    """`local` with the second opinion of a language model at `url`, which is given up after so many seconds."""
    from bot.dialogue.understanding.assisted import Assisted
    from bot.dialogue.understanding.endpoint import Address, Endpoint

    return Assisted(local, Endpoint(Address(url, model, key, seconds)).answer)


def load(nlu_folder: Path, cache: Path | None) -> Understanding:
    """The local understanding of the examples in `nlu_folder`; the trained model is kept in the folder `cache`."""
    from bot.dialogue.understanding import engine

    return engine.load(nlu_folder, cache)
