"""Search over the facts of conversations: an inverted index of tokens, read window by window from the newest on.

A window is a token too (a day, a month), so that the index alone answers how a frequent word, a rare filter and a
stretch of time meet; each next window is larger, until a page is full. So what is read stays near what is shown.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlalchemy.dialects import postgresql

from bot.review.documents import day_tokens, month_tokens
from bot.review.search_store import Cursor, SavedSearch, Sought, Span
from bot.storage.columns import Instant, per_dialect
from bot.storage.schema_search import WORDS_TABLE, conversation_facts, saved_searches
from bot.storage.search_index import SearchIndex
from bot.storage.session import Session

_DAYS = (1, 6, 30, 120, 480)  # of each window; after the last one, everything older
_MOST_DAYS = 7  # that are named by day
_ID, _LAST = conversation_facts.c.conversation_id, conversation_facts.c.last_at
_NEWEST = sa.select(sa.func.max(_LAST))
_COLUMNS = (
    _ID,
    _LAST,
    conversation_facts.c.speaker,
    conversation_facts.c.creditor,
    conversation_facts.c.borrower_id,
)
_MATCHING = conversation_facts.c.words.op("@@")(sa.cast(bindparam("query"), postgresql.TSQUERY))
_FTS = sa.table(WORDS_TABLE, sa.column("rowid"))
# Apart, so that no planner reads through all conversations by time and compares their words one by one.
_HITS = {
    "postgresql": sa.select(*_COLUMNS).where(_MATCHING).cte("hits").prefix_with("MATERIALIZED"),
    "sqlite": sa.select(*_COLUMNS)
    .join(_FTS, conversation_facts.c.number == _FTS.c.rowid)
    .where(sa.literal_column(WORDS_TABLE).op("MATCH")(bindparam("query")))
    .cte("hits"),
}
_NO_SCAN = sa.text("SET LOCAL enable_seqscan = off")  # the newest rows may not be in the planner's figures yet
_SAVED = (
    sa.select(saved_searches).where(saved_searches.c.staff_id == bindparam("staff")).order_by(saved_searches.c.name)
)
_SAVE = per_dialect(
    lambda insert: (new := insert(saved_searches)).on_conflict_do_update(
        index_elements=["staff_id", "name"], set_={"query": new.excluded.query, "saved_at": new.excluded.saved_at}
    )
)
_REMOVE = sa.delete(saved_searches).where(
    saved_searches.c.staff_id == bindparam("staff"), saved_searches.c.id == bindparam("search")
)


class Search(SearchIndex):
    """Implements SearchStore."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._dialect = session.dialect

    def find(self, what: Sought, after: Cursor | None, limit: int) -> Sequence[Cursor]:
        if not what.tokens or what.borrower_ids is not None:
            return self._page(what, after, limit, None)
        if self._dialect == "postgresql":
            self._connection.execute(_NO_SCAN)
        found: list[Cursor] = []
        oldest = _oldest(what)
        for window in _windows(self._newest(what, after)):
            if oldest is not None and window[1] <= oldest:
                break
            found += self._page(what, after, limit - len(found), window)
            if len(found) == limit:
                break
        return found

    def _newest(self, what: Sought, after: Cursor | None) -> datetime | None:
        """When the newest conversation that may be found was last active; None when there is none at all."""
        if after is not None:
            return after.last_at
        newest: datetime | None = self._connection.execute(_NEWEST).scalar()
        ends = [span.until for span in what.spans or ()]
        if newest is None or not ends or None in ends:
            return newest
        return min(newest, max(end for end in ends if end is not None))

    def _page(
        self, what: Sought, after: Cursor | None, limit: int, window: tuple[datetime | None, datetime] | None
    ) -> list[Cursor]:
        values: dict[str, Any] = {"most": limit}
        source: sa.FromClause = conversation_facts
        groups = what.tokens
        if groups and (window is not None or self._dialect == "sqlite"):
            source = _HITS[self._dialect]
        if window is not None and window[0] is not None:
            groups = (*groups, tuple(_named(window[0], window[1])))
        statement = sa.select(source.c.last_at, source.c.conversation_id).where(
            *bounds(source, what, after, window)
        )
        if groups:
            values["query"] = _QUERY[self._dialect](groups)
            if source is conversation_facts:
                statement = statement.where(_MATCHING)
        order = (source.c.last_at.desc(), source.c.conversation_id.desc())
        statement = statement.order_by(*order).limit(bindparam("most"))
        return [Cursor(*row) for row in self._connection.execute(statement, values)]

    def saved(self, staff_id: str) -> list[SavedSearch]:
        return [SavedSearch(*row) for row in self._connection.execute(_SAVED, {"staff": staff_id})]

    def save(self, search: SavedSearch) -> None:
        row = {name: getattr(search, name) for name in SavedSearch.__slots__}
        self._connection.execute(_SAVE[self._dialect], row)

    def remove(self, staff_id: str, search_id: str) -> None:
        self._connection.execute(_REMOVE, {"staff": staff_id, "search": search_id})


def _oldest(what: Sought) -> datetime | None:
    """Before when nothing is looked for; None when there is no such time."""
    begins = [span.since for span in what.spans or ()]
    known = [since for since in begins if since is not None]
    return min(known) if known and len(known) == len(begins) else None


def _windows(newest: datetime | None) -> Iterator[tuple[datetime | None, datetime]]:
    """Stretches of time that follow each other: from (None: the beginning), until, this one excluded."""
    if newest is None:
        return
    until = (newest + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    for days in _DAYS:
        first = until - timedelta(days=days)
        yield first, until
        until = first
    yield None, until


def _named(first: datetime, until: datetime) -> list[str]:
    """The tokens of the days or months that a window touches."""
    last = until - timedelta(microseconds=1)
    return day_tokens(first, last) if (until - first).days <= _MOST_DAYS else month_tokens(first, last)


def bounds(
    source: sa.FromClause, what: Sought, after: Cursor | None, window: tuple[datetime | None, datetime] | None
) -> Iterator[sa.ColumnElement[bool]]:
    """The conditions of a search beside its tokens."""
    last, speaker, creditor = source.c.last_at, source.c.speaker, source.c.creditor
    if after is not None:
        place = sa.tuple_(sa.literal(after.last_at, Instant), sa.literal(after.conversation_id))
        yield sa.tuple_(last, source.c.conversation_id) < place
    if window is not None:
        yield last < window[1]
        if window[0] is not None:
            yield last >= window[0]
    if what.speakers is not None:
        yield speaker.in_(what.speakers)
    if what.creditors is not None:
        yield creditor.is_(None) | creditor.in_(what.creditors)
    if what.borrower_ids is not None:
        yield source.c.borrower_id.in_(what.borrower_ids)
    if what.spans is not None:
        yield sa.or_(sa.false(), *(_within(source, span) for span in what.spans))


def _within(source: sa.FromClause, span: Span) -> sa.ColumnElement[bool]:
    bounds: list[sa.ColumnElement[bool]] = [source.c.speaker.in_(span.speakers)]
    if span.since is not None:
        bounds.append(span.since <= source.c.last_at)
    if span.until is not None:
        bounds.append(span.until > source.c.last_at)
    return sa.and_(*bounds)


def hits(dialect: str, groups: Sequence[Sequence[str]]) -> tuple[sa.FromClause, str]:
    """What the index finds by these tokens, and the text of its parameter `query`."""
    return _HITS[dialect], _QUERY[dialect](groups)


# Tokens hold letters, digits and one sign beyond ASCII: quoted, nothing in them is an operator.
def _tsquery(groups: Sequence[Sequence[str]]) -> str:
    return " & ".join("(" + " | ".join(f"'{token}'" for token in group) + ")" for group in groups)


def _fts(groups: Sequence[Sequence[str]]) -> str:
    return " AND ".join("(" + " OR ".join(f'"{token}"' for token in group) + ")" for group in groups)


_QUERY: Mapping[str, Any] = {"postgresql": _tsquery, "sqlite": _fts}
