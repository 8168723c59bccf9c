"""The understanding is loaded once: it is the same for every conversation."""

from pathlib import Path

import pytest

from bot.dialogue import understanding
from bot.dialogue.understanding import Understanding
from bot.settings import ROOT


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Understanding:
    cache: Path = tmp_path_factory.getbasetemp().parent / "understanding"
    return understanding.load(ROOT / "dialogues" / "nlu", cache)
