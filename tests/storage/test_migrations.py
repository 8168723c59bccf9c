"""The migrations make what the tables in code say, and may be run again and at once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.storage.columns import metadata
from bot.storage.engine import Database
from bot.storage.migrations import differences
from tests.conftest import KEY


def test_models_and_migrations_agree(database: Database) -> None:
    with database.engine.connect() as connection:
        assert differences(connection) == []


def test_a_difference_would_be_found(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE staff ADD COLUMN nickname TEXT")
        connection.exec_driver_sql("DROP INDEX ix_holds_in_force")
    with database.engine.connect() as connection:
        found = {difference[0] for difference in differences(connection)}
    assert found == {"remove_column", "add_index"}


def test_migrating_again_changes_nothing(database: Database) -> None:
    database.migrate()
    assert set(metadata.tables) < set(sa.inspect(database.engine).get_table_names())


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_several_may_start_at_once(dialect: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = f"sqlite:///{tmp_path}/new.db" if dialect == "sqlite" else request.getfixturevalue("empty_postgresql_url")
    with ExitStack() as stack:
        fresh = [stack.enter_context(closing(Database(url, KEY))) for _ in range(4)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(Database.migrate, fresh))
        with fresh[0].engine.connect() as connection:
            assert differences(connection) == []


@pytest.mark.parametrize("name", ["uq_agreements_live", "uq_cases_open"])
def test_what_must_be_one_is_unique_in_the_database(database: Database, name: str) -> None:
    table = "agreements" if name == "uq_agreements_live" else "cases"
    found = {index["name"]: index for index in sa.inspect(database.engine).get_indexes(table)}
    assert found[name]["unique"]
