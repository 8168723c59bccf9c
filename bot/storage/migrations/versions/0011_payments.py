"""payments that the lender booked; the terms that a plan was agreed on"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payments",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("creditor", sa.Text(), nullable=False),
        sa.Column("reference_lookup", sa.LargeBinary(), nullable=False),
        sa.Column("reference", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_payments_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("creditor", "reference_lookup", name=op.f("uq_payments_creditor_reference_lookup")),
    )
    op.create_index("ix_payments_account_id", "payments", ["account_id", "paid_on"])
    op.create_index("ix_agreements_account_id", "agreements", ["account_id", "agreed_at"])
    op.create_index("ix_promises_account_id", "promises", ["account_id", "due"])
    op.add_column("agreements", sa.Column("grace_days", sa.Integer(), nullable=True))
    op.add_column("agreements", sa.Column("missed_before_broken", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("agreements", "missed_before_broken")
    op.drop_column("agreements", "grace_days")
    op.drop_index("ix_promises_account_id", table_name="promises")
    op.drop_index("ix_agreements_account_id", table_name="agreements")
    op.drop_table("payments")
