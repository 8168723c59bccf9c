"""What a stranger can see and time from outside tells nothing of whether a reference exists."""

import asyncio
import gc
import statistics
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.assembly import App
from bot.dialogue.understanding import Understanding
from bot.lending.identity import link_digest, new_link_token
from bot.serving import web_app
from tests.conversations.driver import Chat
from tests.properties.sayings import LOCALES, RIGHTS
from tests.properties.twins import Pair, Twins, twins, without_chance

Seen = tuple[int, tuple[tuple[str, str], ...], int, str]
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n"


@pytest.fixture
def both(sqlite_template: Path, tmp_path: Path, model: Understanding) -> Iterator[Twins]:
    with twins(sqlite_template, tmp_path, model) as both:
        yield both


class Stranger:
    """Somebody with a browser, in one of the towns; `seen` is every answer as it came over the wire."""

    def __init__(self, app: App, locale: str) -> None:
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(web_app(app)), base_url="http://127.0.0.1:8000"
        )
        self._locale = locale.replace("_", "-")
        self._number = 0
        self.seen: list[Seen] = []

    async def open(self, speaker: str) -> None:
        answer = await self._client.post("/api/chat/sessions", json={"speaker": speaker, "locale": self._locale})
        self._client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        await self.send(start=True)

    async def send(self, **what: Any) -> None:
        """Send, and wait until it is answered; everything that was said so far is fetched with it."""
        await self.request("POST", "/api/chat/messages", json={"id": self._id(), "locale": self._locale, **what})
        while (await self._client.get("/api/chat/messages")).json()["busy"]:
            await asyncio.sleep(0.005)
        await self.request("GET", "/api/chat/messages")

    async def send_file(self) -> None:
        await self.request("POST", f"/api/chat/files?id={self._id()}&name=proof.pdf", content=PDF)

    async def request(self, method: str, path: str, **what: Any) -> None:
        answer = await self._client.request(method, path, **what)
        headers = tuple(sorted(answer.headers.items()))
        self.seen.append((answer.status_code, headers, len(answer.content), without_chance(answer.text)))

    async def close(self) -> None:
        await self._client.aclose()

    def _id(self) -> str:
        self._number += 1
        return f"00000000-0000-4000-8000-{self._number:012}"


async def _visit(pair: Pair, locale: str, spent: str) -> list[list[Seen]]:
    """The same wishes and wrong details in both towns, until the identity check is locked and beyond."""
    strangers = [Stranger(visit.app, locale) for visit in pair.both]
    details = [pair.claimed, "1901-01-01", "0001"]
    words = [*details, "/help", *details, *details, *RIGHTS[locale], *details]
    for stranger in strangers:
        await stranger.open(pair.known.person.speaker)
    for text in words:
        pair.wait(timedelta(seconds=10))
        for stranger in strangers:
            await stranger.send(text=text)
            await stranger.send(choice="5-1")
    for stranger in strangers:
        await stranger.send_file()
        await stranger.request("GET", "/api/chat/record")
        for link in (spent, new_link_token()):
            await stranger.request("POST", "/api/chat/links", json={"link": link})
        await stranger.close()
    return [stranger.seen for stranger in strangers]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_answer_over_the_wire_is_the_same(both: Twins, locale: str) -> None:
    """Statuses, headers and lengths too; one of the links was once the borrower's own."""
    pair = both.pair(0, locale)
    spent = new_link_token()
    with pair.known.app.database.transaction() as work:
        now = pair.known.app.clock.now()
        work.lending.add_link(link_digest(spent), pair.known.borrower.id, now + timedelta(days=1))
        work.lending.spend_link(link_digest(spent), now)
    known, unknown = asyncio.run(_visit(pair, locale, spent))
    assert len(known) > 60
    assert known == unknown
    used, never = known[-2:]
    assert used == never
    assert used[0] == 410


ROUNDS = 80
# Between two like things it is one half, give or take 0.032 at 80 each; a digest of more work than the rest is 1.
MOST_TOLD = 0.25


def _seconds(chat: Chat, text: str) -> float:
    start = time.perf_counter()
    chat.type(text)
    return time.perf_counter() - start


def _told(known: list[float], unknown: list[float]) -> float:
    """How far from one half the chance is that a try at a known reference takes longer (Mann and Whitney's U)."""
    longer = sum((a > b) + (a == b) / 2 for a in known for b in unknown)
    return abs(longer / (len(known) * len(unknown)) - 0.5)


def test_a_wrong_detail_takes_as_long_for_a_real_reference(both: Twins) -> None:
    """Turn about in one process, so that whatever else the machine does touches both alike."""
    times: dict[str, list[float]] = {"known": [], "unknown": []}
    gc.disable()
    try:
        for number in range(ROUNDS):
            pair = both.pair(0, "en")
            # In one town: the visitor's own reference, and one of the same form that nobody has.
            claims = {"known": pair.claimed, "unknown": pair.unknown.person.borrower.reference}
            for name in sorted(claims, reverse=number % 2 == 1):
                chat = Chat(pair.known.app, pair.known.person.speaker)
                chat.start()
                chat.press("/start_chat")
                chat.type(claims[name])
                chat.type("1901-01-01")
                times[name].append(_seconds(chat, "0001"))
                assert chat.replies[-1].response != "utter_identity_verified"
    finally:
        gc.enable()
    assert _told(times["known"], times["unknown"]) < MOST_TOLD, {n: statistics.median(t) for n, t in times.items()}


def test_the_measure_finds_a_difference_where_there_is_one() -> None:
    even = [0.001 * n for n in range(100)]
    assert _told(even, even) < 0.01
    assert _told([second + 0.04 for second in even], even) > MOST_TOLD
