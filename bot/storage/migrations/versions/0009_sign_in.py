"""sign in: the reader's own clock, and where a session began"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("staff", sa.Column("time_zone", sa.Text()))
    op.add_column("staff_sessions", sa.Column("network", sa.Text(), nullable=False, server_default=""))
    op.add_column("staff_sessions", sa.Column("agent", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("staff_sessions", "agent")
    op.drop_column("staff_sessions", "network")
    op.drop_column("staff", "time_zone")
