"""The audit trail: one chain for the installation, its head kept in a row of its own."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.record.audit import AuditEntry, AuditFilter
from bot.record.chain import GENESIS, SALT_BYTES, canonical, content_digest, link_hash
from bot.storage.columns import per_dialect
from bot.storage.schema_staff import audit, chains
from bot.storage.session import Session

CHAIN = "audit"

_BEGIN = per_dialect(lambda insert: insert(chains).on_conflict_do_nothing(index_elements=["name"]))
_HEAD = sa.select(chains.c.length, chains.c.head).where(chains.c.name == CHAIN)
_LOCK = _HEAD.with_for_update()
_MOVE = (
    sa.update(chains).where(chains.c.name == CHAIN).values(length=bindparam("new_length"), head=bindparam("last"))
)
_APPEND = sa.insert(audit)
_COLUMNS = tuple(audit.c[name] for name in AuditEntry.__slots__)
_NEWEST = sa.select(*_COLUMNS).order_by(audit.c.number.desc()).limit(bindparam("most"))
# Who takes the next number may have looked at the clock a moment before the one with the number before.
_OUT_OF_TURN = 1000
_FIRST_SINCE = (
    sa.select(audit.c.number).where(audit.c.at >= bindparam("moment")).order_by(audit.c.at, audit.c.number).limit(1)
)
_LAST_UNTIL = (
    sa.select(audit.c.number)
    .where(audit.c.at < bindparam("moment"))
    .order_by(audit.c.at.desc(), audit.c.number.desc())
    .limit(1)
)
_ALL = sa.select(audit).order_by(audit.c.number).execution_options(yield_per=500)


@dataclass(frozen=True, slots=True)
class AuditLink:
    """An entry as the chain sees it: its kind is the action, its body who did it, to what and the detail."""

    conversation_id: str
    seq: int
    kind: str
    at: datetime
    body: Mapping[str, Any]
    salt: bytes
    digest: bytes
    hash: bytes


class AuditRecords:
    """Implements AuditStore."""

    def __init__(self, session: Session) -> None:
        self._dialect = session.dialect
        self._connection = session.connection

    def append(
        self, action: str, subject: str, staff: str | None, detail: Mapping[str, Any], at: datetime
    ) -> AuditEntry:
        length, last = self._locked()
        entry = AuditEntry(length + 1, at, staff, action, subject, dict(detail))
        salt = os.urandom(SALT_BYTES)
        digest = content_digest(salt, canonical(_body(staff, subject, detail)))
        made = link_hash(CHAIN, entry.number, action, at, digest, last)
        row = {name: getattr(entry, name) for name in AuditEntry.__slots__}
        self._connection.execute(_APPEND, row | {"salt": salt, "digest": digest, "hash": made})
        self._connection.execute(_MOVE, {"new_length": entry.number, "last": made})
        return entry

    def _locked(self) -> tuple[int, bytes]:
        row = self._connection.execute(_LOCK).first()
        if row is None:
            first = {"name": CHAIN, "length": 0, "head": GENESIS}
            self._connection.execute(_BEGIN[self._dialect], first)
            row = self._connection.execute(_LOCK).one()
        return row[0], row[1]

    def newest(
        self, before: int | None = None, limit: int = 100, *, staff: str | None = None, action: str | None = None
    ) -> Sequence[AuditEntry]:
        return self.found(AuditFilter(staff=staff, action=action), before, limit)

    def found(self, wanted: AuditFilter, before: int | None = None, limit: int = 100) -> Sequence[AuditEntry]:
        statement = _NEWEST.where(*self._within(wanted))
        if before is not None:
            statement = statement.where(audit.c.number < before)
        if wanted.staff is not None:
            statement = statement.where(audit.c.staff == wanted.staff)
        if wanted.nobody:
            statement = statement.where(audit.c.staff.is_(None))
        if wanted.action is not None:
            statement = statement.where(audit.c.action == wanted.action)
        if wanted.subjects is not None:
            statement = statement.where(audit.c.subject.in_(wanted.subjects))
        return [AuditEntry(*row) for row in self._connection.execute(statement, {"most": limit})]

    def _within(self, wanted: AuditFilter) -> Iterator[sa.ColumnElement[bool]]:
        """The span of time, and of numbers around it: by them old days are reached without reading all since."""
        if wanted.since is not None:
            first = self._connection.execute(_FIRST_SINCE, {"moment": wanted.since}).scalar()
            yield audit.c.at >= wanted.since
            yield audit.c.number >= (first or 0) - _OUT_OF_TURN
        if wanted.until is not None:
            last = self._connection.execute(_LAST_UNTIL, {"moment": wanted.until}).scalar()
            yield audit.c.at < wanted.until
            yield audit.c.number <= (last or 0) + _OUT_OF_TURN

    def chain(self) -> Iterator[AuditLink]:
        # Closed also when the reader stops at a break: PostgreSQL's cursor must not outlive its transaction.
        with self._connection.execute(_ALL) as rows:
            for row in rows:
                body = _body(row.staff, row.subject, row.detail)
                yield AuditLink(CHAIN, row.number, row.action, row.at, body, row.salt, row.digest, row.hash)

    def head(self) -> tuple[int, bytes]:
        row = self._connection.execute(_HEAD).first()
        return (row[0], row[1]) if row else (0, GENESIS)


def _body(staff: str | None, subject: str, detail: Mapping[str, Any]) -> dict[str, Any]:
    return {"staff": staff, "subject": subject, "detail": detail}
