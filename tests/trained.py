"""The model of the repository's own examples: trained once on a machine, by one process while the others wait."""

import fcntl

import pytest

from bot.dialogue.understanding import engine
from bot.dialogue.understanding.engine import LocalUnderstanding
from bot.settings import ROOT


def trained(factory: pytest.TempPathFactory) -> LocalUnderstanding:
    """It is kept by what it was made from, so that runs and their workers may share the folder."""
    run = factory.getbasetemp()
    if run.name.startswith("popen-"):  # one of the workers: its folder stands in the run's
        run = run.parent
    kept = run.parent / "understanding"
    kept.mkdir(exist_ok=True)
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return engine.load(ROOT / "dialogues" / "nlu", kept)
