"""Many rows into a database at once: COPY on PostgreSQL, executemany on SQLite."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from bot.bench.corpus.recording import Row
from bot.storage.columns import metadata
from bot.storage.engine import Database

_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def load(database: Database, rows: Iterable[tuple[str, Row]]) -> None:
    """Insert rows in one transaction, whatever their order: tables that others refer to come first."""
    by_table: dict[str, list[Row]] = defaultdict(list)
    for table, row in rows:
        by_table[table].append(row)
    with database.engine.begin() as connection:
        for known in metadata.sorted_tables:
            if known.name in by_table:
                _insert(connection, known.name, by_table[known.name])


def _insert(connection: sa.Connection, table: str, rows: Sequence[Row]) -> None:
    names = list(rows[0])
    cursor: Any = connection.connection.cursor()
    columns = ", ".join(f'"{name}"' for name in names)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        cursor.executemany(
            f'INSERT INTO "{table}" ({columns}) VALUES ({marks})',  # noqa: S608 - names of our own tables
            ([row[name] for name in names] for row in rows),
        )
        return
    with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
        copy.write("".join(_line(row, names) for row in rows))


def _line(row: Mapping[str, Any], names: Sequence[str]) -> str:
    return "\t".join([_field(row[name]) for name in names]) + "\n"


def _field(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    return value.translate(_ESCAPED) if isinstance(value, str) else str(value)
