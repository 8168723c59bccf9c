"""Holds in force."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.lending.holds import Hold, SubjectKind
from bot.storage.schema_lending import holds
from bot.storage.session import Session

_ADD_HOLD = sa.insert(holds)
_LIFT = (
    sa.update(holds)
    .where(holds.c.id == bindparam("which"), holds.c.lifted_at.is_(None))
    .values(lifted_at=bindparam("at"))
)


@lru_cache(maxsize=64)
def _in_force(subjects: int) -> sa.Select[Any]:
    """Holds on so many subjects, named s0, s1 …: a fixed text for each number runs faster than an expanding IN."""
    # By id alone, for a plain index look-up; ids of different kinds never meet, and the kind is compared after.
    wanted: list[sa.BindParameter[str]] = [bindparam(f"s{number}") for number in range(subjects)]
    return (
        sa.select(holds)
        .where(holds.c.subject.in_(wanted), holds.c.lifted_at.is_(None))
        # What one message placed at one instant is read out in the same order in every installation.
        .order_by(holds.c.placed_at, holds.c.reason, holds.c.id)
    )


class Holds:
    """The part of LendingStore about holds."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection

    def add_hold(self, hold: Hold) -> None:
        row = {name: getattr(hold, name) for name in Hold.__slots__}
        row["lifted_by"] = list(hold.lifted_by)
        self._connection.execute(_ADD_HOLD, row)

    def holds(self, subjects: Sequence[tuple[SubjectKind, str]]) -> list[Hold]:
        if not subjects:
            return []
        wanted = set(subjects)
        ids = sorted({subject for _, subject in wanted})
        named = {f"s{number}": subject for number, subject in enumerate(ids)}
        rows = self._connection.execute(_in_force(len(ids)), named)
        return [_hold(row) for row in rows if (row.subject_kind, row.subject) in wanted]

    def lift_hold(self, hold_id: str, at: datetime) -> None:
        self._connection.execute(_LIFT, {"which": hold_id, "at": at})


def _hold(row: sa.Row[Any]) -> Hold:
    values = dict(row._mapping)
    values["lifted_by"] = tuple(row.lifted_by)
    return Hold(**values)
