"""A PostgreSQL database that is put back to how it was: a tenth of what a new one costs."""

from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql

TIDY_EVERY = 25  # times that rows were put back, after which what they left behind is swept out
LEAVE_MS = 5000  # for whoever is still connected to leave
_ALONE = (
    "SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


class Kept:
    """Remembers every row of the database at `url`; its tables must stay as they are."""

    def __init__(self, url: str) -> None:
        plain = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection = psycopg.connect(plain, autocommit=True)
        self._connection.execute("CREATE SCHEMA kept")
        self._statements = sql.SQL("; ").join([*_emptied(self._connection), *_numbered(self._connection)])
        self._times = 0

    def put_back(self) -> None:
        self._connection.execute(_ALONE, [LEAVE_MS])
        with self._connection.transaction():
            # No row is checked against another on its way: all are put back, in any order.
            self._connection.execute("SET LOCAL session_replication_role = replica")
            self._connection.execute(self._statements)
        self._times += 1
        if self._times % TIDY_EVERY == 0:
            self._connection.execute("VACUUM")

    def close(self) -> None:
        self._connection.close()


def _emptied(connection: "psycopg.Connection[tuple[Any, ...]]") -> list[sql.Composed]:
    """Statements that empty each table and fill it again with the rows that it has now."""
    statements = []
    for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall():
        table, kept = sql.Identifier("public", name), sql.Identifier("kept", name)
        statements.append(sql.SQL("DELETE FROM {}").format(table))
        if connection.execute(sql.SQL("SELECT FROM {} LIMIT 1").format(table)).fetchone() is not None:
            connection.execute(sql.SQL("CREATE TABLE {} AS TABLE {}").format(kept, table))
            statements.append(sql.SQL("INSERT INTO {} SELECT * FROM {}").format(table, kept))
    return statements


def _numbered(connection: "psycopg.Connection[tuple[Any, ...]]") -> list[sql.Composed]:
    """Statements that let each sequence go on from where it is now."""
    found = connection.execute(
        "SELECT sequencename, coalesce(last_value, start_value), last_value IS NOT NULL"
        " FROM pg_sequences WHERE schemaname = 'public'"
    )
    setting = sql.SQL("SELECT setval({}, {}, {})")
    return [setting.format(sql.Literal(f"public.{name}"), last, called) for name, last, called in found]
