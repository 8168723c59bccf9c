"""The due-table: work for later, committed with the turn that asked for it, claimed by one worker at a time."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.jobs.store import Job
from bot.storage.columns import per_dialect
from bot.storage.schema import jobs
from bot.storage.session import Session

_LONGEST_ERROR = 2000

# Added again, it is new work: whoever was about to do the old finds that it is no longer theirs.
_ADD = per_dialect(
    lambda insert: (new := insert(jobs)).on_conflict_do_update(
        index_elements=["kind", "key"],
        set_={name: new.excluded[name] for name in ("id", "due", "ready_at", "attempt", "payload", "error")},
    )
)
_CANCEL = sa.delete(jobs).where(jobs.c.kind == bindparam("which"), jobs.c.key == bindparam("about"))
_READY = (
    sa.select(jobs.c.id, jobs.c.kind, jobs.c.key, jobs.c.due, jobs.c.attempt, jobs.c.payload)
    .where(jobs.c.ready_at <= bindparam("now"))
    .order_by(jobs.c.ready_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    sa.update(jobs)
    .where(jobs.c.id == bindparam("job"))
    .values(ready_at=bindparam("until"), attempt=bindparam("number"))
)
_MINE = (jobs.c.id == bindparam("job")) & (jobs.c.attempt == bindparam("number"))
_DONE = sa.delete(jobs).where(_MINE)
_RETRY = (
    sa.update(jobs).where(_MINE).values(due=bindparam("at"), ready_at=bindparam("at"), error=bindparam("problem"))
)
_NEXT = sa.select(sa.func.min(jobs.c.ready_at))


class Jobs:
    """Implements JobStore."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._connection = session.connection

    def add(self, kind: str, key: str, due: datetime, payload: Mapping[str, Any]) -> None:
        row = {
            "id": uuid.uuid4().hex,
            "kind": kind,
            "key": key,
            "due": due,
            "ready_at": due,
            "attempt": 0,
            "payload": dict(payload),
            "error": None,
        }
        self._connection.execute(_ADD[self._session.dialect], row)

    def cancel(self, kind: str, key: str) -> bool:
        return self._connection.execute(_CANCEL, {"which": kind, "about": key}).rowcount > 0

    def claim(self, now: datetime, lease: timedelta, limit: int) -> list[Job]:
        rows = self._connection.execute(_READY, {"now": now, "most": limit}).all()
        claimed = [Job(row.id, row.kind, row.key, row.due, row.attempt + 1, row.payload) for row in rows]
        if claimed:
            until = now + lease
            self._connection.execute(
                _CLAIM, [{"job": job.id, "until": until, "number": job.attempt} for job in claimed]
            )
        return claimed

    def done(self, job: Job) -> bool:
        return self._connection.execute(_DONE, {"job": job.id, "number": job.attempt}).rowcount == 1

    def retry(self, job: Job, due: datetime, error: str) -> None:
        shown = error[:_LONGEST_ERROR].replace("\0", "")
        self._connection.execute(_RETRY, {"job": job.id, "number": job.attempt, "at": due, "problem": shown})

    def next_due(self) -> datetime | None:
        """When the earliest work is ready, so that a worker can sleep until then."""
        return self._connection.execute(_NEXT).scalar()
