"""Conversations as review lists them, and all of them in the order of their ids."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.review.store import Found
from bot.storage.schema import conversations
from bot.storage.session import Session

_ROWS = sa.select(
    conversations.c.id,
    conversations.c.account,
    conversations.c.speaker,
    conversations.c.locale,
    conversations.c.borrower_id,
    conversations.c.opened_at,
    conversations.c.last_at,
    conversations.c.chain_length,
    conversations.c.held_by,
).where(conversations.c.id.in_(bindparam("ids", expanding=True)))
_EVERY = (
    sa.select(conversations.c.id)
    .where(conversations.c.id > bindparam("after"))
    .order_by(conversations.c.id)
    .limit(bindparam("most"))
)


class Review:
    """Implements ReviewStore."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection

    def rows(self, conversation_ids: Sequence[str]) -> Mapping[str, Found]:
        found = self._connection.execute(_ROWS, {"ids": list(conversation_ids)})
        return {row.id: Found(*row) for row in found}

    def every(self, after: str = "", limit: int = 500) -> Sequence[str]:
        return list(self._connection.execute(_EVERY, {"after": after, "most": limit}).scalars())
