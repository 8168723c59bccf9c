"""Signed checkpoints, and the heads that each covers."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.record.checkpoint import ChainHead, Checkpoint
from bot.storage.schema import checkpoint_heads, checkpoints, conversations
from bot.storage.schema_staff import chains
from bot.storage.session import Session


def _uncovered(name: sa.Column[str], length: sa.Column[int], head: sa.Column[bytes]) -> Any:
    covered = sa.exists().where(checkpoint_heads.c.chain == name, checkpoint_heads.c.length == length)
    return sa.select(name, length, head).where(length > 0, ~covered)


_MOVED: sa.CompoundSelect[Any] = sa.union_all(
    _uncovered(conversations.c.id, conversations.c.chain_length, conversations.c.chain_head),
    _uncovered(chains.c.name, chains.c.length, chains.c.head),
)
_COLUMNS = tuple(checkpoints.c[name] for name in Checkpoint.__slots__)
_HEAD: tuple[Any, ...] = (checkpoint_heads.c.chain, checkpoint_heads.c.length, checkpoint_heads.c.head)
_ADD, _ADD_HEADS = sa.insert(checkpoints), sa.insert(checkpoint_heads)
_ALL = sa.select(*_COLUMNS).order_by(checkpoints.c.number)
_RECENT = sa.select(*_COLUMNS).order_by(checkpoints.c.number.desc()).limit(bindparam("most"))
_NUMBERED = sa.select(*_COLUMNS).where(checkpoints.c.number == bindparam("which"))
_HEADS = sa.select(*_HEAD).where(checkpoint_heads.c.checkpoint == bindparam("which"))
_GONE = (
    sa.select(checkpoint_heads.c.chain, sa.func.max(checkpoint_heads.c.length))
    .where(
        checkpoint_heads.c.chain > bindparam("after"),
        ~sa.exists().where(conversations.c.id == checkpoint_heads.c.chain),
        ~sa.exists().where(chains.c.name == checkpoint_heads.c.chain),
    )
    .group_by(checkpoint_heads.c.chain)
    .order_by(checkpoint_heads.c.chain)
    .limit(bindparam("most"))
)
_MARKS = sa.select(*_HEAD).where(checkpoint_heads.c.chain == bindparam("of")).order_by(checkpoint_heads.c.length)


class Checkpoints:
    """Implements CheckpointStore."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection

    def moved(self) -> list[ChainHead]:
        return [ChainHead(*row) for row in self._connection.execute(_MOVED)]

    def add(self, checkpoint: Checkpoint, heads: Sequence[ChainHead]) -> None:
        self._connection.execute(_ADD, {name: getattr(checkpoint, name) for name in Checkpoint.__slots__})
        rows = [
            {"chain": head.chain, "length": head.length, "head": head.hash, "checkpoint": checkpoint.number}
            for head in heads
        ]
        if rows:
            self._connection.execute(_ADD_HEADS, rows)

    def newest(self) -> Checkpoint | None:
        return next(iter(self.recent(1)), None)

    def recent(self, limit: int) -> list[Checkpoint]:
        return [Checkpoint(*row) for row in self._connection.execute(_RECENT, {"most": limit})]

    def numbered(self, number: int) -> Checkpoint | None:
        row = self._connection.execute(_NUMBERED, {"which": number}).first()
        return Checkpoint(*row) if row else None

    def all(self) -> list[Checkpoint]:
        return [Checkpoint(*row) for row in self._connection.execute(_ALL)]

    def heads(self, number: int) -> list[ChainHead]:
        return [ChainHead(*row) for row in self._connection.execute(_HEADS, {"which": number})]

    def gone(self, after: str = "", limit: int = 500) -> list[ChainHead]:
        rows = self._connection.execute(_GONE, {"after": after, "most": limit})
        return [ChainHead(chain, length, b"") for chain, length in rows]

    def marks(self, chain: str) -> list[ChainHead]:
        return [ChainHead(*row) for row in self._connection.execute(_MARKS, {"of": chain})]
