"""Conversations' facets for the figures, read in one pass."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.review.counting import Row, Told
from bot.review.search_store import Sought
from bot.storage.schema_search import conversation_facts
from bot.storage.search import bounds, hits
from bot.storage.session import Session

# What hardly any two conversations have in common; of collectors there are no figures.
_EXACTLY, _COLLECTOR = '"exactly":[', '"collector":['
_REMEMBERED = 20_000
_OF_HITS = conversation_facts.alias("told")


class FigureRecords:
    """Implements FigureStore."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._dialect = session.dialect

    def rows(self, what: Sought, limit: int) -> Iterator[Row]:
        values: dict[str, Any] = {"most": limit}
        source: sa.FromClause = conversation_facts
        told: sa.FromClause = conversation_facts
        tables = source
        if what.tokens:
            source, values["query"] = hits(self._dialect, what)
            told = _OF_HITS
            tables = source.join(told, told.c.conversation_id == source.c.conversation_id)
        statement = (
            sa.select(source.c.last_at, source.c.speaker, sa.type_coerce(told.c.facets, sa.Text))
            .select_from(tables)
            .where(*bounds(source, what, None, None))
            .order_by(source.c.last_at.desc(), source.c.conversation_id.desc())
            .limit(bindparam("most"))
            .execution_options(yield_per=2000)
        )
        wholes = _Wholes()
        with self._connection.execute(statement, values) as found:
            for last_at, speaker, text in found:
                exactly, rest = _taken_out(_EXACTLY, text)
                yield Row(last_at, speaker, wholes[_taken_out(_COLLECTOR, rest)[1]], exactly)


class _Facets(dict[str, Told]):
    """Each facet with its values by its text: what many conversations have in common is read once."""

    def __missing__(self, part: str) -> Told:
        name, _, values = part.partition('":[')
        self[part] = Told(name, json.loads(f"[{values}]"))
        return self[part]


class _Wholes(dict[str, tuple[Told, ...]]):
    """All facets of a conversation by their text: of so many, those that were read last are read once."""

    def __init__(self) -> None:
        self._facets = _Facets()

    def __missing__(self, text: str) -> tuple[Told, ...]:
        if len(self) == _REMEMBERED:
            self.clear()
        self[text] = tuple(self._facets[part] for part in _parts(text))
        return self[text]


def _taken_out(key: str, text: str) -> tuple[Sequence[str], str]:
    """The plain values of one facet, if it is there, and the text without it."""
    start = text.find(key)
    if start < 0:
        return (), text
    values, _, after = text[start + len(key) :].partition("]")
    before = text[:start] if after[0] == "," else text[:start].removesuffix(",")
    return values[1:-1].split('","'), before + after.removeprefix(",")


def _parts(text: str) -> list[str]:
    """Each facet of an object of lists of texts, as `canonical` writes it.

    Within a text, a quotation mark has a backslash before it; so what stands between two lists stands nowhere else.
    """
    return text[2:-2].split('],"') if len(text) > len("{}") else []
