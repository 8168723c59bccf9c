"""desk acting"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_OPEN_OFFER = sa.text("status IN ('asked', 'approved', 'sent')")
_OPEN_REQUEST = sa.text("status = 'open'")


def upgrade() -> None:
    _offers()
    _approvals()
    _referrals()


def downgrade() -> None:
    for table in ("referrals", "approvals", "staff_offers"):
        op.drop_table(table)


def _offers() -> None:
    op.create_table(
        "staff_offers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("borrower_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("frequency", sa.Text(), nullable=False),
        sa.Column("instalments", sa.Text(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("total", "added")),
        *(
            sa.Column(f"waived_{part}", sa.BigInteger(), nullable=False)
            for part in ("fees", "interest", "principal")
        ),
        sa.Column("shortfall", sa.BigInteger(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=True),
        sa.Column("agreement_id", sa.Text(), nullable=True),
        _to("staff_offers", "case_id", "cases.id"),
        _to("staff_offers", "conversation_id", "conversations.id"),
        _to("staff_offers", "borrower_id", "borrowers.id"),
        _to("staff_offers", "account_id", "accounts.id"),
        _to("staff_offers", "made_by", "staff.id"),
        _to("staff_offers", "agreement_id", "agreements.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_offers")),
    )
    op.create_index("ix_staff_offers_borrower_id", "staff_offers", ["borrower_id", "made_at"])
    op.create_index("ix_staff_offers_conversation_id", "staff_offers", ["conversation_id", "seq"])
    _partial("uq_staff_offers_open", "staff_offers", "account_id", _OPEN_OFFER, unique=True)
    _partial("ix_staff_offers_case_id", "staff_offers", "case_id", _OPEN_OFFER)


def _approvals() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("offer_id", sa.Text(), nullable=False),
        sa.Column("speaker", sa.Text(), nullable=False),
        sa.Column("creditor", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        _to("approvals", "offer_id", "staff_offers.id"),
        _to("approvals", "asked_by", "staff.id"),
        _to("approvals", "decided_by", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
        sa.UniqueConstraint("offer_id", name=op.f("uq_approvals_offer_id")),
    )
    _partial("ix_approvals_open", "approvals", "asked_at", _OPEN_REQUEST)


def _referrals() -> None:
    op.create_table(
        "referrals",
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in (
                "id", "case_id", "conversation_id", "speaker", "creditor", "borrower_id", "account_id", "kind",
                "reason", "opened_by",
            )
        ),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        _to("referrals", "case_id", "cases.id"),
        _to("referrals", "conversation_id", "conversations.id"),
        _to("referrals", "borrower_id", "borrowers.id"),
        _to("referrals", "account_id", "accounts.id"),
        _to("referrals", "opened_by", "staff.id"),
        _to("referrals", "closed_by", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
    )  # fmt: skip
    op.create_index("ix_referrals_borrower_id", "referrals", ["borrower_id", "opened_at"])


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def _partial(name: str, table: str, column: str, where: sa.TextClause, *, unique: bool = False) -> None:
    op.create_index(name, table, [column], unique=unique, sqlite_where=where, postgresql_where=where)
