"""The same floor through the driver alone: sqlite3 or psycopg, SQL by hand, no SQLAlchemy in the way."""

import itertools
import sqlite3
import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg
import sqlalchemy as sa

from bot.bench.floor import Sample
from bot.record.chain import canonical
from bot.storage.columns import Json, to_micros
from bot.storage.engine import Database
from bot.storage.schema import conversations, events, inbox, outbox

_SQL = {
    "find": "SELECT id FROM conversations WHERE account = ? AND sender = ?",
    "lock": "SELECT * FROM conversations WHERE id = ?",
    "take": (
        "SELECT i.id, i.incoming, t.state FROM inbox i"
        " LEFT JOIN trackers t ON t.conversation_id = i.conversation_id"
        " WHERE i.conversation_id = ? AND i.state = 'waiting' ORDER BY i.id LIMIT 1"
    ),
    "pressed": "SELECT * FROM events WHERE conversation_id = ? AND seq = ?",
    "borrower": (
        "SELECT b.*, a.*, p.role FROM borrowers b JOIN parties p ON p.borrower_id = b.id"
        " JOIN accounts a ON a.id = p.account_id WHERE b.id = ?"
    ),
    "tracker": (
        "INSERT INTO trackers (conversation_id, state) VALUES (?, ?) "
        "ON CONFLICT (conversation_id) DO UPDATE SET state = excluded.state"
    ),
    "conversation": (
        "UPDATE conversations SET chain_length = ?, chain_head = ?, last_input_at = ?, verified_until = ?"
        " WHERE id = ?"
    ),
    "handled": "UPDATE inbox SET state = 'handled', handled_at = ? WHERE id = ?",
}


class RawFloor:
    """Each worker has a connection and a conversation of its own, as CoreFloor's have."""

    def __init__(self, database: Database, sample: Sample, workers: int, run: str) -> None:
        self._sqlite = database.dialect == "sqlite"
        self._one_writer = threading.Lock()
        self._run = run
        self._seqs = [itertools.count(1, 100) for _ in range(workers)]
        self._connections: list[Any] = [self._connect(database) for _ in range(workers)]
        self._sql = {name: self._own(sql) for name, sql in _SQL.items()}
        if not self._sqlite:
            self._sql["lock"] += " FOR NO KEY UPDATE"
        self._account = sample.conversation["account"]
        self._pressed = (sample.conversation["id"], sample.pressed)
        self._borrower = sample.conversation["borrower_id"]
        self._tracker = sample.tracker
        self._insert_input, self._input = self._prepared(inbox, [sample.input])
        self._insert_events, self._events = self._prepared(events, sample.events)
        self._insert_sent, self._sent = self._prepared(outbox, sample.outbox)
        chats = [{**sample.conversation, "id": self._chat(n), "sender": self._chat(n)} for n in range(workers)]
        with database.engine.begin() as connection:
            connection.execute(sa.insert(conversations), chats)

    def _connect(self, database: Database) -> Any:
        url = database.engine.url
        if self._sqlite:
            connection = sqlite3.connect(str(url.database), isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA synchronous=FULL")
            return connection
        return psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))

    def _own(self, sql: str) -> str:
        return sql if self._sqlite else sql.replace("?", "%s")

    def _chat(self, worker: int) -> str:
        return f"{self._run}-{worker}"

    def _prepared(self, table: sa.Table, rows: Sequence[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
        """An INSERT in the driver's own words, and the rows as the driver takes them."""
        names = [column.name for column in table.columns if not (column.name == "id" and "id" in rows[0])]
        marks = ", ".join(f":{name}" if self._sqlite else f"%({name})s" for name in names)
        sql = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - names of our schema
        kept = []
        for row in rows:
            values = {name: _plain(table.c[name], row[name]) for name in names}
            kept.append(values)
        return sql, kept

    def turn(self, worker: int) -> None:
        if self._sqlite:
            with self._one_writer:
                seq = self._receive(worker)
            with self._one_writer:
                self._handle(worker, seq)
        else:
            self._handle(worker, self._receive(worker))

    def _receive(self, worker: int) -> int:
        connection, chat, seq = self._connections[worker], self._chat(worker), next(self._seqs[worker])
        cursor = connection.cursor()
        self._begin(cursor)
        cursor.execute(self._sql["find"], (self._account, chat)).fetchone()
        row = {**self._input[0], "conversation_id": chat, "update_id": f"{chat}/{seq}", "state": "waiting"}
        cursor.execute(self._insert_input + " RETURNING id", row).fetchone()
        self._commit(connection, cursor)
        return seq

    def _handle(self, worker: int, seq: int) -> None:
        connection, chat = self._connections[worker], self._chat(worker)
        cursor = connection.cursor()
        self._begin(cursor)
        cursor.execute(self._sql["lock"], (chat,)).fetchone()
        input_id = cursor.execute(self._sql["take"], (chat,)).fetchone()[0]
        cursor.execute(self._sql["pressed"], self._pressed).fetchone()
        cursor.execute(self._sql["borrower"], (self._borrower,)).fetchall()
        said = [{**row, "conversation_id": chat, "seq": seq + n} for n, row in enumerate(self._events)]
        cursor.executemany(self._insert_events, said)
        cursor.execute(self._sql["tracker"], (chat, self._tracker))
        last, at = said[-1], said[0]["at"]
        cursor.execute(self._sql["conversation"], (last["seq"], last["hash"], at, at, chat))
        sent = [
            {**row, "conversation_id": chat, "seq": seq + n, "state": "queued"} for n, row in enumerate(self._sent)
        ]
        cursor.executemany(self._insert_sent, sent)
        cursor.execute(self._sql["handled"], (at, input_id))
        self._commit(connection, cursor)

    def _begin(self, cursor: Any) -> None:
        if self._sqlite:
            cursor.execute("BEGIN IMMEDIATE")

    def _commit(self, connection: Any, cursor: Any) -> None:
        if self._sqlite:
            cursor.execute("COMMIT")
        else:
            connection.commit()
        cursor.close()

    def close(self) -> None:
        for connection in self._connections:
            connection.close()


def _plain(column: sa.Column[Any], value: Any) -> Any:
    """A value as the driver stores it, without SQLAlchemy's types in between."""
    if isinstance(value, datetime):
        return to_micros(value)
    return canonical(value).decode() if isinstance(column.type, Json) and value is not None else value
