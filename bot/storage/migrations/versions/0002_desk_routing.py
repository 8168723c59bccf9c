"""desk routing"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_OPEN = sa.text("status IN ('waiting', 'held')")
_MOMENTS = ("answer_warn", "answer_by", "resolve_warn", "resolve_by", "answered_at", "reserved_until")
_TEXTS = ("borrower_id", "served_by", "reserved_for")


def upgrade() -> None:
    op.add_column("cases", sa.Column("team", sa.Text(), nullable=False, server_default="general"))
    for name in _MOMENTS:
        op.add_column("cases", sa.Column(name, sa.BigInteger()))
    for name in _TEXTS:
        op.add_column("cases", sa.Column(name, sa.Text()))
    _told_by_events("answered_at", "MIN(at)", "answered")
    _told_by_events("served_by", "MAX(staff)", "taken")
    op.execute("UPDATE cases SET urgency = urgency + 1 WHERE urgency > 0")  # a callback that is due comes between
    op.create_index("ix_cases_opened_at", "cases", ["opened_at"])
    op.create_index("ix_cases_borrower_id", "cases", ["borrower_id"])
    op.create_index("ix_cases_holder", "cases", ["holder"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    for name in ("teams", "languages"):
        op.add_column("staff", sa.Column(name, sa.Text()))
    op.add_column("staff", sa.Column("capacity", sa.Integer(), nullable=False, server_default="12"))
    op.add_column("staff", sa.Column("away", sa.Boolean(), nullable=False, server_default=sa.false()))


def _told_by_events(column: str, value: str, kind: str) -> None:
    """Cases were taken at most once before they could be transferred, so that each has one such value."""
    told = f"SELECT {value} FROM case_events WHERE case_id = cases.id AND kind = '{kind}'"  # noqa: S608 - constants
    op.execute(f"UPDATE cases SET {column} = ({told})")  # noqa: S608


def downgrade() -> None:
    op.execute("UPDATE cases SET urgency = urgency - 1 WHERE urgency > 0")
    for name in ("ix_cases_opened_at", "ix_cases_borrower_id", "ix_cases_holder"):
        op.drop_index(name, "cases")
    for name in ("team", *_MOMENTS, *_TEXTS):
        op.drop_column("cases", name)
    for name in ("teams", "languages", "capacity", "away"):
        op.drop_column("staff", name)
