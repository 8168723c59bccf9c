"""Alembic's entry: migrates on the connection that `bot.storage.migrations` gives it, once all tables are known."""

from typing import Any, Literal

from alembic import context

from bot.storage.columns import Instant, Json, metadata


def _render(kind: str, item: Any, autogenerate: Any) -> str | Literal[False]:  # noqa: ARG001
    """Migrations name plain types only: they must mean the same when ours have changed."""
    if isinstance(item, Instant):
        return "sa.BigInteger()"
    return "sa.Text()" if isinstance(item, Json) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=False,
    render_item=_render,
)
with context.begin_transaction():
    context.run_migrations()
