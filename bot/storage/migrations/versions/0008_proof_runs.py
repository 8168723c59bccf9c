"""proof runs"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proof_runs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("chains", sa.BigInteger(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.Column("broken_chains", sa.BigInteger(), nullable=False),
        sa.Column("broken", sa.Text(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof_runs")),
    )
    op.create_index("ix_proof_runs_started_at", "proof_runs", ["started_at"])


def downgrade() -> None:
    op.drop_index("ix_proof_runs_started_at", table_name="proof_runs")
    op.drop_table("proof_runs")
