"""Whom the desk's tests are about."""

import pytest

from bot.storage.engine import Database
from tests.desk.stage import move_in


@pytest.fixture
def people(database: Database) -> None:
    """The people of the demo's lenders."""
    move_in(database)
