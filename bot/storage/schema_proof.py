"""The table of runs of verification."""

from sqlalchemy import BigInteger, Column, Index, Table, Text

from bot.storage.columns import Instant, Json, metadata

proof_runs = Table(
    "proof_runs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("started_by", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("since", Instant),
    Column("until", Instant),
    Column("after", Text, nullable=False),
    Column("chains", BigInteger, nullable=False),
    Column("events", BigInteger, nullable=False),
    Column("broken_chains", BigInteger, nullable=False),
    Column("broken", Json, nullable=False),
    Column("finished_at", Instant),
    Index("ix_proof_runs_started_at", "started_at"),
)
