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
from tests.conversations import house as houses
from tests.conversations.house import House
from tests.trained import trained


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Understanding:
    return trained(tmp_path_factory)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def house(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    model: Understanding,
    loaded_once: None,
) -> Iterator[House]:
    """A test that takes it runs once on each of the two databases."""
    folder = tmp_path_factory.mktemp(f"house_{request.param}")
    if request.param == "sqlite":
        with houses.on_sqlite(request.getfixturevalue("sqlite_template"), folder, model) as one:
            yield one
        return
    server, template = (request.getfixturevalue(f"postgresql_{what}") for what in ("server", "template"))
    with houses.on_postgresql(server, template, folder, model) as one:
        yield one


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
