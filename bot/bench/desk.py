"""Loads the desk: collectors with open streams, borrowers who write, cases that are opened; on both databases."""

import asyncio
import json
import random
import re
import statistics
import tempfile
import time
import uuid
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from bot import assembly, serving
from bot.bench import postgres
from bot.bench.desk_office import Held, Office, durable, filled, report_of, served
from bot.bench.desk_server import Served, Tick, read, tick
from bot.bench.run import settings_in
from bot.dialogue.understanding import Understanding
from bot.settings import Settings

FIRST_PORT = 8411
WARM_UP = 20.0  # seconds that are not measured: streams open, templates are compiled, the chats get indexed
THINKS = 10.0  # seconds between two messages of one borrower, on average
OPENS = 20.0  # seconds between two cases that one collector opens
# What is promised: a case opened, a message on the collector's screen.
OPENED_MS, HEARD_MS = 100, 300
CASE = re.compile(r"/desk/cases/[0-9a-f]+")
Span = tuple[float, float]


@dataclass(slots=True)
class Measured:
    """Seconds, but for `load`. What is no server's own is by the clock of the client, on the same machine."""

    served: list[float] = field(default_factory=list)  # a case opened, on the server
    opened: list[float] = field(default_factory=list)  # from asking for a case to having all of it
    heard: list[float] = field(default_factory=list)  # from the borrower's sending to the collector's stream
    shown: list[float] = field(default_factory=list)  # until the words themselves have come
    waited: list[float] = field(default_factory=list)  # how long what came to a server had to wait before it began
    behind: list[float] = field(default_factory=list)  # the same of the client: so much of its times is its own
    load: tuple[float, float] = (0, 0)  # processors that the servers kept busy, all together, and the client


def main(collectors: int = 50, cases: int = 1000, seconds: float = 30.0) -> None:
    """Print the latencies for SQLite with one process and PostgreSQL with two."""
    console = Console()
    table = Table(
        "", "measured", "p50 ms", "p95 ms", "promised", title=f"{collectors} collectors, {cases} open cases"
    )
    with tempfile.TemporaryDirectory(prefix="bot-bench-desk-") as folder:
        given = settings_in(Path(folder))
        model = assembly.load_understanding(given)
        _add(table, "SQLite, 1 process", _loaded(given, model, 1, collectors, cases, seconds))
        with postgres.empty_database(durable=True) as url:
            measured = _loaded(durable(given, url), model, 2, collectors, cases, seconds)
        _add(table, "PostgreSQL, 2 processes", measured)
    console.print(table)


def _loaded(
    given: Settings, model: Understanding, processes: int, collectors: int, cases: int, seconds: float
) -> Measured:
    app = serving.open_app(given, model=model)
    try:
        office = filled(app, collectors, cases)
    finally:
        app.close()
    ports, folder = range(FIRST_PORT, FIRST_PORT + processes), Path(given.key_file).parent
    with served(given, ports, folder) as addresses:
        measured, span = asyncio.run(_run(office, addresses, seconds))
    _own(measured, span, [read(report_of(port, folder)) for port in ports])
    return measured


def _own(measured: Measured, span: Span, servers: Sequence[tuple[list[Served], list[Tick]]]) -> None:
    """Add what the servers say of the time that was measured."""
    for requests, ticks in servers:
        within = [tick for tick in ticks if span[0] <= tick.at <= span[1]]
        measured.waited += [tick.late for tick in within]
        measured.served += [
            one.took for one in requests if CASE.fullmatch(one.path) and span[0] <= one.began <= span[1]
        ]
        measured.load = (measured.load[0] + busy(within), measured.load[1])


def busy(ticks: Sequence[Tick]) -> float:
    """How much of a processor a process used between the first look at its clocks and the last."""
    first, last = ticks[0], ticks[-1]
    return (last.processor - first.processor) / (last.at - first.at)


def _add(table: Table, title: str, measured: Measured) -> None:
    rows: Sequence[tuple[str, list[float], int | None]] = (
        ("a case opened, on the server", measured.served, OPENED_MS),
        ("a case opened, at the client", measured.opened, None),
        ("a message told of on the stream", measured.heard, None),
        ("a message on the page", measured.shown, HEARD_MS),
        ("wait before a server begins", measured.waited, None),
        ("wait of the client's own", measured.behind, None),
    )
    for name, times, promised in rows:
        p50, p95 = statistics.median(times) * 1000, _quantile(times, 0.95) * 1000
        table.add_row(title, f"{name} ({len(times)} ×)", f"{p50:.0f}", f"{p95:.0f}", f"{promised or ''}")
    servers, client = (f"{share:.0%}" for share in measured.load)
    table.add_row(title, f"processor: servers {servers}, client {client} of one", "", "", "", end_section=True)


def _quantile(times: list[float], q: float) -> float:
    return sorted(times)[min(len(times) - 1, int(q * len(times)))]


async def _run(office: Office, addresses: list[str], seconds: float) -> tuple[Measured, Span]:
    """What the client measures, and when it began and ended to, by the machine's monotonic clock."""
    measured = Measured()
    ticks: list[Tick] = []
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(timeout=30, limits=limits) as client:
        tasks: list[asyncio.Task[None]] = [
            asyncio.create_task(work)
            for number, held in enumerate(office.held)
            # The collector and the borrower talk through different processes where there are two.
            for work in _Pair(
                client, held, addresses[number % len(addresses)], addresses[-1 - number % len(addresses)], measured
            ).works(office.waiting)
        ]
        await asyncio.sleep(WARM_UP)
        began = time.monotonic()
        measured.opened, measured.heard, measured.shown = [], [], []
        tasks.append(asyncio.create_task(tick(ticks)))
        await asyncio.sleep(seconds)
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    failed = [error for error in ended if not isinstance(error, asyncio.CancelledError)]
    if failed:
        raise RuntimeError(f"{len(failed)} of {len(tasks)} broke off: {failed[0]!r}")
    measured.behind, measured.load = [one.late for one in ticks], (0, busy(ticks))
    return measured, (began, began + seconds)


class _Pair:
    """One collector and the borrower whose chat they have."""

    def __init__(self, client: httpx.AsyncClient, held: Held, desk: str, chat: str, measured: Measured) -> None:
        self._client, self._held, self._measured = client, held, measured
        self._desk, self._chat = desk, chat
        self._cookie = {"Cookie": f"staff={held.collector}", "Accept": "application/json"}
        self._after = 0
        self._queue = ""  # the version of what the page shows
        self._sent: dict[str, float] = {}  # what was written, and when

    def works(self, waiting: tuple[str, ...]) -> tuple[Coroutine[None, None, None], ...]:
        return (self._listens(), self._writes(), self._opens(waiting))

    async def _listens(self) -> None:
        """What the page does: the stream says that there is news, and the page asks for it."""
        case = self._held.case_id
        page = await self._client.get(f"{self._desk}/desk/cases/{case}", headers=self._cookie)
        found = re.search(r'data-after="(\d+)"', page.raise_for_status().json()["html"])
        self._after = int(found[1]) if found else 0
        query = {"case": case, "cursor": f"{self._after}."}
        stream = self._client.stream(
            "GET", f"{self._desk}/desk/stream", params=query, headers=self._cookie, timeout=None
        )
        async with stream as lines:
            event = ""
            async for line in lines.aiter_lines():
                if line.startswith("event: "):
                    event = line.removeprefix("event: ")
                elif line.startswith("data: ") and event == "news":
                    await self._fetches(time.perf_counter())
                elif line.startswith("data: ") and event == "queue":
                    await self._looks()

    async def _looks(self) -> None:
        """The queue, unless what the page shows of it is still so."""
        query = {"shown": self._queue}
        queue = await self._client.get(f"{self._desk}/desk/queue", params=query, headers=self._cookie)
        self._queue = queue.raise_for_status().json()["version"]

    async def _fetches(self, told: float) -> None:
        query = {"after": str(self._after)}
        address = f"{self._desk}/desk/cases/{self._held.case_id}/news"
        news = (await self._client.get(address, params=query, headers=self._cookie)).raise_for_status().json()
        self._after = news["after"]
        for text in [text for text in self._sent if text in news["lines"]]:
            began = self._sent.pop(text)
            self._measured.heard.append(told - began)
            self._measured.shown.append(time.perf_counter() - began)

    async def _writes(self) -> None:
        headers = {"Authorization": f"Bearer {self._held.borrower}"}
        while True:
            await asyncio.sleep(random.expovariate(1 / THINKS))
            text = uuid.uuid4().hex
            self._sent[text] = time.perf_counter()
            body = {"id": str(uuid.uuid4()), "text": f"I could pay something, {text}"}
            sent = await self._client.post(f"{self._chat}/api/chat/messages", json=body, headers=headers)
            if sent.status_code != 202:
                raise RuntimeError(f"a message was refused: {sent.status_code} {json.dumps(sent.text)}")

    async def _opens(self, waiting: tuple[str, ...]) -> None:
        while True:
            await asyncio.sleep(random.expovariate(1 / OPENS))
            began = time.perf_counter()
            address = f"{self._desk}/desk/cases/{random.choice(waiting)}"  # noqa: S311
            (await self._client.get(address, headers=self._cookie)).raise_for_status()
            self._measured.opened.append(time.perf_counter() - began)
