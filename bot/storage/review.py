"""Conversations as review lists them."""

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


class Review:
    """Implements ReviewStore."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection

    def rows(self, conversation_ids: Sequence[str]) -> Mapping[str, Found]:
        found = self._connection.execute(_ROWS, {"ids": list(conversation_ids)})
        return {row.id: Found(*row) for row in found}
