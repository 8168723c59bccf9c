"""Conversations' facets for the figures, read in one pass."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.review.figures import Row
from bot.review.search_store import Sought
from bot.storage.schema_search import conversation_facts
from bot.storage.search import bounds, hits
from bot.storage.session import Session

_OF_HITS = conversation_facts.alias("told")


class FigureRecords:
    """Implements FigureStore."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._dialect = session.dialect

    def rows(self, what: Sought, limit: int) -> Iterator[Row]:
        values: dict[str, Any] = {"most": limit}
        source: sa.FromClause = conversation_facts
        told: sa.FromClause = conversation_facts
        tables = source
        if what.tokens:
            source, values["query"] = hits(self._dialect, what.tokens)
            told = _OF_HITS
            tables = source.join(told, told.c.conversation_id == source.c.conversation_id)
        statement = (
            sa.select(source.c.last_at, source.c.speaker, told.c.facets)
            .select_from(tables)
            .where(*bounds(source, what, None, None))
            .order_by(source.c.last_at.desc(), source.c.conversation_id.desc())
            .limit(bindparam("most"))
            .execution_options(yield_per=2000)
        )
        with self._connection.execute(statement, values) as found:
            for row in found:
                yield Row(*row)
