"""review search"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_UNINDEXED = sa.text("chain_length != indexed_length")
# Tokens hold letters, digits and one sign beyond ASCII: only the spaces between them divide. What FTS5 keeps besides
# the tokens (places, sizes) is not needed, since what it finds is compared with the text itself.
_WORDS = """
CREATE VIRTUAL TABLE conversation_words USING fts5(
    words, content='conversation_facts', content_rowid='number', tokenize='ascii', detail=none, columnsize=0
)
"""


def upgrade() -> None:
    server = op.get_bind().dialect.name == "postgresql"
    op.add_column("conversations", sa.Column("indexed_length", sa.Integer(), server_default="0", nullable=False))
    op.create_index(
        "ix_conversations_unindexed",
        "conversations",
        ["last_at"],
        sqlite_where=_UNINDEXED,
        postgresql_where=_UNINDEXED,
    )
    op.create_table(
        "conversation_facts",
        sa.Column(
            "number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=True
        ),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("speaker", sa.Text(), nullable=False),
        sa.Column("creditor", sa.Text(), nullable=True),
        sa.Column("borrower_id", sa.Text(), nullable=True),
        sa.Column("facets", sa.Text(), nullable=False),
        sa.Column("words", postgresql.TSVECTOR() if server else sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_conversation_facts_conversation_id")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_conversation_facts")),
        sa.UniqueConstraint("conversation_id", name=op.f("uq_conversation_facts_conversation_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_conversation_facts_last_at", "conversation_facts", ["last_at", "conversation_id"])
    op.create_index("ix_conversation_facts_borrower_id", "conversation_facts", ["borrower_id", "last_at"])
    if server:
        op.create_index(
            "ix_conversation_facts_words",
            "conversation_facts",
            ["words"],
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        )
    else:
        op.execute(_WORDS)
    op.create_table(
        "saved_searches",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_saved_searches_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
        sa.UniqueConstraint("staff_id", "name", name=op.f("uq_saved_searches_staff_id_name")),
    )


def downgrade() -> None:
    op.drop_table("saved_searches")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE conversation_words")
    op.drop_table("conversation_facts")
    op.drop_index("ix_conversations_unindexed", "conversations")
    op.drop_column("conversations", "indexed_length")
