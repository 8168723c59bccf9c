"""What all stores of one transaction share: connection, keys, and the heads of chains that it has locked."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.storage.fields import Fields
from bot.storage.schema import conversations

_SET_HEAD = (
    sa.update(conversations)
    .where(conversations.c.id == bindparam("conversation"))
    .values(chain_length=bindparam("length"), chain_head=bindparam("head"))
)


@dataclass(slots=True)
class Head:
    """Length and last hash of a conversation's chain in this transaction; `moved` until the row says so too."""

    length: int
    hash: bytes
    moved: bool = False


class Session:
    """Base of Work. Heads are written once: with the conversation when it is saved, else before the commit."""

    def __init__(self, connection: sa.Connection, fields: Fields) -> None:
        self.connection = connection
        self.dialect = connection.dialect.name
        self.fields = fields
        self.heads: dict[str, Head] = {}
        self.callbacks: list[Callable[[], None]] = []

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call it once the transaction is committed, and never if it is not."""
        self.callbacks.append(callback)

    def flush(self) -> None:
        for conversation_id, head in self.heads.items():
            if head.moved:
                self.connection.execute(
                    _SET_HEAD, {"conversation": conversation_id, "length": head.length, "head": head.hash}
                )
                head.moved = False
