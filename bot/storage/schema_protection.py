"""The table of legal holds, and what of a conversation's row says that it was erased."""

from sqlalchemy import Column, Index, Table, Text

from bot.storage.columns import Instant, metadata

legal_holds = Table(
    "legal_holds",
    metadata,
    Column("id", Text, primary_key=True),
    Column("subject_kind", Text, nullable=False),  # conversation, borrower
    Column("subject", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("placed_by", Text),
    Column("placed_at", Instant, nullable=False),
    Index("ix_legal_holds_subject", "subject", "subject_kind"),
)
erasures = Table(
    "erasures",
    metadata,
    Column("conversation_id", Text, primary_key=True),
    Column("erased_at", Instant, nullable=False),
)
