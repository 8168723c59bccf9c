"""Two installations that differ in one thing: a borrower whom only the first has."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.clock import FixedClock
from bot.dialogue.understanding import Understanding
from bot.record.chain import canonical
from tests.conversations.driver import Chat
from tests.properties.town import Town, built
from tests.properties.visit import Visit

# Made by chance in either: ids and digests, codes that prove who we are, tickets.
_CHANCE = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}|[0-9A-Z]{4}-[0-9A-Z]{4}|[0-9A-F]{8})"
    r"(?![0-9A-Za-z])"
)
_FAR = 50_000  # no visit gets that far


@dataclass(frozen=True, slots=True)
class Pair:
    """The same stranger in both; what they call their reference is `claimed`, which only `known`'s town knows."""

    known: Visit
    unknown: Visit

    @property
    def claimed(self) -> str:
        return self.known.person.borrower.reference

    @property
    def both(self) -> tuple[Visit, Visit]:
        return self.known, self.unknown

    def wait(self, span: timedelta) -> None:
        for visit in self.both:
            clock = visit.app.clock
            assert isinstance(clock, FixedClock)
            clock.advance(span)


@dataclass(frozen=True, slots=True, repr=False)
class Twins:
    known: Town
    unknown: Town

    def pair(self, person: int, locale: str) -> Pair:
        number = len(self.known.visits) + 1
        # As many borrowers are in either town; the second's has a reference of the same form that is never typed.
        pair = Pair(
            self.known.visit(person, locale, number=number),
            self.unknown.visit(person, locale, number=number + _FAR),
        )
        # No two visits ever do anything at the same instant: who is first in a queue is no matter of chance then.
        pair.wait(timedelta(microseconds=number))
        return pair


@contextmanager
def twins(template: Path, state: Path, model: Understanding) -> Iterator[Twins]:
    """Both over a copy of the same empty database."""
    folders = [state / name for name in ("known", "unknown")]
    for folder in folders:
        folder.mkdir()
        (folder / "bot.db").write_bytes(template.read_bytes())
    first, second = (f"sqlite:///{folder / 'bot.db'}" for folder in folders)
    with built(first, folders[0], model) as known, built(second, folders[1], model) as unknown:
        yield Twins(known, unknown)


def transcript(chat: Chat) -> list[tuple[int, str, str, str]]:
    """Every event of a chat as it is kept, byte for byte but for chance: place, kind, time, content."""
    if not chat.conversation_id:
        return []
    with chat.app.database.reading() as work:
        events = work.record.events(chat.conversation_id)
    return [(event.seq, event.kind, event.at.isoformat(), without_chance(event.body)) for event in events]


def sendings(chat: Chat) -> list[tuple[int, str, bool, int]]:
    """What waits to be sent, as a channel would be given it now."""
    if not chat.conversation_id:
        return []
    with chat.app.database.transaction() as work:
        waiting = work.outbox.claim(chat.conversation_id, chat.app.clock.now())
        for one in waiting:
            work.outbox.sent(one.id, chat.app.clock.now())
    return [(one.seq, one.state, one.unasked, one.attempts) for one in waiting]


def without_chance(body: Any) -> str:
    """Canonical JSON with a `*` for what chance made; keys made by chance stand in the order of what they hold."""
    return canonical(_masked(body)).decode()


def _masked(body: Any) -> Any:
    match body:
        case str():
            return _CHANCE.sub("*", body)
        case dict():
            pairs = [[_masked(key), _masked(value)] for key, value in body.items()]
            return sorted(pairs, key=canonical)
        case list() | tuple():
            return [_masked(one) for one in body]
        case _:
            return body
