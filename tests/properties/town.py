"""The assembled application with the demo's people, for many visits of one test."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from hypothesis import HealthCheck, Phase, settings

from bot.assembly import App
from bot.clock import FixedClock
from bot.dialogue.understanding import Understanding
from bot.lender.demo import people
from bot.lender.demo.people import DemoPerson
from tests.conversations.driver import demo_app
from tests.properties.secrets import Secrets
from tests.properties.visit import Visit

PEOPLE = 12
_AT = datetime(2026, 11, 21, 4, tzinfo=UTC)
Test = TypeVar("Test", bound=Callable[..., None])


class Errors(logging.Handler):
    """Keeps what the application reports as a failure: a turn that only its second try saved is one too."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(self.format(record))


@dataclass
class Town:
    app: App
    errors: Errors
    demo: list[DemoPerson]
    secrets: Secrets
    visits: list[Visit] = field(default_factory=list)

    def visit(self, person: int, locale: str, *, number: int | None = None) -> Visit:
        """A newcomer like person number `person` of the demo, on the day on which every visit begins."""
        clock = self.app.clock
        assert isinstance(clock, FixedClock)
        clock.set(_AT)
        visit = Visit(self.app, self.demo[person % len(self.demo)], number or len(self.visits) + 1, locale)
        self.visits.append(visit)
        return visit

    def driven(self) -> tuple[int, int]:
        """How many conversations there were, and how many inputs they had."""
        chats = [chat for visit in self.visits for chat in visit.started()]
        return len(chats), sum(len({sent.update_id for sent in chat.sent}) for chat in chats)


@contextmanager
def built(url: str, state: Path, model: Understanding) -> Iterator[Town]:
    app, errors = demo_app(url, state, _AT, model), Errors()
    logging.getLogger("bot").addHandler(errors)
    try:
        demo = people.people(app.clock)
        assert len(demo) == PEOPLE
        yield Town(app, errors, demo, Secrets(demo, _advisers(app)))
    finally:
        logging.getLogger("bot").removeHandler(errors)
        app.close()


def _advisers(app: App) -> list[str]:
    places = {speaker.jurisdiction for speaker in app.policies.speakers()}
    lines = [line for place in places for line in app.policies.residence(place).advice]
    return [name for line in lines for name in line.name.values()]


def drawn(examples: int, *, steady: bool = True) -> Callable[[Test], Test]:
    """`steady` runs draw the same conversations every time, so that what passes here passes elsewhere."""
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=steady,
        print_blob=not steady,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
