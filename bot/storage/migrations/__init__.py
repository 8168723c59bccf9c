"""Schema migrations, run by the program itself when it starts."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

# Every module of tables, so that `metadata` is whole.
from bot.storage import (  # noqa: F401
    schema,
    schema_acting,
    schema_channels,
    schema_endings,
    schema_lending,
    schema_proof,
    schema_protection,
    schema_search,
    schema_staff,
    schema_two_people,
)
from bot.storage.columns import Instant, Json, metadata

_LOCK = 7_346_112_905  # any number that nothing else in the database locks by


def upgrade(engine: sa.Engine, to: str = "head") -> None:
    """Run the migrations that this database has not seen; others who start at the same moment wait."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
        command.upgrade(_config(connection), to)


def is_current(engine: sa.Engine) -> bool:
    """Whether the database has seen every migration."""
    with engine.connect() as connection:
        head = ScriptDirectory.from_config(_config(connection)).get_current_head()
        return MigrationContext.configure(connection).get_current_revision() == head


def write(engine: sa.Engine, message: str, revision: str) -> None:
    """Write a migration from what the tables in code have and the database lacks (for developers)."""
    with engine.begin() as connection:
        command.revision(_config(connection), message=message, rev_id=revision, autogenerate=True)


def differences(connection: sa.Connection) -> list[Any]:
    """In what the tables in code and in the database differ; empty when they agree."""
    context = MigrationContext.configure(connection, opts={"compare_type": _same_type, "include_object": _ours})
    found: list[Any] = compare_metadata(context, metadata)
    return found


def _config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _ours(item: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:  # noqa: ARG001
    """What both databases have: SQLite indexes words in a table of its own, PostgreSQL in an index."""
    apart = schema_search.WORDS_TABLE if kind == "table" else schema_search.words_index.name
    return not str(name).startswith(str(apart))


def _same_type(context: Any, found: Any, wanted: Any, found_type: Any, wanted_type: Any) -> bool | None:  # noqa: ARG001
    """True when a type really differs: ours are told apart by what they are kept as."""
    if isinstance(wanted_type, Instant | Json):
        return not isinstance(found_type, type(wanted_type.impl_instance))
    return None
