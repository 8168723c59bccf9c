"""The local understanding: all parts put together; offline, and the same answer for the same text always."""

import logging
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.dialogue.understanding import (
    Awaiting,
    Band,
    Distress,
    Understood,
    answers,
    entities,
    intents,
    model,
    safety,
)
from bot.dialogue.understanding.answers import Answer
from bot.dialogue.understanding.intents import OUT_OF_SCOPE, RIGHTS, SOCIAL, Reading
from bot.dialogue.understanding.language import detect

_LONGEST = 2000  # characters read; what follows is more of the same
# What somebody may say around an answer without changing the subject.
_WITH_AN_ANSWER = SOCIAL | {
    "make_offer", "promise_to_pay", "request_plan", "report_hardship", "pay_now", "check_plan", OUT_OF_SCOPE,
}  # fmt: skip
_WITH_TEXT = _WITH_AN_ANSWER | {"disclose_vulnerability", "ask_creditor"}
# Taking a thing back or asking for help is never the text of an answer.
_LEAVE = frozenset({"go_back", "help", "change_language", "request_human"})
_ANSWERED_RIGHT = 0.6
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LocalUnderstanding:
    model: model.Model

    def understand(self, text: str, *, locale: str, today: date, awaiting: Awaiting | None = None) -> Understood:
        """Pure and offline; milliseconds; never raises for any text."""
        try:
            return self._understand(text[:_LONGEST], locale, today, awaiting)
        except (
            Exception
        ):  # a message must never be lost to a fault in reading it; the flows ask again or fetch a person
            log.exception("a message of %d characters could not be read", len(text))
            return Understood(text, (), "reject", (), (), None, "no")

    def _understand(self, text: str, locale: str, today: date, awaiting: Awaiting | None) -> Understood:
        reading = intents.read(self.model, text)
        finding = safety.find(text, self._distress(text, reading))
        found = entities.extract(text, today=today, locale=locale)
        names = self._carried(text, reading)
        answer = answers.read(text, awaiting, today=today, locale=locale) if awaiting else None
        if (
            answer
            and awaiting
            and (finding.distress != "no" or not self._answers(text, awaiting, answer, reading, names))
        ):
            answer = None
        band: Band = reading.band
        if answer:
            band, names = "act", self._beside(text, names, reading, answer)
        elif names and band != "act":
            band = "act" if names[0] != OUT_OF_SCOPE else band
        ranked = reading.ranked
        return Understood(
            text, ranked, band, _with_distress(names, finding.distress), found, detect(text), finding.distress,
            answer.value if answer else None, answer.high if answer else None,
        )  # fmt: skip

    def _distress(self, text: str, reading: Reading) -> float:
        """The classifier's probability, of the whole message or its most alarming clause."""
        return max(
            [reading.distress, *(intents.read(self.model, part).distress for part in intents.clauses(text)[:8])]
        )

    def _carried(self, text: str, reading: Reading) -> tuple[str, ...]:
        names = intents.carried(self.model, text, reading)
        if not names:
            return (
                (OUT_OF_SCOPE,)
                if reading.band == "reject"
                else (reading.top.name,)
                if reading.band == "act"
                else ()
            )
        return tuple(sorted(names, key=lambda name: name not in RIGHTS))

    def _answers(
        self, text: str, awaiting: Awaiting, answer: Answer, reading: Reading, names: tuple[str, ...]
    ) -> bool:
        """Whether a value that could be read is meant as the answer, or the message is about something else."""
        if answer.rest == 0 and awaiting.kind != "text":
            return True
        if any(name in RIGHTS for name in names) and reading.top.confidence >= _ANSWERED_RIGHT and answer.rest > 1:
            return False
        if awaiting.kind == "text":
            return self._tells(awaiting, answer, reading)
        question = text.rstrip().endswith(("?", "？", "吗", "嗎", "呢"))
        return not (
            reading.band == "act" and reading.top.name not in _WITH_AN_ANSWER and (question or answer.rest > 2)
        )

    def _tells(self, awaiting: Awaiting, answer: Answer, reading: Reading) -> bool:
        if answer.value != "" and answer.rest == 0:  # a reference or the last digits
            return True
        if reading.band != "act":
            return True
        return reading.top.name in _WITH_TEXT and reading.top.name not in _LEAVE

    def _beside(self, text: str, names: tuple[str, ...], reading: Reading, answer: Answer) -> tuple[str, ...]:
        """What is asked for beside the answer: rights, and a clause of its own about another subject."""
        if answer.rest == 0:
            return ()
        kept = [name for name in names if name in RIGHTS or (name not in _WITH_TEXT and len(names) > 1)]
        return tuple(name for name in kept if name != OUT_OF_SCOPE)


def _with_distress(names: tuple[str, ...], distress: Distress) -> tuple[str, ...]:
    """Distress leads when it is sure; a classifier's guess at it alone never starts anything but the check."""
    others = tuple(name for name in names if name != "distress")
    return ("distress", *others) if distress == "yes" else others


def load(nlu_folder: Path, cache: Path | None) -> LocalUnderstanding:
    """Trains on `nlu_folder` at the first start, afterwards reads what `cache` keeps; warms what is made on first use."""
    understanding = LocalUnderstanding(model.load(nlu_folder, cache))
    understanding.understand("hello 你好", locale="en", today=date(2026, 1, 1))
    return understanding
