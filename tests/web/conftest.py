"""The office that tests of staff pages work in."""

import pytest

from bot.storage.engine import Database
from tests.desk.stage import move_in
from tests.web.office import Office


@pytest.fixture
def office(database: Database) -> Office:
    """On both databases, with the people and policies of the demo's lenders."""
    move_in(database)
    return Office(database)
