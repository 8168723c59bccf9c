"""The model of the repository's own examples: trained once on a machine, by one process while the others wait."""

import fcntl
from pathlib import Path

import pytest

from bot.dialogue.understanding import engine
from bot.dialogue.understanding.engine import LocalUnderstanding
from bot.settings import ROOT


def kept_in(factory: pytest.TempPathFactory) -> Path:
    """The folder of the trained model; it is kept by what it was made from, so runs and workers may share it."""
    run = factory.getbasetemp()
    if run.name.startswith("popen-"):  # one of the workers: its folder stands in the run's
        run = run.parent
    kept = run.parent / "understanding"
    kept.mkdir(exist_ok=True)
    return kept


def trained(factory: pytest.TempPathFactory) -> LocalUnderstanding:
    kept = kept_in(factory)
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return engine.load(ROOT / "dialogues" / "nlu", kept)
