"""Tables of the desk and of staff: cases, sign-in, and the trail of who read and did what."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, false

from bot.storage.columns import Instant, Json, RowId, literal, metadata

cases = Table(
    "cases",
    metadata,
    Column("id", Text, primary_key=True),
    Column("conversation_id", Text, ForeignKey("conversations.id"), nullable=False),
    Column("creditor", Text),
    Column("speaker", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("urgency", Integer, nullable=False),
    Column("wants", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("holder", Text),
    Column("opened_at", Instant, nullable=False),
    Column("waiting_since", Instant),
    Column("outcome", Text),
    Column("number", Integer, nullable=False),  # of the newest event
    Column("closed_at", Instant),
    Column("team", Text, nullable=False, server_default="general"),
    Column("answer_warn", Instant),
    Column("answer_by", Instant),
    Column("resolve_warn", Instant),
    Column("resolve_by", Instant),
    Column("answered_at", Instant),
    Column("borrower_id", Text),
    Column("served_by", Text),
    Column("reserved_for", Text),
    Column("reserved_until", Instant),
    Column("callback_at", Instant),
    Column("quiet", Text),
    Index("ix_cases_conversation_id", "conversation_id", "opened_at"),
    Index("ix_cases_opened_at", "opened_at"),
    Index("ix_cases_borrower_id", "borrower_id"),
)
_OPEN = cases.c.status.in_([literal("waiting"), literal("held")])
Index("uq_cases_open", cases.c.conversation_id, unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN)
Index(
    "ix_cases_queue",
    cases.c.urgency,
    cases.c.waiting_since,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)
Index("ix_cases_holder", cases.c.holder, sqlite_where=_OPEN, postgresql_where=_OPEN)

case_events = Table(
    "case_events",
    metadata,
    Column("case_id", Text, ForeignKey("cases.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("staff", Text),
    Column("body", Json, nullable=False),
)

staff = Table(
    "staff",
    metadata,
    Column("id", Text, primary_key=True),
    Column("login", Text, nullable=False),
    Column("login_key", Text, nullable=False, unique=True),  # without case
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("speakers", Json),  # null: all of them
    Column("creditors", Json),
    Column("locale", Text, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("teams", Json),
    Column("languages", Json),
    Column("capacity", Integer, nullable=False, server_default="12"),
    Column("away", Boolean, nullable=False, server_default=false()),
    Column("time_zone", Text),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("digest", Text, primary_key=True),  # of the cookie's token, which is kept nowhere
    Column("staff_id", Text, ForeignKey("staff.id"), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("network", Text, nullable=False, server_default=""),
    Column("agent", Text, nullable=False, server_default=""),
    Index("ix_staff_sessions_staff_id", "staff_id"),
)

mentions = Table(
    "mentions",
    metadata,
    Column("staff_id", Text, ForeignKey("staff.id"), primary_key=True),
    Column("case_id", Text, ForeignKey("cases.id"), primary_key=True),
    Column("number", Integer, primary_key=True),  # of the case's event: a private note
    Column("by_id", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("read_at", Instant),
    Index("ix_mentions_at", "staff_id", "at"),
)

failed_sign_ins = Table(
    "failed_sign_ins",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("subject_lookup", LargeBinary, nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_failed_sign_ins_subject_lookup", "subject_lookup", "at"),
)

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("staff", Text),  # null: nobody was signed in, or the command line
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Json, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Index("ix_audit_subject", "subject", "number"),
    Index("ix_audit_staff", "staff", "number"),
    Index("ix_audit_action", "action", "number"),
    Index("ix_audit_at", "at", "number"),
)

# Heads of chains that are not a conversation's.
chains = Table(
    "chains",
    metadata,
    Column("name", Text, primary_key=True),
    Column("length", Integer, nullable=False),
    Column("head", LargeBinary, nullable=False),
)
