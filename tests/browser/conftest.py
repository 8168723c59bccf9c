"""A real browser against a real server. One browser a module: a running Playwright forbids other event loops."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bot.clock import SystemClock
from tests.channels.memory import MemoryBackend
from tests.channels.site import Site, application
from tests.listening import listening

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Open = Callable[..., Page]
# A page hears of its queue every few seconds at most, and a busy machine is slow: what is waited for ends the wait.
PATIENCE = 30_000  # ms
expect.set_options(timeout=PATIENCE)


def _refused(text: str) -> bool:
    """Whether a resource was blocked; that the chat may not be framed is a test of its own."""
    return "Content Security Policy" in text and "frame-ancestors" not in text


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}: apt-get install chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def site() -> Iterator[Site]:
    clock = SystemClock()
    backend = MemoryBackend(clock, delay=0.05)
    with listening(application(backend, clock, demo=True)) as port:
        yield Site(f"http://127.0.0.1:{port}", backend)


@pytest.fixture
def open_chat(browser: Browser, site: Site) -> Iterator[Open]:
    """Opens the chat in a new browser profile; a script error or a refused resource fails the test."""
    contexts = []
    problems: list[str] = []

    def open_page(path: str = "/chat/harbour", *, locale: str = "en-GB", width: int = 1280, **options: Any) -> Page:
        size = {"width": width, "height": 780}
        context = browser.new_context(viewport=size, locale=locale, base_url=site.url, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda m: problems.append(m.text) if _refused(m.text) else None)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []
