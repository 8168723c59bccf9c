"""Tables of the chat itself. Hot ones lead with the conversation, so that they can be spread by it later."""

import sqlalchemy as sa
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from bot.storage.columns import Instant, Json, RowId, literal, metadata

conversations = Table(
    "conversations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("speaker", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("locale_chosen", Boolean, nullable=False),
    Column("borrower_id", Text, ForeignKey("borrowers.id")),
    Column("verified_until", Instant),
    Column("last_input_at", Instant),
    Column("held_by", Text),
    Column("opened_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),  # of the last input, or else when it opened
    Column("chain_length", Integer, nullable=False),
    Column("chain_head", LargeBinary, nullable=False),
    Column("indexed_length", Integer, nullable=False, server_default="0"),  # as far as search knows the chain
    sa.UniqueConstraint("account", "sender"),
    Index("ix_conversations_borrower_id", "borrower_id"),
    Index("ix_conversations_last_at", "last_at", "id"),
)

_UNINDEXED = conversations.c.chain_length != conversations.c.indexed_length
Index("ix_conversations_unindexed", conversations.c.last_at, sqlite_where=_UNINDEXED, postgresql_where=_UNINDEXED)

inbox = Table(
    "inbox",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("conversation_id", Text, ForeignKey("conversations.id"), nullable=False),
    Column("account", Text, nullable=False),
    Column("update_id", Text, nullable=False),
    Column("incoming", Json, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("state", Text, nullable=False),  # waiting, handled, aside
    Column("handled_at", Instant),
    Column("failures", Integer, nullable=False),
    Column("error", Text),
    sa.UniqueConstraint("account", "update_id"),
    Index("ix_inbox_conversation_id", "conversation_id", "id"),
    sqlite_autoincrement=True,
)
Index(
    "ix_inbox_waiting",
    inbox.c.conversation_id,
    inbox.c.id,
    sqlite_where=inbox.c.state == literal("waiting"),
    postgresql_where=inbox.c.state == literal("waiting"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("conversation_id", Text, ForeignKey("conversations.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("unasked", Boolean, nullable=False),
    Column("state", Text, nullable=False),  # as OutboxState
    Column("attempts", Integer, nullable=False),
    Column("queued_at", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("claimed_until", Instant),
    Column("sent_at", Instant),
    Column("remote_id", Text),
    Column("error", Text),
    sa.UniqueConstraint("conversation_id", "seq"),
    sqlite_autoincrement=True,
)
Index(
    "ix_outbox_open",
    outbox.c.conversation_id,
    outbox.c.id,
    sqlite_where=outbox.c.state.in_([literal("queued"), literal("sending")]),
    postgresql_where=outbox.c.state.in_([literal("queued"), literal("sending")]),
)

events = Table(
    "events",
    metadata,
    Column("conversation_id", Text, ForeignKey("conversations.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("body", Text),  # canonical JSON; null once erased, with the salt
    Column("salt", LargeBinary),
    Column("digest", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    CheckConstraint("(body IS NULL) = (salt IS NULL)", name="erased_whole"),
    sqlite_with_rowid=False,
)

trackers = Table(
    "trackers",
    metadata,
    Column("conversation_id", Text, ForeignKey("conversations.id"), primary_key=True),
    Column("state", Text, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("due", Instant, nullable=False),
    Column("ready_at", Instant, nullable=False),  # `due`, or the end of the lease while somebody works on it
    Column("attempt", Integer, nullable=False),
    Column("payload", Json, nullable=False),
    Column("error", Text),
    sa.UniqueConstraint("kind", "key"),
    Index("ix_jobs_ready_at", "ready_at"),
)

files = Table(
    "files",
    metadata,
    Column("id", Text, primary_key=True),
    Column("conversation_id", Text, ForeignKey("conversations.id"), nullable=False),
    Column("name", LargeBinary, nullable=False),  # sealed: people name files after themselves
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("kept_at", Instant, nullable=False),
    Column("staff", Text),
    Index("ix_files_conversation_id", "conversation_id", "kept_at"),
)

file_contents = Table(
    "file_contents",
    metadata,
    Column("file_id", Text, ForeignKey("files.id", ondelete="CASCADE"), primary_key=True),
    Column("content", LargeBinary, nullable=False),  # sealed
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("heads_digest", LargeBinary, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("signature", LargeBinary, nullable=False),
)

checkpoint_heads = Table(
    "checkpoint_heads",
    metadata,
    Column("chain", Text, primary_key=True),  # a conversation's id, or "audit"
    Column("length", Integer, primary_key=True),
    Column("head", LargeBinary, nullable=False),
    Column("checkpoint", Integer, ForeignKey("checkpoints.number"), nullable=False),
    Index("ix_checkpoint_heads_checkpoint", "checkpoint"),
)
