"""Measures review's search on the conversations of a database: words by how often they occur, filters, and both.

Timed is what a page of the list needs: the index, the text of the conversations shown, and their marked lines; not
the HTML, nor the entry on the trail.
"""

import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from bot.access import Staff
from bot.assembly import Ground
from bot.errors import BotError
from bot.review import documents, search, search_words
from bot.review.search import Voice
from bot.review.search_store import Cursor
from bot.storage.schema_search import conversation_facts

SAMPLE = 4000  # conversations, by which words are told to be rare or frequent
TENTH = 9  # pages before the tenth
Fields = Sequence[tuple[str, str]]
READER = Staff("bench", "bench", "", "auditor")
BOUNDED = Staff("bench", "bench", "", "auditor", speakers=("thames",), creditors=("thames",))
_TOKEN = re.compile(r"[^\s']+")
# Each with how many of a thousand conversations have the word.
_OFTEN = (("rare", 0.0, 1.0), ("middle", 4.0, 20.0), ("frequent", 150.0, 1000.0))


class NothingToMeasure(BotError):
    """The database has too few indexed conversations to tell rare words from frequent ones."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds of each search, and how many rows their pages had on average."""

    took: Sequence[float]
    rows: float

    def quantile(self, q: float) -> float:
        ordered = sorted(self.took)
        return ordered[min(len(ordered) - 1, int(q * len(ordered)))]


def main(ground: Ground, rounds: int, seed: int) -> None:
    """Print p50 and p95 of the first and of the tenth page for each kind of search."""
    bench = SearchBench(ground, Random(seed))  # noqa: S311 - nothing secret is drawn
    title = f"{bench.conversations:,} conversations, {ground.database.dialect}, milliseconds"
    table = Table("search", "rows", "p50", "p95", "rows, 10th page", "p50", "p95", title=title)
    for name, draw in bench.kinds().items():
        first, tenth = bench.measure(draw, rounds)
        late = (f"{tenth.rows:.0f}", *_shown(tenth)) if tenth.took else ("", "", "")
        table.add_row(name, f"{first.rows:.0f}", *_shown(first), *late)
    Console().print(table)


def _shown(measured: Measured) -> tuple[str, str]:
    return f"{measured.quantile(0.5):.1f}", f"{measured.quantile(0.95):.1f}"


class SearchBench:
    def __init__(self, ground: Ground, chance: Random) -> None:
        self._database, self._chance = ground.database, chance
        self._voices = {one.id: Voice(one.creditors, one.time_zone) for one in ground.policies.speakers()}
        self._ids, counts, size = self._sample()
        self._words = {
            (name, script): [
                word
                for word, count in counts.items()
                if low <= 1000 * count / size <= high and _script(word) == script
            ]
            for name, low, high in _OFTEN
            for script in ("English", "Chinese")
        }
        if not all(self._words.values()):
            raise NothingToMeasure("there are too few conversations in the index: run `demo generate` first")

    def _sample(self) -> tuple[list[str], Counter[str], int]:
        facts = conversation_facts.c
        with self._database.engine.connect() as connection:
            first, last = connection.execute(sa.select(sa.func.min(facts.number), sa.func.max(facts.number))).one()
            numbers = range(first or 0, (last or 0) + 1)
            self.conversations: int = connection.execute(
                sa.select(sa.func.count()).select_from(facts.number.table)
            ).scalar_one()
            drawn = sorted(self._chance.sample(numbers, min(SAMPLE, len(numbers))))
            rows = connection.execute(
                sa.select(facts.conversation_id, sa.cast(facts.words, sa.Text)).where(facts.number.in_(drawn))
            ).all()
        counts = Counter(_shown_as(token) for _, words in rows for token in _TOKEN.findall(words))
        counts.pop("", None)
        return [row[0] for row in rows], counts, max(1, len(rows))

    def kinds(self) -> dict[str, Callable[[], Fields]]:
        """What each row of the table looks for, drawn anew each time."""
        word, chance = self._word, self._chance
        kinds: dict[str, Callable[[], Fields]] = {}
        for often, _, _ in _OFTEN:
            for script in ("English", "Chinese"):
                kinds[f"{often} word, {script}"] = lambda often=often, script=script: [word(often, script)]  # type: ignore[misc]
        return kinds | {
            "two frequent words": lambda: [("words", f"{word('frequent')[1]} {word('frequent')[1]}")],
            "phrase of three": lambda: [("words", self._phrase())],
            "filter alone": lambda: [("outcome", chance.choice(("agreed", "disputed", "person", "unverified")))],
            "rare filter alone": lambda: [("hold", chance.choice(("death", "minor", "bankruptcy", "moratorium")))],
            "two filters": lambda: [("locale", "zh_Hans"), ("flag", "not_understood"), ("channel", "web")],
            "frequent word, rare filter": lambda: [word("frequent"), ("hold", chance.choice(("death", "minor")))],
            "frequent word, frequent filter": lambda: [word("frequent", "English"), ("locale", "en")],
            "frequent word, no such filter": lambda: [
                word("frequent", "Chinese"),
                ("speaker", "thames"),
                ("locale", "en"),
            ],
            "middle word, lateness": lambda: [word("middle"), ("lateness", "31-60")],
            "frequent word, an old month": lambda: [word("frequent"), *self._month()],
            "rare word, a month": lambda: [word("rare"), *self._month()],
            "everything, newest first": list,
        }

    def measure(self, draw: Callable[[], Fields], rounds: int) -> tuple[Measured, Measured]:
        """The first page, and the tenth of those that have so many; every fifth time with a bounded reader."""
        first: list[float] = []
        tenth: list[float] = []
        rows = [0, 0]
        for number in range(rounds):
            asked, reader = search.asked(draw()), BOUNDED if number % 5 == 4 else READER
            page, took = self._timed(asked, reader, None)
            first.append(took)
            rows[0] += len(page.rows)
            for step in range(TENTH):
                if page.next is None:
                    break
                page, took = self._timed(asked, reader, page.next)
                if step == TENTH - 1:
                    tenth.append(took)
                    rows[1] += len(page.rows)
        return Measured(first, rows[0] / rounds), Measured(tenth, rows[1] / max(1, len(tenth)))

    def _timed(self, asked: search.Asked, reader: Staff, after: Cursor | None) -> tuple[search.Page, float]:
        began = time.perf_counter()
        with self._database.reading() as work:
            page = search.search(work, asked, reader, self._voices, after)
        return page, (time.perf_counter() - began) * 1000

    def _word(self, often: str, script: str | None = None) -> tuple[str, str]:
        return "words", self._chance.choice(
            self._words[often, script or self._chance.choice(("English", "Chinese"))]
        )

    def _phrase(self) -> str:
        """Three units that follow each other in some conversation."""
        while True:
            chosen = self._chance.choice(self._ids)
            with self._database.reading() as work:
                material = work.search.material([chosen])[0]
            said = [text for _, text in documents.passages(material.events, material.borrower)]
            units = [unit for unit, _ in search_words.spans(self._chance.choice(said))] if said else []
            if len(units) >= 3:
                start = self._chance.randrange(len(units) - 2)
                return '"' + " ".join(units[start : start + 3]) + '"'

    def _month(self) -> Fields:
        month = self._chance.randrange(1, 10)
        return [("since", f"2026-{month:02d}-01"), ("until", f"2026-{month:02d}-28")]


def _shown_as(token: str) -> str:
    """The word that a token stands for; empty for facets, times and pairs that are no Chinese word."""
    if search_words.JOIN not in token:
        return token
    parts = token.split(search_words.JOIN)
    return (
        "".join(parts) if len(parts) == 2 and all(len(part) == 1 and not part.isascii() for part in parts) else ""
    )


def _script(word: str) -> str:
    return "English" if word.isascii() and word.isalpha() else "Chinese" if not word.isascii() else ""
