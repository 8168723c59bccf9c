"""Tables around a talk with a person: times that borrowers chose for a callback, and what they said of the talk."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text

from bot.storage.columns import Instant, metadata

# One row for each time that is taken. `place` counts from 1: the key keeps a time from being given too often.
callbacks = Table(
    "callbacks",
    metadata,
    Column("speaker", Text, primary_key=True),
    Column("team", Text, primary_key=True),
    Column("starts_at", Instant, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("ends_at", Instant, nullable=False),
    Column("case_id", Text, ForeignKey("cases.id"), nullable=False),
    Column("by", Text, nullable=False),
    Column("booked_at", Instant, nullable=False),
    Index("ix_callbacks_case_id", "case_id"),
)

surveys = Table(
    "surveys",
    metadata,
    Column("case_id", Text, ForeignKey("cases.id"), primary_key=True),
    Column("conversation_id", Text, ForeignKey("conversations.id"), nullable=False),
    Column("speaker", Text, nullable=False),
    Column("creditor", Text),
    Column("staff", Text),  # with whom the talk was
    Column("asked_at", Instant, nullable=False),
    Column("answered_at", Instant),
    Column("score", Integer),  # null: not answered, or skipped
    Column("comment_seq", BigInteger),  # of the borrower's own message; the text stands there alone
    Column("seen_by", Text),  # the supervisor who saw a bad one
    Column("seen_at", Instant),
    Index("ix_surveys_speaker", "speaker", "answered_at"),
)
