"""The model of the repository's own examples: trained once on a machine, by one process while the others wait."""

import fcntl
import threading
from pathlib import Path

import pytest

from bot.dialogue.understanding import engine
from bot.dialogue.understanding.engine import LocalUnderstanding
from bot.settings import ROOT


def kept_in(run: Path) -> Path:
    """The folder of the trained model; it is kept by what it was made from, so runs and workers may share it."""
    if run.name.startswith("popen-"):  # one of the workers: its folder stands in the run's
        run = run.parent
    kept = run.parent / "understanding"
    kept.mkdir(exist_ok=True)
    return kept


def trained(kept: Path) -> LocalUnderstanding:
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return engine.load(ROOT / "dialogues" / "nlu", kept)


def needs_it(item: pytest.Item) -> bool:
    return "model" in getattr(item, "fixturenames", ())


def train_beside(kept: Path) -> None:
    """Begin now: the tests that do without it run meanwhile."""
    threading.Thread(target=trained, args=(kept,), name="training", daemon=True).start()
