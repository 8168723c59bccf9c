"""Who was named in which note, and whether they have read it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.desk.mention_store import Mention
from bot.storage.schema_staff import mentions
from bot.storage.session import Session

_COLUMNS = tuple(mentions.c[name] for name in Mention.__slots__)
_ADD = sa.insert(mentions)
_OF = mentions.c.staff_id == bindparam("whose")
_UNREAD = sa.select(sa.func.count(sa.distinct(mentions.c.case_id))).where(_OF, mentions.c.read_at.is_(None))
_NEWEST = sa.select(*_COLUMNS).where(_OF).order_by(mentions.c.at.desc()).limit(bindparam("most"))
_READ = (
    sa.update(mentions)
    .where(_OF, mentions.c.case_id == bindparam("which"), mentions.c.read_at.is_(None))
    .values(read_at=bindparam("now"))
)
_MANY = 4  # rows looked at for each that is shown: a case may name somebody several times


class Mentions:
    """Implements MentionStore."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection

    def add(self, mention: Mention) -> None:
        self._connection.execute(_ADD, {name: getattr(mention, name) for name in Mention.__slots__})

    def unread(self, staff_id: str) -> int:
        return int(self._connection.execute(_UNREAD, {"whose": staff_id}).scalar_one())

    def newest(self, staff_id: str, limit: int = 100) -> list[Mention]:
        rows = self._connection.execute(_NEWEST, {"whose": staff_id, "most": limit * _MANY})
        newest: dict[str, Mention] = {}
        for row in rows:
            newest.setdefault(row.case_id, Mention(*row))
        return list(newest.values())[:limit]

    def read(self, staff_id: str, case_id: str, at: datetime) -> None:
        self._connection.execute(_READ, {"whose": staff_id, "which": case_id, "now": at})
