"""desk hours"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "callbacks",
        sa.Column("speaker", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("booked_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_callbacks_case_id_cases")),
        sa.PrimaryKeyConstraint("speaker", "team", "starts_at", "place", name=op.f("pk_callbacks")),
    )
    op.create_index("ix_callbacks_case_id", "callbacks", ["case_id"])
    op.create_table(
        "surveys",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("speaker", sa.Text(), nullable=False),
        sa.Column("creditor", sa.Text()),
        sa.Column("staff", sa.Text()),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger()),
        sa.Column("score", sa.Integer()),
        sa.Column("comment_seq", sa.BigInteger()),
        sa.Column("seen_by", sa.Text()),
        sa.Column("seen_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_surveys_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_surveys_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_surveys")),
    )
    op.create_index("ix_surveys_speaker", "surveys", ["speaker", "answered_at"])
    op.add_column("cases", sa.Column("callback_at", sa.BigInteger()))
    op.add_column("cases", sa.Column("quiet", sa.Text()))


def downgrade() -> None:
    op.drop_column("cases", "quiet")
    op.drop_column("cases", "callback_at")
    op.drop_index("ix_surveys_speaker", table_name="surveys")
    op.drop_table("surveys")
    op.drop_index("ix_callbacks_case_id", table_name="callbacks")
    op.drop_table("callbacks")
