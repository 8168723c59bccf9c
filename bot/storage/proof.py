"""Runs of verification, and which conversations one covers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.review.proof_store import BATCH, ProofRun
from bot.storage.columns import per_dialect
from bot.storage.schema import conversations
from bot.storage.schema_proof import proof_runs
from bot.storage.session import Session

_NAMES = tuple(ProofRun.__slots__)
_COLUMNS = tuple(proof_runs.c[name] for name in _NAMES)
_SAVE = per_dialect(
    lambda insert: (new := insert(proof_runs)).on_conflict_do_update(
        index_elements=["id"], set_={name: new.excluded[name] for name in _NAMES if name != "id"}
    )
)
_RUN = sa.select(*_COLUMNS).where(proof_runs.c.id == bindparam("which"))
_NEWEST = sa.select(*_COLUMNS).order_by(proof_runs.c.started_at.desc()).limit(bindparam("most"))
_IDS = (
    sa.select(conversations.c.id)
    .where(conversations.c.id > bindparam("after"))
    .order_by(conversations.c.id)
    .limit(bindparam("most"))
)


class Proofs:
    """Implements ProofStore."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._connection = session.connection

    def save(self, run: ProofRun) -> None:
        self._connection.execute(_SAVE[self._session.dialect], {name: getattr(run, name) for name in _NAMES})

    def run(self, run_id: str) -> ProofRun | None:
        row = self._connection.execute(_RUN, {"which": run_id}).first()
        return _read(row) if row else None

    def newest(self, limit: int = 10) -> list[ProofRun]:
        return [_read(row) for row in self._connection.execute(_NEWEST, {"most": limit})]

    def under_way(
        self, since: datetime | None, until: datetime | None, after: str = "", limit: int = BATCH
    ) -> Sequence[str]:
        statement = _IDS
        if since is not None:
            statement = statement.where(conversations.c.last_at >= since)
        if until is not None:
            statement = statement.where(conversations.c.opened_at < until)
        return list(self._connection.execute(statement, {"after": after, "most": limit}).scalars())


def _read(row: Any) -> ProofRun:
    named = dict(zip(_NAMES, row, strict=True))
    named["broken"] = tuple((chain, seq, problem) for chain, seq, problem in named["broken"])
    return ProofRun(**named)
