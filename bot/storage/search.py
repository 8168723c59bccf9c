"""Search over the facts of conversations: an inverted index of tokens, read window by window from the newest on.

A window is a token too (a day, a month), so that the index alone answers how a frequent word, a rare filter and a
stretch of time meet. When the newest days do not fill a page, little is there to be found, and all of it is looked
at in one go: no list of the months' conversations is read then. Should there be much all the same, each next window
is larger, until the page is full. So what is read stays near what is shown.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlalchemy.dialects import postgresql

from bot.review.documents import LONG_ONE, day_tokens, month_tokens
from bot.review.search_store import Cursor, SavedSearch, Sought, Span
from bot.storage.columns import Instant, per_dialect
from bot.storage.schema_search import WORDS_TABLE, conversation_facts, saved_searches
from bot.storage.search_index import SearchIndex
from bot.storage.session import Session

Window = tuple[datetime | None, datetime]  # from (None: the beginning), until, this one excluded
_NEWEST_DAYS = (1, 6)  # of the first windows
_OLDER_DAYS = (30, 120, 480)  # of those that follow; after the last one, everything older
_FEW = 2000  # hits, newer ones too, that are looked at in one go
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
_MATCHED = {
    "postgresql": sa.select(*_COLUMNS).where(_MATCHING),
    "sqlite": sa.select(*_COLUMNS)
    .join(_FTS, conversation_facts.c.number == _FTS.c.rowid)
    .where(sa.literal_column(WORDS_TABLE).op("MATCH")(bindparam("query"))),
}
_HITS = {name: chosen.cte("hits").prefix_with("MATERIALIZED") for name, chosen in _MATCHED.items()}
_FEW_HITS = {
    name: chosen.limit(bindparam("few")).cte("hits").prefix_with("MATERIALIZED")
    for name, chosen in _MATCHED.items()
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
        newest = self._newest(what, after)
        if newest is None:
            return []
        *recent, (_, until) = _windows(_next_midnight(newest), _NEWEST_DAYS)
        found = self._by_windows(what, after, limit, recent)
        if len(found) < limit:
            found += self._older(what, after, limit - len(found), until)
        return found

    def _older(self, what: Sought, after: Cursor | None, limit: int, until: datetime) -> list[Cursor]:
        if _oldest(what) is None:
            few = self._few(what, after, limit, until)
            if few is not None:
                return few
        return self._by_windows(what, after, limit, _windows(until, _OLDER_DAYS))

    def _by_windows(
        self, what: Sought, after: Cursor | None, limit: int, windows: Iterable[Window]
    ) -> list[Cursor]:
        """The newest, out of one window after the other until there are enough."""
        found: list[Cursor] = []
        oldest = _oldest(what)
        for window in windows:
            if len(found) == limit or (oldest is not None and window[1] <= oldest):
                break
            found += self._page(what, after, limit - len(found), window)
        return found

    def _few(self, what: Sought, after: Cursor | None, limit: int, until: datetime) -> list[Cursor] | None:
        """The newest of all before `until`; None when the index has more hits than are looked at in one go."""
        few = _FEW_HITS[self._dialect]
        count = sa.select(sa.func.count().label("hits")).select_from(few).subquery()
        page = _newest_first(few, bounds(few, what, after, (None, until))).subquery()
        chosen = sa.select(count.c.hits, page.c.last_at, page.c.conversation_id)
        statement = chosen.select_from(count.outerjoin(page, sa.true()))
        values = {"most": limit, "few": _FEW + 1, "query": _QUERY[self._dialect](what.tokens, what.threes)}
        rows = self._connection.execute(statement, values).all()
        if rows[0].hits > _FEW:
            return None
        found = [Cursor(at, id) for _, at, id in rows if id is not None]
        return sorted(found, key=lambda cursor: (cursor.last_at, cursor.conversation_id), reverse=True)

    def _newest(self, what: Sought, after: Cursor | None) -> datetime | None:
        """When the newest conversation that may be found was last active; None when there is none at all."""
        if after is not None:
            return after.last_at
        newest: datetime | None = self._connection.execute(_NEWEST).scalar()
        ends = [span.until for span in what.spans or ()]
        if newest is None or not ends or None in ends:
            return newest
        return min(newest, max(end for end in ends if end is not None))

    def _page(self, what: Sought, after: Cursor | None, limit: int, window: Window | None) -> list[Cursor]:
        values: dict[str, Any] = {"most": limit}
        source: sa.FromClause = conversation_facts
        groups = what.tokens
        if groups and (window is not None or self._dialect == "sqlite"):
            source = _HITS[self._dialect]
        if window is not None and window[0] is not None:
            groups = (*groups, tuple(_named(window[0], window[1])))
        statement = _newest_first(source, bounds(source, what, after, window))
        if groups:
            values["query"] = _QUERY[self._dialect](groups, what.threes)
            if source is conversation_facts:
                statement = statement.where(_MATCHING)
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


def _newest_first(source: sa.FromClause, conditions: Iterable[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    last, conversation = source.c.last_at, source.c.conversation_id
    chosen = sa.select(last, conversation).where(*conditions).order_by(last.desc(), conversation.desc())
    return chosen.limit(bindparam("most"))


def _next_midnight(at: datetime) -> datetime:
    return (at + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def _windows(until: datetime, sizes: Sequence[int]) -> Iterator[Window]:
    """Stretches of so many days that follow each other, back from `until`; the last one has no beginning."""
    for days in sizes:
        first = until - timedelta(days=days)
        yield first, until
        until = first
    yield None, until


def _named(first: datetime, until: datetime) -> list[str]:
    """The tokens of the days or months that a window touches."""
    last = until - timedelta(microseconds=1)
    return day_tokens(first, last) if (until - first).days <= _MOST_DAYS else month_tokens(first, last)


def bounds(
    source: sa.FromClause, what: Sought, after: Cursor | None, window: Window | None
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
    both: list[sa.ColumnElement[bool]] = [source.c.speaker.in_(span.speakers)]
    if span.since is not None:
        both.append(span.since <= source.c.last_at)
    if span.until is not None:
        both.append(span.until > source.c.last_at)
    return sa.and_(*both)


def hits(dialect: str, what: Sought) -> tuple[sa.FromClause, str]:
    """What the index finds by its tokens, and the text of its parameter `query`."""
    return _HITS[dialect], _QUERY[dialect](what.tokens, what.threes)


# Tokens hold letters, digits and one sign beyond ASCII: quoted, nothing in them is an operator.
def _tsquery(groups: Sequence[Sequence[str]], threes: Sequence[str]) -> str:
    any_of = ("(" + " | ".join(f"'{token}'" for token in group) + ")" for group in groups)
    return " & ".join((*any_of, *(f"('{token}' | !'{LONG_ONE}')" for token in threes)))


def _fts(groups: Sequence[Sequence[str]], threes: Sequence[str]) -> str:
    any_of = " AND ".join("(" + " OR ".join(f'"{token}"' for token in group) + ")" for group in groups)
    return f"({any_of})" + "".join(f' NOT ("{LONG_ONE}" NOT "{token}")' for token in threes)


_QUERY: Mapping[str, Any] = {"postgresql": _tsquery, "sqlite": _fts}
