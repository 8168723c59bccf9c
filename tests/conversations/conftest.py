"""What is the same for every conversation is loaded once: understanding, policies, flows and catalogues."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bot.dialogue import understanding
from bot.dialogue.interpreter import Dialogue
from bot.dialogue.understanding import Understanding
from bot.lending.policy import Policies
from bot.locale import Catalogues
from bot.settings import ROOT


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Understanding:
    cache_folder: Path = tmp_path_factory.getbasetemp().parent / "understanding"
    return understanding.load(ROOT / "dialogues" / "nlu", cache_folder)


@pytest.fixture(scope="session", autouse=True)
def loaded_once() -> Iterator[None]:
    """They are immutable: a hundred applications in one process may share them."""
    with pytest.MonkeyPatch.context() as patch:
        for part in (Policies, Dialogue, Catalogues):
            patch.setattr(part, "load", cache(part.load))
        yield
