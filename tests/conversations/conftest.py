"""What is the same for every conversation is loaded once: understanding, policies, flows and catalogues."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.interpreter import Dialogue
from bot.dialogue.understanding import Understanding
from bot.lending.policy import Policies
from bot.locale import Catalogues
from bot.settings import ROOT
from tests.trained import trained


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Understanding:
    return trained(tmp_path_factory)


@pytest.fixture(scope="session", autouse=True)
def loaded_once() -> Iterator[None]:
    """They are immutable: a hundred applications in one process may share the repository's own."""
    with pytest.MonkeyPatch.context() as patch:
        for part in (Policies, Dialogue, Catalogues):
            patch.setattr(part, "load", _own_kept(part.load))
        yield


def _own_kept(load: Callable[[Path], Any]) -> Callable[[Path], Any]:
    """`load`, but the repository's folders once only; those that tests write may change in between."""
    kept = cache(load)
    return lambda folder: kept(folder) if folder.is_relative_to(ROOT) else load(folder)
