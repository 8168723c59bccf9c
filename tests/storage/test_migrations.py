"""The migrations make what the tables in code say, and may be run again and at once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.desk.cases import fold
from bot.storage import migrations
from bot.storage.columns import metadata
from bot.storage.engine import Database
from bot.storage.migrations import differences
from tests.conftest import KEY

_OLD_CONVERSATION = sa.text(
    "INSERT INTO conversations (id, account, sender, speaker, locale, locale_chosen, last_at, opened_at, "
    "chain_length, chain_head) VALUES ('c', 'web:harbour', 's', 'harbour', 'en', false, 1, 1, 0, :head)"
).bindparams(head=b"")
_OLD_CASE = sa.text(
    "INSERT INTO cases (id, conversation_id, speaker, reason, urgency, wants, locale, status, holder, opened_at, "
    "number) VALUES ('k', 'c', 'harbour', 'dispute', 2, 'w', 'en', 'held', 'ann', 1, 4)"
)
_OLD_EVENT = sa.text(
    "INSERT INTO case_events (case_id, number, kind, at, staff, body) "
    "VALUES ('k', :number, :kind, :number, :staff, :body)"
)


def test_models_and_migrations_agree(database: Database) -> None:
    with database.engine.connect() as connection:
        assert differences(connection) == []


def test_a_difference_would_be_found(database: Database) -> None:
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE staff ADD COLUMN nickname TEXT")
        connection.exec_driver_sql("DROP INDEX ix_holds_in_force")
        found = {difference[0] for difference in differences(connection)}
        connection.rollback()
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


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_cases_of_before_teams_are_what_their_events_say(
    dialect: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Their rows get what the fold of their events gives, as the desk would have written it."""
    url = f"sqlite:///{tmp_path}/old.db" if dialect == "sqlite" else request.getfixturevalue("empty_postgresql_url")
    whose = (
        '{"conversation_id":"c","creditor":null,"locale":"en","reason":"dispute","speaker":"harbour","wants":"w"}'
    )
    events = [("opened", None, whose), ("taken", "ann", "{}"), ("answered", "ann", "{}"), ("answered", "ann", "{}")]
    with closing(Database(url, KEY)) as database:
        migrations.upgrade(database.engine, "0001")
        with database.engine.begin() as connection:
            connection.execute(_OLD_CONVERSATION)
            connection.execute(_OLD_CASE)
            for number, (kind, staff, body) in enumerate(events, start=1):
                values = {"number": number, "kind": kind, "staff": staff, "body": body}
                connection.execute(_OLD_EVENT, values)
        database.migrate()
        with database.reading() as work:
            assert work.desk.case("k") == fold(work.desk.events("k"))


@pytest.mark.parametrize("name", ["uq_agreements_live", "uq_cases_open"])
def test_what_must_be_one_is_unique_in_the_database(database: Database, name: str) -> None:
    table = "agreements" if name == "uq_agreements_live" else "cases"
    found = {index["name"]: index for index in sa.inspect(database.engine).get_indexes(table)}
    assert found[name]["unique"]
