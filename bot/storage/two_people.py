"""Proposals that wait for a second person, and those that were decided."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.review.two_people_store import AlreadyProposed, Proposal
from bot.storage.columns import literal, per_dialect
from bot.storage.schema_two_people import proposals
from bot.storage.session import Session

_NAMES = tuple(Proposal.__slots__)
_DECIDED = ("status", "decided_by", "decided_at", "decision", "secret")
_COLUMNS = tuple(proposals.c[name] for name in _NAMES)
_OPEN = proposals.c.status == literal("open")
_ADD = per_dialect(
    lambda insert: (
        insert(proposals)
        .on_conflict_do_nothing(index_elements=["subject"], index_where=_OPEN)
        .returning(proposals.c.id)
    )
)
_SAVE = (
    sa.update(proposals)
    .where(proposals.c.id == bindparam("which"))
    .values({name: bindparam(f"new_{name}") for name in _DECIDED})
)
_LOCK = sa.select(*_COLUMNS).where(proposals.c.id == bindparam("which")).with_for_update()
_WAITING = sa.select(*_COLUMNS).where(_OPEN).order_by(proposals.c.proposed_at, proposals.c.id)
_PAST = (
    sa.select(*_COLUMNS)
    .where(proposals.c.decided_at.is_not(None))
    .order_by(proposals.c.decided_at.desc(), proposals.c.id)
    .limit(bindparam("most"))
)


class TwoPeople:
    """Implements TwoPeopleStore."""

    def __init__(self, session: Session) -> None:
        self._dialect = session.dialect
        self._connection = session.connection

    def add(self, proposal: Proposal) -> None:
        row = {name: getattr(proposal, name) for name in _NAMES}
        if self._connection.execute(_ADD[self._dialect], row).first() is None:
            raise AlreadyProposed(
                "a change of the same waits for its answer; agree to it, refuse or withdraw it first"
            )

    def lock(self, proposal_id: str) -> Proposal | None:
        row = self._connection.execute(_LOCK, {"which": proposal_id}).first()
        return Proposal(*row) if row else None

    def save(self, proposal: Proposal) -> None:
        new: dict[str, Any] = {f"new_{name}": getattr(proposal, name) for name in _DECIDED}
        self._connection.execute(_SAVE, {"which": proposal.id, **new})

    def waiting(self) -> list[Proposal]:
        return [Proposal(*row) for row in self._connection.execute(_WAITING)]

    def decided(self, limit: int = 50) -> list[Proposal]:
        return [Proposal(*row) for row in self._connection.execute(_PAST, {"most": limit})]
