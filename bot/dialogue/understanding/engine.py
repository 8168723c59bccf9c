"""The local understanding: all parts put together; offline, and the same answer for the same text always."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from threadpoolctl import threadpool_limits

from bot.dialogue.understanding import (
    Awaiting,
    Band,
    Distress,
    Entity,
    IntentScore,
    Understood,
    amounts,
    bereavement,
    entities,
    intents,
    keeping,
    phrases,
    safety,
    subject,
)
from bot.dialogue.understanding.answers import unexplained
from bot.dialogue.understanding.fold import narrow
from bot.dialogue.understanding.intents import OUT_OF_SCOPE, RIGHTS
from bot.dialogue.understanding.language import detect
from bot.dialogue.understanding.model import Model
from bot.dialogue.understanding.subject import Message, Taken

_PROMISED = {"amount_of_money", "date"}
_LONGEST = 2000  # characters read; what follows is more of the same
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LocalUnderstanding:
    model: Model

    def understand(self, text: str, *, locale: str, today: date, awaiting: Awaiting | None = None) -> Understood:
        """Pure and offline; milliseconds; never raises for any text."""
        try:
            return self._understand(text[:_LONGEST], locale, today, awaiting)
        except Exception:
            log.exception("a message of %d characters could not be read", len(text))
            return Understood(text, (), "reject", (), (), None, "no")

    def _understand(self, text: str, locale: str, today: date, awaiting: Awaiting | None) -> Understood:
        known = intents.readings(self.model, (text, safety.left_over(text) or text))
        message = Message(text, *intents.whole_and_parts(self.model, text, known))
        finding = safety.find(text, lambda part: intents.distress(self.model, part, known.items()))
        taken = None
        found = entities.extract(text, today=today, locale=locale)
        if awaiting and not finding.lexical:
            taken = subject.take(message, awaiting, today=today, locale=locale)
        # A bare value is an answer, whatever its words remind the classifier of; so are an amount and a day.
        bare = taken.answer.rest == 0 if taken else not finding.lexical and _figures_alone(text, found)
        distress: Distress = "no" if bare else finding.distress
        if distress != "no":
            taken = None
        names = taken.beside if taken else _carried(message) or _of_a_reason(message, found)
        names = subject.fitting(names, awaiting, found)
        mourned = _of_a_death(text, names)
        plain = _plain(text, awaiting, taken) if distress == "no" else None
        if distress == "no" and not (plain or taken or names):
            plain = _of_terms(message, found, bare=not subject.telling(awaiting))
        if plain:
            taken, names = None, (plain,)
        elif mourned:
            plain, names = "report_hardship", mourned
        return Understood(
            text,
            _led_by(plain, message.whole.ranked),
            "act" if plain else _band(message, taken, names),
            _with_distress(names, distress),
            (*found, *_reference(text, plain)),
            detect(text),
            distress,
            taken.answer.value if taken else None,
            taken.answer.high if taken else None,
        )


def _carried(message: Message) -> tuple[str, ...]:
    """Rights first, then what was said first; out_of_scope when nothing fits."""
    names = [score.name for score in intents.carried(message.whole, message.pieces)]
    if not names and message.whole.band == "reject":
        return (OUT_OF_SCOPE,)
    return tuple(sorted(names, key=lambda name: name not in RIGHTS))


def _plain(text: str, awaiting: Awaiting | None, taken: Taken | None) -> str | None:
    """What a message that can mean one thing only asks for; a value on offer goes first."""
    if taken is None or (awaiting and awaiting.kind == "text" and taken.answer.value == text.strip()):
        return phrases.intent(text) or phrases.start(text, asked=awaiting is not None)
    return None


def _led_by(plain: str | None, ranked: tuple[IntentScore, ...]) -> tuple[IntentScore, ...]:
    if plain is None:
        return ranked
    return (IntentScore(plain, 1.0), *[score for score in ranked if score.name != plain][:2])


def _reference(text: str, plain: str | None) -> tuple[Entity, ...]:
    value = phrases.reference(text) if plain else None
    return (Entity("reference", value, 0, len(text)),) if value else ()


def _of_a_reason(message: Message, found: Sequence[Entity]) -> tuple[str, ...]:
    """A hard time whose reason is named in so many words, where the classifier too thinks of one first or next."""
    likeliest = {score.name for score in message.whole.ranked[:2]}
    named = any(entity.name == "hardship_reason" for entity in found)
    return ("report_hardship",) if named and "report_hardship" in likeliest else ()


def _of_terms(message: Message, found: Sequence[Entity], *, bare: bool) -> str | None:
    """An amount by a day is a promise, and an amount alone an offer, where the classifier thinks of them too.

    `bare`: a figure without a currency or a word of paying counts as an amount.
    """
    likeliest, named = [score.name for score in message.whole.ranked], {entity.name for entity in found}
    amount = "amount_of_money" in named or (bare and amounts.beside(message.text, found) is not None)
    by_a_day = amount and "date" in named and not named & {"frequency", "instalments"}
    between = set(likeliest[:2]) == {"promise_to_pay", "make_offer"}
    if by_a_day and "already_paid" not in likeliest[:2] and (between or _figures_alone(message.text, found)):
        return "promise_to_pay"
    return "make_offer" if "make_offer" in likeliest and phrases.only_amount(message.text) else None


def _figures_alone(text: str, found: Sequence[Entity]) -> bool:
    """Whether an amount and a day are all that is said, but for the words that stand around such."""
    if not {entity.name for entity in found} >= _PROMISED:
        return False
    for entity in sorted(found, key=lambda entity: -entity.start):
        text = text[: entity.start] + " " + text[entity.end :]
    return unexplained(narrow(text)) == 0


def _of_a_death(text: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """The death of somebody close is a hard time where it is told as one; else it may be either; none: no death."""
    if "report_death" not in names or not bereavement.of_somebody_close(text):
        return ()
    others = tuple(name for name in names if name not in ("report_death", "report_hardship"))
    return (*(() if bereavement.behind_since(text) else ("report_death",)), "report_hardship", *others)


def _band(message: Message, taken: Taken | None, names: tuple[str, ...]) -> Band:
    """A clause that is sure makes the message one to act on."""
    sure = taken or (names and names != (OUT_OF_SCOPE,))
    return "act" if sure else message.whole.band


def _with_distress(names: tuple[str, ...], distress: Distress) -> tuple[str, ...]:
    """Distress leads when it is sure; a guess at it starts nothing but the check."""
    others = tuple(name for name in names if name != "distress")
    return ("distress", *others) if distress == "yes" else others


def load(nlu_folder: Path, cache: Path | None) -> LocalUnderstanding:
    """Trained on `nlu_folder` at the first start, afterwards read from `cache`; warms what is made on first use."""
    understanding = LocalUnderstanding(keeping.load(nlu_folder, cache))
    threadpool_limits(1, "blas")  # for the process: a message is too small to share among threads
    understanding.understand("hello 你好", locale="en", today=date(2026, 1, 1))
    return understanding
