"""The chat's API and pages over the test backend, as an application and as a server on a free port."""

from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI

from bot.channels.webchat import router
from bot.channels.webchat_parts import WebChat
from bot.clock import Clock, SystemClock
from bot.errors import BadInput
from bot.lender.demo.people import people
from bot.locale import Catalogues
from bot.settings import ROOT
from bot.web.chat_pages import ChatPages, DemoSignIn, pages
from bot.web.templating import Pages
from tests.channels.memory import MemoryBackend


def looks_right(content: bytes) -> str:
    """The media type by the content's first bytes."""
    for start, media_type in (
        (b"%PDF-", "application/pdf"),
        (b"\x89PNG", "image/png"),
        (b"\xff\xd8", "image/jpeg"),
    ):
        if content.startswith(start):
            return media_type
    raise BadInput("file", "this is neither a photo nor a PDF")


def application(
    backend: MemoryBackend,
    clock: Clock,
    *,
    demo: bool = False,
    heartbeat: float = 15.0,
    ancestors: tuple[str, ...] = (),
    words: Catalogues | None = None,
) -> FastAPI:
    app = FastAPI(title="Borrower self-service", version="1", docs_url=None, redoc_url=None)
    words = words or Catalogues.load(ROOT / "locales")
    staff = [DemoSignIn("Li Na", "collector", "lina", "demo", "/desk")] if demo else []
    app.include_router(router(WebChat(backend, clock, looks_right, heartbeat=heartbeat)))
    parts = ChatPages(
        backend, Pages(words.localizer), clock, words.languages, ancestors, people(clock) if demo else [], staff
    )
    app.include_router(pages(parts))
    return app


@dataclass(frozen=True, slots=True)
class Site:
    """A server that runs; `port` stays its own after a restart."""

    url: str
    backend: MemoryBackend


if __name__ == "__main__":
    system = SystemClock()
    uvicorn.run(application(MemoryBackend(system, delay=0.7), system, demo=True), port=8123)
