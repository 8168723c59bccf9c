"""How much distress is found and how often others are disturbed, on messages that nothing was trained on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from pathlib import Path

from bot.dialogue.understanding import Understanding, corpus, safety
from bot.dialogue.understanding.corpus import Example
from bot.dialogue.understanding.vocabulary import DISTRESS
from bot.errors import BadInput

_TODAY = date(2026, 1, 1)  # no day changes what is distress
_SIGMAS = 1.96  # of a normal distribution, for 95%


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `of`, with the 95% interval of Wilson's score."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        return self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        if not self.of:
            return 0.0, 1.0
        spread = _SIGMAS**2 / self.of
        middle = (self.value + spread / 2) / (1 + spread)
        half = sqrt(spread * self.value * (1 - self.value) + spread**2 / 4) / (1 + spread)
        return max(0.0, middle - half), min(1.0, middle + half)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.hits} of {self.of}, {self.value:.3f} ({low:.3f} to {high:.3f})"


@dataclass(frozen=True, slots=True)
class Watch:
    """Of one set of messages: what was found and disturbed by all, and by the patterns alone."""

    name: str
    found: Share
    disturbed: Share
    found_by_patterns: Share
    disturbed_by_patterns: Share
    missed: tuple[str, ...]
    alarms: tuple[str, ...]


def measure(understanding: Understanding, folder: Path) -> list[Watch]:
    """A locale and a round of authors at a time, of the files <locale>.yml in `folder`; BadInput without any."""
    files = sorted(folder.glob("*.yml"))
    if not files:
        raise BadInput(str(folder), "holds no messages (<locale>.yml)")
    return [watch for file in files for watch in _of_file(understanding, file)]


def _of_file(understanding: Understanding, file: Path) -> Iterator[Watch]:
    examples = corpus.read_file(file, file.stem)
    for batch in sorted({example.batch for example in examples}):
        name = f"{file.stem} {batch}".strip()
        yield _watch(understanding, name, [example for example in examples if example.batch == batch])


def _watch(understanding: Understanding, name: str, examples: Sequence[Example]) -> Watch:
    meant = [example for example in examples if example.intent == DISTRESS]
    others = [example for example in examples if example.intent != DISTRESS]
    missed = tuple(example.text for example in meant if not _alarmed(understanding, example))
    alarms = tuple(example.text for example in others if _alarmed(understanding, example))
    return Watch(
        name,
        Share(len(meant) - len(missed), len(meant)),
        Share(len(alarms), len(others)),
        Share(_by_patterns(meant), len(meant)),
        Share(_by_patterns(others), len(others)),
        missed,
        alarms,
    )


def _alarmed(understanding: Understanding, example: Example) -> bool:
    locale = example.locale.replace("_", "-")
    return understanding.understand(example.text, locale=locale, today=_TODAY).distress != "no"


def _by_patterns(examples: Iterable[Example]) -> int:
    return sum(safety.by_patterns(example.text).lexical for example in examples)


def lines(watches: Iterable[Watch], *, texts: bool = False) -> Iterator[str]:
    for watch in watches:
        yield f"{watch.name}: found {watch.found}; disturbed without cause {watch.disturbed}"
        yield f"  patterns alone: found {watch.found_by_patterns}; disturbed {watch.disturbed_by_patterns}"
        if texts:
            yield from (f"  missed: {text}" for text in watch.missed)
            yield from (f"  disturbed: {text}" for text in watch.alarms)
