"""Finding conversations for review: newest first, page by page, no totals."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.review.store import Cursor, Filter, Found, Span
from bot.storage.columns import Instant
from bot.storage.schema import conversations
from bot.storage.schema_lending import borrowers
from bot.storage.session import Session

_LAST = conversations.c.last_at
_FIND = (
    sa.select(
        conversations.c.id,
        conversations.c.account,
        conversations.c.speaker,
        conversations.c.locale,
        conversations.c.borrower_id,
        conversations.c.opened_at,
        _LAST,
        conversations.c.chain_length,
        conversations.c.held_by,
    )
    .order_by(_LAST.desc(), conversations.c.id.desc())
    .limit(bindparam("most"))
)
_EVERY = (
    sa.select(conversations.c.id)
    .where(conversations.c.id > bindparam("after"))
    .order_by(conversations.c.id)
    .limit(bindparam("most"))
)


class Review:
    """Implements ReviewStore."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection

    def find(self, what: Filter, after: Cursor | None, limit: int) -> Sequence[Found]:
        statement = _FIND.where(*_conditions(what))
        if after is not None:
            place = sa.tuple_(sa.literal(after.last_at, Instant), sa.literal(after.conversation_id))
            statement = statement.where(sa.tuple_(_LAST, conversations.c.id) < place)
        return [Found(*row) for row in self._connection.execute(statement, {"most": limit})]

    def every(self, after: str = "", limit: int = 500) -> Sequence[str]:
        return list(self._connection.execute(_EVERY, {"after": after, "most": limit}).scalars())


def _conditions(what: Filter) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if what.speakers is not None:
        found.append(conversations.c.speaker.in_(what.speakers))
    if what.borrower_ids is not None:
        found.append(conversations.c.borrower_id.in_(what.borrower_ids))
    if what.locale is not None:
        found.append(conversations.c.locale == what.locale)
    if what.creditors is not None:
        theirs = sa.select(borrowers.c.id).where(borrowers.c.creditor.in_(what.creditors))
        found.append(conversations.c.borrower_id.is_(None) | conversations.c.borrower_id.in_(theirs))
    if what.spans is not None:
        found.append(sa.or_(sa.false(), *(_within(span) for span in what.spans)))
    return found


def _within(span: Span) -> sa.ColumnElement[bool]:
    bounds: list[sa.ColumnElement[bool]] = [conversations.c.speaker.in_(span.speakers)]
    if span.since is not None:
        bounds.append(span.since <= _LAST)
    if span.until is not None:
        bounds.append(span.until > _LAST)
    return sa.and_(*bounds)
