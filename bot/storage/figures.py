"""Conversations' facets for the figures, read in one pass."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.review.figures import Row
from bot.storage.schema_search import conversation_facts
from bot.storage.session import Session

_LAST = conversation_facts.c.last_at
_ROWS = (
    sa.select(_LAST, conversation_facts.c.facets)
    .where(bindparam("since", type_=_LAST.type) <= _LAST, bindparam("until", type_=_LAST.type) > _LAST)
    .order_by(_LAST.desc(), conversation_facts.c.conversation_id.desc())
    .limit(bindparam("most"))
)


class FigureRecords:
    """Implements FigureStore."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection

    def rows(
        self,
        since: datetime,
        until: datetime,
        speakers: Sequence[str] | None,
        creditors: Sequence[str] | None,
        limit: int,
    ) -> Iterator[Row]:
        statement = _ROWS
        if speakers is not None:
            statement = statement.where(conversation_facts.c.speaker.in_(speakers))
        if creditors is not None:
            theirs = conversation_facts.c.creditor
            statement = statement.where(theirs.is_(None) | theirs.in_(creditors))
        values = {"since": since, "until": until, "most": limit}
        for at, facets in self._connection.execute(statement, values):
            yield Row(at, facets)
