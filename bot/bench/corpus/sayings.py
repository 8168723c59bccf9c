"""What invented people write: the example messages of the understanding, and details whose names hardly recur."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from bot.dialogue.understanding import corpus

FILE = Path(__file__).with_name("sayings.yml")
# What brings most people into such a chat; every other intent is drawn as often as any.
OFTEN = (
    "report_hardship",
    "request_plan",
    "make_offer",
    "check_balance",
    "ask_charges",
    "ask_consequences",
    "pay_now",
)
_SHARE_OF_OFTEN = 0.6


class Sayings:
    """Sentences drawn with `chance`; the same chance gives the same sentences."""

    def __init__(self, examples: Mapping[str, Mapping[str, Sequence[str]]], chance: Random) -> None:
        self._examples = examples  # by locale and intent
        self._chance = chance

    def of(self, intent: str, locale: str) -> str | None:
        """Another way to say the same; None where there is no example of it."""
        known = self._examples.get(locale, {}).get(intent)
        return self._chance.choice(known) if known else None

    def any(self, locale: str) -> str:
        """Something that a borrower may come with."""
        intents = self._examples[locale]
        often = [intent for intent in OFTEN if intent in intents]
        chosen = often if often and self._chance.random() < _SHARE_OF_OFTEN else list(intents)
        return self._chance.choice(intents[self._chance.choice(chosen)])

    def detail(self, locale: str) -> str:
        return self._filled("details", locale)

    def collector(self, locale: str) -> str:
        return self._filled("collector", locale)

    def note(self, locale: str) -> str:
        return self._filled("notes", locale)

    def person(self, locale: str) -> str:
        """A name that an invented person has."""
        words = _words()[locale]
        sound = self._sound(words["sounds"], 2)
        return sound.title() if locale == "en" else self._chance.choice(words["people"]) + sound

    def _filled(self, kind: str, locale: str) -> str:
        words, chance = _words()[locale], self._chance
        gap = " " if locale == "en" else ""
        return str(chance.choice(words[kind])).format(
            town=self._sound(words["sounds"], 2).title() + chance.choice(words["towns"]),
            firm=self._sound(words["sounds"], 2).title() + gap + chance.choice(words["firms"]),
            person=chance.choice(words["people"]) + gap + self._sound(words["sounds"], 2).title(),
            trade=chance.choice(words["trades"]),
            code=f"{self._sound(_words()['en']['sounds'], 1).upper()}{chance.randrange(1000, 99999)}",
        )

    def _sound(self, sounds: Sequence[str], most: int) -> str:
        return "".join(self._chance.choices(sounds, k=self._chance.randint(1, most) + (most > 1)))


def read(folder: Path) -> dict[str, dict[str, list[str]]]:
    """The example messages below `folder`, by locale and intent."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for example in corpus.read(folder):
        found[example.locale][example.intent].append(example.text)
    return {locale: dict(intents) for locale, intents in found.items()}


@cache
def _words() -> Mapping[str, Mapping[str, Any]]:
    words: Mapping[str, Mapping[str, Any]] = yaml.safe_load(FILE.read_text("utf-8"))
    return words
