"""The lines that a search shows of a conversation: the right ones, and no more is read than is needed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.sql.visitors import replacement_traverse

from bot.record.chain import canonical
from bot.record.events import NewEvent
from bot.review import search, search_words
from bot.review.search_words import Likely, flat, spans
from bot.review.snippets import Snippet
from bot.storage import search_texts
from bot.storage.engine import Database
from tests.review.test_search import READER, VOICES, Told, index, tell
from tests.storage.samples import NOW


@given(st.text() | st.text("job失业'’éﬁ½ＪİßΣe\u0301\u0327_- ㈱\u200d", max_size=12))
def test_every_unit_of_a_text_is_part_of_it_when_both_are_flattened(text: str) -> None:
    folded = flat(text)
    assert [unit for unit, _ in spans(text) if flat(unit) not in folded] == []


def passes(connection: sa.Connection, phrase: search_words.Units, text: str) -> bool:
    """Whether the database takes a line for one that may hold the phrase."""
    line = sa.select(sa.literal("user").label("kind"), sa.cast(text, sa.Text).label("body")).cte()
    condition = search_texts.wanted_by(connection.dialect.name, Likely.of([phrase]))

    def moved(element: Any, **_: object) -> Any:
        return line.c[element.name] if isinstance(element, sa.Column) else None

    here: sa.ColumnElement[bool] = replacement_traverse(condition, {}, moved)
    asked = sa.select(sa.func.count()).select_from(line).where(here)
    return bool(connection.execute(asked).scalar())


# Letters that fold into others, apostrophes, signs of both scripts, and what JSON writes in another way.
TEXT = st.text(
    st.sampled_from("jobJOB失业二不是①㈱ﬁＪβßİſK〹⼀'’_-\"\\ \n，。é\u0301\u200d€😀"), min_size=1, max_size=9
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(TEXT, st.data())
def test_no_line_with_the_words_is_passed_over_by_the_database(
    database: Database, text: str, data: st.DataObject
) -> None:
    units = [unit for unit, _ in spans(text)]
    first = data.draw(st.integers(0, len(units)))
    phrase = tuple(units[first : data.draw(st.integers(first, len(units)))])
    with database.engine.connect() as connection:
        assert not phrase or passes(connection, phrase, canonical({"text": text}).decode())


def test_most_lines_without_the_words_are_passed_over_by_the_database(database: Database) -> None:
    with database.engine.connect() as connection:
        assert passes(connection, ("dont", "pay"), "I DON’T, I repeat, pay")
        assert not passes(connection, ("job", "rent"), "the job: £900 – gone，没有了")
        assert not passes(connection, ("都", "不"), "我不知道。")
        assert passes(connection, ("20",), "〹 days"), "what may fold into figures is fetched"


def said(texts: Sequence[str], first: int = 100) -> list[NewEvent]:
    return [NewEvent("user", {"kind": "text", "input": first + n, "text": text}) for n, text in enumerate(texts)]


def kept(database: Database, events: Sequence[NewEvent]) -> str:
    conversation_id = tell(database, Told(()), 1)
    with database.transaction() as work:
        work.record.append(conversation_id, events, NOW)
    index(database)
    return conversation_id


def shown(database: Database, query: str) -> list[str]:
    """The lines of the one conversation that is found."""
    with database.reading() as work:
        page = search.search(work, search.asked([("words", query)]), READER, VOICES, None)
    return [plain(snippet) for hit in page.rows for snippet in hit.snippets]


def plain(snippet: Snippet) -> str:
    return "".join(f"[{part}]" if hit else part for part, hit in snippet.parts)


@contextmanager
def events_read(database: Database) -> Iterator[list[str]]:
    """Every time that a stretch of a long conversation is asked for."""
    asked: list[str] = []

    def noted(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if "FROM events" in statement and "seq <=" in statement:
            asked.append(statement)

    sa.event.listen(database.engine, "before_cursor_execute", noted)
    try:
        yield asked
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", noted)


@pytest.fixture
def long_one(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Forty lines in stretches of 4, 16 and 64."""
    monkeypatch.setattr(search_texts, "RECENT", 4)
    lines = [f"line {number} of the talk" for number in range(40)]
    lines[3], lines[30], lines[38] = "a rarity of old", "my rent went up, the job is gone", "the job and the rent"
    kept(database, said(lines))
    return database


def test_the_newest_lines_with_the_most_words_are_shown_in_order(long_one: Database) -> None:
    assert shown(long_one, "line") == ["[line] 37 of the talk", "[line] 39 of the talk"]
    assert shown(long_one, "rent job")[-1] == "the [job] and the [rent]"
    assert shown(long_one, '"rent went"') == ["my [rent went] up, the job is gone"]
    assert shown(long_one, "rarity line") == ["a [rarity] of old", "[line] 39 of the talk"]
    assert shown(long_one, '"job rent"') == []


def test_what_the_newest_lines_tell_is_not_looked_for_in_the_older_ones(long_one: Database) -> None:
    for query, stretches in (("line", 1), ("rent job", 1), ('"rent went"', 2), ("rarity", 3)):
        with events_read(long_one) as asked:
            assert shown(long_one, query)
        assert len(asked) == stretches, query


def test_a_long_conversation_in_which_the_words_stand_apart_is_not_read_for_a_phrase(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.review.documents.LONG", 10)
    monkeypatch.setattr(search_texts, "RECENT", 4)
    kept(
        database,
        said(["my rent went", "went up again", "都不，不是", *["well"] * 20, "it was mine: RENT went down"]),
    )
    for phrase in ('"rent went up"', "都不是"):
        with events_read(database) as asked:
            assert shown(database, phrase) == []
        assert not asked, "the index alone can tell"
    assert shown(database, '"my rent went" "went down" 都不') != []


def test_what_has_no_room_in_the_index_is_looked_at_itself(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.review.documents.LONG", 10)
    kept(
        database, said([*(f"{'ж' * 50}{number} {'ё' * 50}{number}" for number in range(3000)), "the rent went up"])
    )
    assert shown(database, '"rent went up"') == ["the [rent went up]"]
    assert shown(database, '"rent up"') == []


def test_few_lines_are_taken_apart_however_many_hold_a_word(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[str] = []
    places = search_words.places

    def noting(phrases: Sequence[search_words.Units], text: str) -> object:
        taken.append(text)
        return places(phrases, text)

    monkeypatch.setattr("bot.review.snippets.places", noting)
    kept(database, said(["the job", *["rent and more rent"] * 200]))
    assert shown(database, "rent job") == ["the [job]", "[rent] and more [rent]"]
    assert len(taken) < 50


def test_what_was_told_in_private_stays_so_in_an_older_stretch(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_texts, "RECENT", 1)
    slot = {"command": "SetSlot", "name": "hardship_words", "value": "my divorce"}
    told = NewEvent("turn", {"input": 100, "commands": [slot], "trace": []})
    kept(database, [*said(["my divorce"]), told, *said(["rent", "my divorce is no secret"], 200)])
    assert shown(database, "divorce") == ["my [divorce] is no secret"]
    kept(database, [*said(["my hunger"]), NewEvent("turn", {**told.body, "input": 100}), *said(["rent"], 300)])
    assert shown(database, "hunger") == []


def test_a_note_about_health_is_in_no_index_and_no_line(database: Database) -> None:
    note = {"case": "k", "event": "noted", "text": "rent is late since the insulin"}
    kept(database, [NewEvent("case", {**note, "sensitive": True}), NewEvent("case", {**note, "text": "rent talk"})])
    assert shown(database, "insulin") == []
    assert shown(database, "rent") == ["[rent] talk"]
