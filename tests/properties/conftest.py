"""The town that the visits of a test share."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.dialogue.understanding import Understanding
from tests.properties.town import Town, built


@pytest.fixture
def town(
    database_url: str, tmp_path: Path, model: Understanding, record_property: Callable[[str, object], None]
) -> Iterator[Town]:
    with built(database_url, tmp_path, model) as town:
        yield town
        record_property("driven", town.driven())
