"""What was said in conversations, for marking words in it: newest first, the older part of long ones later.

The database looks through the texts itself, as far as it can tell where the words are not: few are fetched.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.record.events import Event
from bot.review.documents import SPOKEN
from bot.review.masking import PRIVATE_SLOTS
from bot.review.search_words import ODD, Likely
from bot.storage.schema import events
from bot.storage.session import Session

RECENT = 400  # events of one conversation that are read at first; what is longer, four times as many each time
_GROWTH = 4
_NOT_ALONG = sa.text("SET LOCAL enable_indexscan = off")
_ALONG = sa.text("SET LOCAL enable_indexscan = on")
_PRIVATE = sa.or_(*(events.c.body.contains(f'"{slot}"', autoescape=True) for slot in sorted(PRIVATE_SLOTS)))
_TOLD = events.c.kind.in_([*sorted(SPOKEN), "case"])
_TURN = events.c.kind == "turn"
_ODD = events.c.body.regexp_match(ODD)
# Only A to Z, whatever the database's language.
_SMALL = {"sqlite": sa.func.lower(events.c.body), "postgresql": sa.func.lower(events.c.body.collate("C"))}
_FLAT = {
    name: sa.func.replace(sa.func.replace(small, "'", ""), "’", "")  # as search_words.flat does
    for name, small in _SMALL.items()
}
_PLACE = {"sqlite": sa.func.instr, "postgresql": sa.func.strpos}
_NEWEST_FIRST = events.c.conversation_id, events.c.seq.desc()
_SHORT = (
    sa.select(events).where(events.c.conversation_id.in_(bindparam("ids", expanding=True))).order_by(*_NEWEST_FIRST)
)
_STRETCH = (
    sa.select(events)
    .where(
        events.c.conversation_id == bindparam("conversation"),
        events.c.seq > bindparam("after"),
        events.c.seq <= bindparam("until"),
    )
    .order_by(*_NEWEST_FIRST)
)


def worded(session: Session, lengths: Mapping[str, int], likely: Likely) -> dict[str, Iterable[Iterable[Event]]]:
    """By id of conversations of such lengths: what may hold the words, newest first, in stretches."""
    short: dict[str, list[sa.Row[Any]]] = {id: [] for id, length in lengths.items() if length <= RECENT}
    wanted = wanted_by(session.dialect, likely)
    with read_ahead(session):
        for row in session.connection.execute(_SHORT.where(wanted), {"ids": list(short)}):
            short[row.conversation_id].append(row)
    back = _STRETCH.where(wanted)
    return {
        id: (_likely(rows, likely) for rows in ([short[id]] if id in short else _back(session, back, id, length)))
        for id, length in lengths.items()
    }


def wanted_by(dialect: str, likely: Likely) -> sa.ColumnElement[bool]:
    """What was said that may hold a phrase, and the turns by which something private may have been told."""
    told: sa.ColumnElement[bool] = _TOLD
    if likely.plain:
        phrases = (sa.and_(*(_within(dialect, unit) for unit in phrase)) for phrase in likely.phrases)
        told = sa.and_(_TOLD, sa.or_(*phrases, _ODD))
    return sa.or_(told, sa.and_(_TURN, _PRIVATE))


def _within(dialect: str, unit: str) -> sa.ColumnElement[bool]:
    text = _FLAT[dialect] if unit.isascii() else events.c.body
    place: sa.ColumnElement[bool] = _PLACE[dialect](text, unit) > 0
    return place


def event_of(row: Sequence[Any]) -> Event:
    conversation_id, seq, kind, at, body, *hashes = row
    return Event(conversation_id, seq, kind, at, _body(body), *hashes)


@contextmanager
def read_ahead(session: Session) -> Iterator[None]:
    """Let PostgreSQL fetch many places at once, which it does from a bitmap and not along an index.

    What was said in thirty conversations lies in a hundred places; see its setting effective_io_concurrency.
    """
    if session.dialect == "sqlite":
        yield
        return
    session.connection.execute(_NOT_ALONG)
    yield
    session.connection.execute(_ALONG)


def _back(
    session: Session, statement: sa.Select[Any], conversation_id: str, length: int
) -> Iterator[Sequence[sa.Row[Any]]]:
    until, size = length, RECENT
    while until > 0:
        stretch = {"conversation": conversation_id, "after": until - size, "until": until}
        yield session.connection.execute(statement, stretch).all()
        until, size = until - size, size * _GROWTH


def _likely(rows: Sequence[sa.Row[Any]], likely: Likely) -> Iterator[Event]:
    return (event_of(row) for row in rows if row.kind == "turn" or (row.body is not None and likely(row.body)))


@lru_cache(maxsize=20_000)
def _body(text: str | None) -> Mapping[str, Any] | None:
    """A body that is only read. What the bot says is often said again, word for word."""
    body: Mapping[str, Any] | None = json.loads(text) if text is not None else None
    return body
