"""The whole demo application on a free port: borrower's chat, desk and review over one SQLite database."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.assembly import App
from bot.dialogue.understanding import Understanding
from bot.serving import open_app, web_app
from bot.settings import ROOT, Settings
from tests.listening import listening

# A Monday morning in Shanghai: somebody is at the desk.
OPENING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class MondayClock:
    """Runs like the real one, from a Monday morning on."""

    began: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        return OPENING + timedelta(seconds=time.monotonic() - self.began)


@dataclass(frozen=True, slots=True)
class Demo:
    url: str
    app: App


@contextmanager
def demo_served(state: Path, model: Understanding) -> Iterator[Demo]:
    """Serve the demo until the block ends; everything that it writes stands in `state`."""
    settings = Settings(
        database_url=f"sqlite:///{state / 'demo.sqlite'}",
        state=state,
        key_file=state / "demo.keys",
        creditors=ROOT / "bot" / "lender" / "demo" / "creditors",
        demo=True,
    )
    app = open_app(settings, MondayClock(), model=model)
    with listening(web_app(app), lifespan=True) as port:
        yield Demo(f"http://127.0.0.1:{port}", app)
