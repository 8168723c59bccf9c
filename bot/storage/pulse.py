"""Cheap questions for pages that stay open: one row for each speaker, one number for a conversation."""

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.storage.columns import literal
from bot.storage.schema import conversations
from bot.storage.schema_staff import cases
from bot.storage.session import Session

_OPEN = cases.c.status.in_([literal("waiting"), literal("held")])
# An event raises its case's number; one that closes a case takes it out of the count; whatever comes in its place
# was opened later.
_QUEUES = (
    sa.select(
        cases.c.speaker,
        sa.func.count(),
        sa.func.sum(cases.c.number),
        sa.func.max(sa.type_coerce(cases.c.opened_at, sa.BigInteger)),
    )
    .where(_OPEN)
    .group_by(cases.c.speaker)
)
_LENGTH = sa.select(conversations.c.chain_length).where(conversations.c.id == bindparam("conversation"))


class PulseRecords:
    """Implements Pulse."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection

    def queues(self) -> dict[str, str]:
        rows = self._connection.execute(_QUEUES)
        return {speaker: f"{count}-{events}-{newest}" for speaker, count, events, newest in rows}

    def length(self, conversation_id: str) -> int:
        found = self._connection.execute(_LENGTH, {"conversation": conversation_id}).scalar()
        return int(found or 0)
