"""Holds in force and disputes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.lending.disputes import Dispute
from bot.lending.holds import Hold, SubjectKind
from bot.storage.fields import Fields
from bot.storage.schema_lending import disputes, holds
from bot.storage.session import Session

_ADD_HOLD, _ADD_DISPUTE = sa.insert(holds), sa.insert(disputes)
# By id alone, for a plain index look-up; ids of different kinds never meet, and the kind is compared after.
_IN_FORCE = (
    sa.select(holds)
    .where(holds.c.subject.in_(bindparam("subjects", expanding=True)), holds.c.lifted_at.is_(None))
    .order_by(holds.c.placed_at, holds.c.id)
)
_LIFT = (
    sa.update(holds)
    .where(holds.c.id == bindparam("which"), holds.c.lifted_at.is_(None))
    .values(lifted_at=bindparam("at"))
)
_DISPUTES = (
    sa.select(disputes)
    .where(disputes.c.borrower_id == bindparam("borrower"))
    .order_by(disputes.c.raised_at, disputes.c.id)
)


class Holds:
    """The part of LendingStore about holds and disputes."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._fields = session.fields

    def add_hold(self, hold: Hold) -> None:
        row = {name: getattr(hold, name) for name in Hold.__slots__}
        row["lifted_by"] = list(hold.lifted_by)
        self._connection.execute(_ADD_HOLD, row)

    def holds(self, subjects: Sequence[tuple[SubjectKind, str]]) -> list[Hold]:
        if not subjects:
            return []
        wanted = set(subjects)
        rows = self._connection.execute(_IN_FORCE, {"subjects": sorted({subject for _, subject in wanted})})
        return [_hold(row) for row in rows if (row.subject_kind, row.subject) in wanted]

    def lift_hold(self, hold_id: str, at: datetime) -> None:
        self._connection.execute(_LIFT, {"which": hold_id, "at": at})

    def add_dispute(self, dispute: Dispute) -> None:
        row: dict[str, Any] = {name: getattr(dispute, name) for name in Dispute.__slots__}
        words = dispute.words.encode("utf-8", "replace")
        row["words"] = self._fields.seal_bytes(f"disputes.words:{dispute.id}", words)
        self._connection.execute(_ADD_DISPUTE, row)

    def disputes(self, borrower_id: str) -> list[Dispute]:
        rows = self._connection.execute(_DISPUTES, {"borrower": borrower_id})
        return [_dispute(row, self._fields) for row in rows]


def _hold(row: sa.Row[Any]) -> Hold:
    values = dict(row._mapping)
    values["lifted_by"] = tuple(row.lifted_by)
    return Hold(**values)


def _dispute(row: sa.Row[Any], fields: Fields) -> Dispute:
    values = dict(row._mapping)
    values["words"] = fields.open(f"disputes.words:{row.id}", row.words)
    return Dispute(**values)
