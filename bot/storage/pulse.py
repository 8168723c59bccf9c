"""Cheap questions for pages that stay open: one row for each speaker, one number for a conversation."""

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.storage.columns import literal
from bot.storage.schema import conversations
from bot.storage.schema_staff import cases
from bot.storage.session import Session

_OPEN = cases.c.status.in_([literal("waiting"), literal("held")])
# An event raises its case's number; one that closes a case takes it out of the count.
_QUEUES = (
    sa.select(cases.c.speaker, sa.func.count(), sa.func.sum(cases.c.number)).where(_OPEN).group_by(cases.c.speaker)
)
_LENGTH = sa.select(conversations.c.chain_length).where(conversations.c.id == bindparam("conversation"))


class PulseRecords:
    """Implements Pulse."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection

    def queues(self) -> dict[str, str]:
        return {speaker: f"{count}-{events}" for speaker, count, events in self._connection.execute(_QUEUES)}

    def length(self, conversation_id: str) -> int:
        found = self._connection.execute(_LENGTH, {"conversation": conversation_id}).scalar()
        return int(found or 0)
