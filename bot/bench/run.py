"""Measures a turn against the floor of its own rows, on both databases, in one run."""

import statistics
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot import assembly, keys, serving, settings
from bot.assembly import App
from bot.bench import postgres
from bot.bench.floor import CoreFloor, Sample
from bot.bench.raw_floor import RawFloor
from bot.dialogue.messages import Incoming
from bot.dialogue.understanding import Understanding
from bot.settings import Settings

ROUNDS = 5  # each row is timed so often, in turn with the others: what the machine does meanwhile hits all alike
BORROWER = ("HB-1001", "1990-05-17", "4417")
PRESS = "/ask_charges"
TYPED = "why is it so much?"


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds that each turn took, and the wall-clock seconds that all took together."""

    turns: list[float]
    wall: float

    @property
    def rate(self) -> float:
        return len(self.turns) / self.wall

    def quantile(self, q: float) -> float:
        ordered = sorted(self.turns)
        return ordered[min(len(ordered) - 1, int(q * len(ordered)))] * 1000


def main(turns: int) -> None:
    """Print the table for SQLite and for PostgreSQL."""
    console = Console()
    with tempfile.TemporaryDirectory(prefix="bot-bench-") as folder:
        given = settings_in(Path(folder))
        model = assembly.load_understanding(given)
        _report(console, "SQLite, synchronous=FULL", given, model, turns)
        with postgres.empty_database(durable=True) as url:
            _report(console, "PostgreSQL, fsync on", replace(given, database_url=url), model, turns)


def settings_in(folder: Path) -> Settings:
    state = settings.ROOT / "var"  # the trained model is kept there from one run to the next
    given = settings.from_environment({"BOT_STATE": str(state)}, demo=True)
    made = replace(given, database_url=f"sqlite:///{folder / 'bench.sqlite'}", key_file=folder / "keys")
    keys.create(made.key_file)
    return made


def _report(console: Console, title: str, given: Settings, model: Understanding, turns: int) -> None:
    app = serving.open_app(given, model=model)
    try:
        table = Table("", "turns/s", "p50 ms", "p99 ms", "turns/s, 8 at once", "of the Core floor", title=title)
        one, eight = _measured(app, 1, turns), _measured(app, 8, turns)
        floor = statistics.median(one["Core floor"].turns)
        for name, timing in one.items():
            table.add_row(
                name,
                f"{timing.rate:.0f}",
                f"{timing.quantile(0.5):.2f}",
                f"{timing.quantile(0.99):.2f}",
                f"{eight[name].rate:.0f}",
                f"{statistics.median(timing.turns) / floor:.2f} ×",
            )
        console.print(table)
        console.print(f"memory of the process: {_resident():.0f} MB\n")
    finally:
        app.close()


def _measured(app: App, workers: int, turns: int) -> dict[str, Timing]:
    """Every row of the table, its rounds taken in turn with those of the others."""
    chats = [_verified_chat(app) for _ in range(workers)]
    _press(app, chats[0])
    sample = Sample.of(app.database, chats[0].conversation_id)
    run = uuid.uuid4().hex[:8]
    raw = RawFloor(app.database, sample, workers, f"raw{run}")
    core = CoreFloor(app.database, sample, workers, f"core{run}", reads=True)
    writes = CoreFloor(app.database, sample, workers, f"writes{run}", reads=False)
    rows: dict[str, Callable[[int], None]] = {
        "raw driver floor": raw.turn,
        "Core floor": core.turn,
        "Core floor, writes alone": writes.turn,
        "button turn": lambda worker: _press(app, chats[worker]),
        "free-text turn": lambda worker: _type(app, chats[worker], TYPED),
    }
    try:
        return _rounds(rows, workers, max(1, turns // ROUNDS // workers))
    finally:
        raw.close()


def _rounds(rows: dict[str, Callable[[int], None]], workers: int, each: int) -> dict[str, Timing]:
    timings: dict[str, list[Timing]] = {name: [] for name in rows}
    for _ in range(ROUNDS):
        for name, turn in rows.items():
            timings[name].append(_timed(turn, workers, each))
    return {
        name: Timing([each for timing in parts for each in timing.turns], sum(timing.wall for timing in parts))
        for name, parts in timings.items()
    }


def _timed(turn: Callable[[int], None], workers: int, each: int) -> Timing:
    took: list[float] = []

    def work(worker: int) -> None:
        for _ in range(each):
            began = time.perf_counter()
            turn(worker)
            took.append(time.perf_counter() - began)

    began = time.perf_counter()
    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Timing(took, time.perf_counter() - began)


@dataclass(frozen=True, slots=True)
class _Chat:
    sender: str
    conversation_id: str
    button: str


def _verified_chat(app: App) -> _Chat:
    """A chat whose borrower has proved who they are, and a button in it that shows what they owe."""
    sender = uuid.uuid4().hex
    conversation_id = _send(app, sender, kind="start")
    for text in ("I want to see what I owe", *BORROWER):
        _send(app, sender, kind="text", text=text)
    return _Chat(sender, conversation_id, _button(app, conversation_id))


def _button(app: App, conversation_id: str) -> str:
    with app.database.reading() as work:
        conversation = work.conversations.get(conversation_id)
        if conversation is None or not conversation.verified(app.clock.now()):
            raise RuntimeError("the benchmark's borrower could not prove who they are")
        for event in work.record.events(conversation_id, kinds=["bot"]):
            for position, button in enumerate((event.body or {}).get("buttons", ()), start=1):
                if button["payload"] == PRESS:
                    return f"{event.seq}-{position}"
    raise RuntimeError(f"no button of this chat says {PRESS}")


def _press(app: App, chat: _Chat) -> None:
    _send(app, chat.sender, kind="button", choice=chat.button)


def _type(app: App, chat: _Chat, text: str) -> None:
    _send(app, chat.sender, kind="text", text=text)


def _send(app: App, sender: str, **what: str) -> str:
    incoming = Incoming("web:harbour", sender, uuid.uuid4().hex, **what)  # type: ignore[arg-type]  # kinds by name
    received = app.turns.receive(incoming)
    app.turns.drain(received.conversation_id)
    return received.conversation_id


def _resident() -> float:
    """Megabytes of memory that this process has in use."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return float("nan")
