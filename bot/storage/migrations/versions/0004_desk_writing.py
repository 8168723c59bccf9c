"""desk writing"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("files", sa.Column("staff", sa.Text(), nullable=True))
    op.create_table(
        "mentions",
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("staff_id", "case_id", "number"),
    )
    op.create_index("ix_mentions_at", "mentions", ["staff_id", "at"])


def downgrade() -> None:
    op.drop_table("mentions")
    op.drop_column("files", "staff")
