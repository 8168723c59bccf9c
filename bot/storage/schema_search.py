"""Tables of review's search: a row of facts for each conversation, its words, and what staff have saved."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text
from sqlalchemy.dialects import postgresql

from bot.storage.columns import Instant, Json, RowId, metadata

WORDS_TABLE = "conversation_words"  # SQLite's own full-text table over the column `words`, and its shadows


class Words(sa.types.TypeDecorator[str]):
    """Tokens with spaces in between: a tsvector on PostgreSQL; text on SQLite, which indexes it in WORDS_TABLE."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        return dialect.type_descriptor(postgresql.TSVECTOR() if dialect.name == "postgresql" else sa.Text())


conversation_facts = Table(
    "conversation_facts",
    metadata,
    Column("number", RowId, primary_key=True, autoincrement=True),
    Column("conversation_id", Text, ForeignKey("conversations.id"), nullable=False, unique=True),
    Column("length", Integer, nullable=False),  # of the chain, when the row was made
    Column("last_at", Instant, nullable=False),
    Column("speaker", Text, nullable=False),
    Column("creditor", Text),
    Column("borrower_id", Text),
    Column("facets", Json, nullable=False),  # {facet: [values]}
    Column("words", Words, nullable=False),
    Index("ix_conversation_facts_last_at", "last_at", "conversation_id"),
    Index("ix_conversation_facts_borrower_id", "borrower_id", "last_at"),
    sqlite_autoincrement=True,
)
# Entered at once: a list of what is pending would be read through by every search.
words_index = Index(
    "ix_conversation_facts_words",
    conversation_facts.c.words,
    postgresql_using="gin",
    postgresql_with={"fastupdate": "off"},
).ddl_if(dialect="postgresql")

saved_searches = Table(
    "saved_searches",
    metadata,
    Column("id", Text, primary_key=True),
    Column("staff_id", Text, ForeignKey("staff.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),  # as it stands in the address
    Column("saved_at", Instant, nullable=False),
    sa.UniqueConstraint("staff_id", "name"),
)
