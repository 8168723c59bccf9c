"""Tables of what two people agree on: proposals, and the sets of policy files that were agreed."""

from sqlalchemy import Column, Index, Table, Text

from bot.storage.columns import Instant, Json, literal, metadata

proposals = Table(
    "proposals",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # role, retention, policy
    Column("subject", Text, nullable=False),
    Column("before", Json, nullable=False),
    Column("after", Json, nullable=False),
    Column("reason", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("status", Text, nullable=False),
    Column("decided_by", Text),
    Column("decided_at", Instant),
    Column("decision", Text, nullable=False),
    Column("secret", Text),
    Index("ix_proposals_decided_at", "decided_at"),
)
_OPEN = proposals.c.status == literal("open")
# About the same thing there is one question at a time.
Index("uq_proposals_open", proposals.c.subject, unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN)

policy_sets = Table(
    "policy_sets",
    metadata,
    Column("fingerprint", Text, primary_key=True),  # SHA-256 over names and texts
    Column("texts", Json, nullable=False),  # by file
    Column("kept_at", Instant, nullable=False),
    Column("in_force_from", Instant),  # the newest counts; null: was never agreed
    Index("ix_policy_sets_in_force_from", "in_force_from"),
)
