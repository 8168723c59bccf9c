"""The town that the visits of a test share; what is loaded once is loaded as for the written conversations."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.dialogue.understanding import Understanding
from tests.conversations.conftest import loaded_once, model
from tests.properties.town import Town, built

__all__ = ["loaded_once", "model"]


@pytest.fixture
def town(
    database_url: str, tmp_path: Path, model: Understanding, record_property: Callable[[str, object], None]
) -> Iterator[Town]:
    with built(database_url, tmp_path, model) as town:
        yield town
        record_property("driven", town.driven())
