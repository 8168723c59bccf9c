"""The server of the load test: `python -m bot run --demo`, with a record of what its own work took."""

import asyncio
import json
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot import serving, settings

TICK = 0.25  # seconds between two looks at the clock of the processor


@dataclass(frozen=True, slots=True)
class Served:
    """One request: when it came by the machine's monotonic clock, and the seconds until all was answered."""

    path: str
    began: float
    took: float


@dataclass(frozen=True, slots=True)
class Tick:
    """One look: how late it came, which is how long whatever came then had to wait, and the processor's seconds."""

    at: float
    late: float
    processor: float


@dataclass(slots=True)
class Timed:
    """An ASGI application whose requests are timed, streams aside, and written down when it stops."""

    app: ASGIApp
    report: Path
    served: list[Served] = field(default_factory=list)
    ticks: list[Tick] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
            return
        began = time.monotonic()
        await self.app(scope, receive, send)
        if not scope["path"].endswith("/stream"):
            self.served.append(Served(scope["path"], began, time.monotonic() - began))

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "lifespan.shutdown.complete":  # what comes after it may not be reached
                self._write()
            await send(message)

        ticking = asyncio.create_task(tick(self.ticks))
        await self.app(scope, receive, sending)
        ticking.cancel()

    def _write(self) -> None:
        told = {
            "served": [[one.path, one.began, one.took] for one in self.served],
            "ticks": [[one.at, one.late, one.processor] for one in self.ticks],
        }
        self.report.write_text(json.dumps(told), "utf-8")


async def tick(ticks: list[Tick]) -> None:
    """Look at the clocks of this process until cancelled."""
    while True:
        due = time.monotonic() + TICK
        await asyncio.sleep(TICK)
        now = time.monotonic()
        ticks.append(Tick(now, now - due, time.process_time()))


def read(file: Path) -> tuple[list[Served], list[Tick]]:
    told = json.loads(file.read_text("utf-8"))
    return [Served(*one) for one in told["served"]], [Tick(*one) for one in told["ticks"]]


def main(report: Path) -> None:
    serving.serve(settings.from_environment(os.environ, demo=True), lambda app: Timed(app, report))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
