"""The figures read what the index has, whatever stands in it."""

from collections.abc import Sequence

import pytest

from bot.review.counting import Row
from bot.review.documents import Document
from bot.review.facts import Facet
from bot.review.search_store import Sought
from bot.storage import figures
from bot.storage.engine import Database
from tests.storage.samples import NOW, conversation

ODD = ('a","b', '"],"hour":["x', "]}", "[\\", '\\"],"', "\n", "", '"exactly":["wait:0:9"]', "失业")
WAITED = ("solve:0:9", "wait:0:5")


def read(database: Database, *each: Sequence[tuple[Facet, str]]) -> list[Row]:
    """The rows of conversations that have these facets, in any order."""
    for number, told in enumerate(each):
        chat = conversation(database, f"s{number}")
        document = Document(chat, 1, 0, NOW, "harbour", None, None, frozenset(told), frozenset())
        with database.transaction() as work:
            work.search.keep([document])
    with database.reading() as work:
        return list(work.figures.rows(Sought(), 100))


@pytest.mark.parametrize("beside", [[], ["case"], ["speaker"], ["case", "first_due", "speaker"]])
def test_whatever_stands_in_a_facet_is_read_as_it_was_kept(database: Database, beside: list[Facet]) -> None:
    exactly: list[tuple[Facet, str]] = [("exactly", value) for value in WAITED]
    own: list[tuple[Facet, str]] = [(facet, value) for facet in beside for value in ODD]
    rows = read(database, [*exactly, *own], own, [*own, ("collector", "ana"), *exactly], exactly)
    assert sorted((tuple(row.exactly) for row in rows), key=len) == [(), WAITED, WAITED, WAITED]
    told = [{one.facet: tuple(one.values) for one in row.told} for row in rows]
    assert sorted(told, key=len)[1:] == [{facet: tuple(sorted(ODD)) for facet in beside}] * 3


def test_conversations_that_have_everything_in_common_share_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    alike: list[tuple[Facet, str]] = [("speaker", "harbour"), ("hour", "07")]
    rows = read(database, alike, [*alike, ("exactly", "wait:0:5")], [*alike, ("collector", "ana")], alike[:1])
    assert len({id(row.told) for row in rows}) == 2
    assert len({id(told) for row in rows for told in row.told}) == 2
    monkeypatch.setattr(figures, "_REMEMBERED", 1)
    with database.reading() as work:
        again = [sorted(told.facet for told in row.told) for row in work.figures.rows(Sought(), 100)]
    assert sorted(again, key=len) == [["speaker"], *[["hour", "speaker"]] * 3]
