"""One application a database for all conversations."""

from collections.abc import Iterator

import pytest

from bot.dialogue.understanding import Understanding
from tests.conversations import house as houses
from tests.conversations.house import House


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def house(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    model: Understanding,
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
