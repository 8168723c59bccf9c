"""What is the same for every conversation is loaded once: understanding, policies, flows and catalogues."""

from collections.abc import Iterator
from functools import cache

import pytest

from bot.dialogue.interpreter import Dialogue
from bot.dialogue.understanding import Understanding
from bot.lending.policy import Policies
from bot.locale import Catalogues
from tests.trained import trained


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Understanding:
    return trained(tmp_path_factory)


@pytest.fixture(scope="session", autouse=True)
def loaded_once() -> Iterator[None]:
    """They are immutable: a hundred applications in one process may share them."""
    with pytest.MonkeyPatch.context() as patch:
        for part in (Policies, Dialogue, Catalogues):
            patch.setattr(part, "load", cache(part.load))
        yield
