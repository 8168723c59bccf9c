"""Search finds what a plain look through every conversation finds, and nothing that a reader may not see."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.access import NotAllowed, Staff
from bot.dialogue.messages import Incoming
from bot.errors import BadInput
from bot.record.events import NewEvent
from bot.review import search, search_words
from bot.review.documents import document
from bot.review.indexing import Indexer
from bot.review.search import Voice
from bot.review.search_store import SavedSearch
from bot.storage import search_rebuild, search_texts
from bot.storage.engine import Database
from bot.storage.work import Work
from tests.storage.samples import MINUTE, NOW, lin_wei, with_borrower

READER = Staff("r", "rita", "Rita", "reviewer")
VOICES = {one: Voice((one,), "Asia/Shanghai") for one in ("harbour", "thames")}


@dataclass(frozen=True)
class Told:
    """A conversation as a test makes it: what was typed, which flags it has, and who speaks."""

    texts: tuple[str, ...]
    speaker: str = "harbour"
    intent: str = ""
    known: bool = False


def tell(database: Database, told: Told, number: int) -> str:
    """Keep a conversation whose last message came `number` minutes after NOW."""
    at = NOW + number * MINUTE
    account = f"web:{told.speaker}"
    with database.transaction() as work:
        incoming = Incoming(account, f"s{number}", f"u{number}", "start")
        conversation_id = work.inbox.receive(incoming, told.speaker, "en", at).conversation_id
        conversation = work.conversations.lock(conversation_id)
        owner = "b1" if told.known else None
        work.conversations.save(_owned(conversation, owner, at))
        events = [NewEvent("user", {"kind": "text", "input": n, "text": text}) for n, text in enumerate(told.texts)]
        work.record.append(conversation_id, [*events, NewEvent("turn", _turn(told.intent))], at)
    return conversation_id


def _owned(conversation: Any, borrower_id: str | None, at: Any) -> Any:
    return replace(conversation, borrower_id=borrower_id, last_input_at=at)


def _turn(intent: str) -> Mapping[str, Any]:
    understood = {"understood": {"intents": [[intent, 0.9]], "band": "act", "distress": "no"}} if intent else {}
    return {"input": 99, "commands": [], "trace": [], **understood}


def found(database: Database, fields: Sequence[tuple[str, str]], reader: Staff = READER) -> list[str]:
    """All pages, one after the other."""
    asked, ids, cursor = search.asked(fields), [], None
    while True:
        with database.reading() as work:
            page = search.search(work, asked, reader, VOICES, cursor)
        ids += [hit.found.conversation_id for hit in page.rows]
        cursor = page.next
        if cursor is None:
            return ids


def index(database: Database) -> None:
    list(Indexer(database).run_all())


# Few letters and characters, so that words meet; and what stands between them.
_WORD = st.sampled_from(
    ["job", "jobs", "Rent", "RENT", "don't", "café", "x1", "失业", "房租", "失", "业房", "信用卡"]
)
_GAP = st.sampled_from([" ", ", ", ".", "。", "，", "-", " … ", "\n", ""])
_TEXT = st.lists(st.tuples(_WORD, _GAP), min_size=1, max_size=5).map(lambda parts: "".join(a + b for a, b in parts))
_TOLD = st.builds(
    Told,
    st.lists(_TEXT, min_size=1, max_size=3).map(tuple),
    st.sampled_from(["harbour", "thames"]),
    st.sampled_from(["", "report_hardship", "make_offer"]),
)
_QUERY = st.tuples(_TEXT, st.booleans()).map(lambda asked: f'"{asked[0]}"' if asked[1] else asked[0])
_FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "speaker": st.sampled_from(["harbour", "thames"]),
        "intent": st.sampled_from(["report_hardship", "make_offer", "none_such"]),
        "locale": st.sampled_from(["en", "zh_Hans"]),
        "until": st.just("2026-11-21"),
    },
)


def plainly(told: Sequence[tuple[str, Told]], query: str, filters: Mapping[str, str]) -> list[str]:
    """The reference: every conversation, newest first, its units compared one by one."""
    phrases = search_words.asked(query).phrases

    def holds(each: Told) -> bool:
        texts = [[unit for unit, _ in search_words.spans(text)] for text in each.texts]
        return all(
            any(tuple(text[n : n + len(phrase)]) == phrase for text in texts for n in range(len(text)))
            for phrase in phrases
        )

    fits: dict[str, Callable[[Told, str], bool]] = {
        "speaker": lambda each, value: each.speaker == value,
        "intent": lambda each, value: each.intent == value,
        "locale": lambda each, value: value == "en",
        "until": lambda each, value: True,
    }
    kept = [(id, each) for id, each in told if all(fits[name](each, value) for name, value in filters.items())]
    return [id for id, each in reversed(kept) if holds(each)]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(_TOLD, min_size=1, max_size=5),
    st.lists(st.tuples(_QUERY, _FILTERS), min_size=4, max_size=8),
    st.sampled_from([1, 400]),
)
def test_search_is_a_plain_look_through_all(
    database: Database,
    told: list[Told],
    asked: list[tuple[str, dict[str, str]]],
    recent: int,
) -> None:
    search_texts.RECENT = recent
    with database.engine.begin() as connection:
        for table in ("conversation_facts", "events", "inbox", "conversations"):
            if table == "conversation_facts" and database.dialect == "sqlite":
                connection.exec_driver_sql(
                    "INSERT INTO conversation_words(conversation_words) VALUES ('delete-all')"
                )
            connection.exec_driver_sql(f"DELETE FROM {table}")
    kept = [(tell(database, each, number), each) for number, each in enumerate(told)]
    index(database)
    for query, filters in asked:
        try:
            expected = plainly(kept, query, filters)
        except BadInput:
            with pytest.raises(BadInput):
                search.asked([("words", query)])
            continue
        assert found(database, [("words", query), *filters.items()]) == expected, (query, filters)


TYPED = {
    "失业": "zh", "失业了": "zh", "业了": "zh", '"我失业"': "zh", "业失": "", "“失业了，房租”": "zh",
    "job 失业": "",
    "Job": "en", "lost JOB": "en", '"job lost"': "", '"lost my job"': "en", '"job and then"': "en", '"my job': "en",
    "dont": "en", "don’t": "en", "12,600.00": "en", "ＪＯＢ": "en", "* OR NOT": "", "job' | !rent & <->": "",
    'job" AND (': "en", "job:*": "en", "\\ job": "en", "job\0": "en", "·intent·report": "", "x" * 150: "",
    "NEAR(job rent)": "", "": "zh en", '""': "zh en", "!!!": "zh en",
}  # fmt: skip


def test_what_is_typed_is_words_and_never_an_operator(database: Database) -> None:
    ids = {
        "en": tell(database, Told(("I lost my job, and then — don't ask.", "It is 12,600.00!")), 1),
        "zh": tell(database, Told(("我失业了，房租也涨了",)), 2),
    }
    index(database)
    names = {id: name for name, id in ids.items()}
    assert {query: " ".join(names[id] for id in found(database, [("words", query)])) for query in TYPED} == TYPED


@pytest.mark.parametrize("query", ["失", "job 失", "a" * 201, " ".join(f"w{n}" for n in range(13))])
def test_what_cannot_be_looked_for_is_refused(query: str) -> None:
    with pytest.raises(BadInput):
        search.asked([("words", query)])


def test_what_is_masked_cannot_be_found_and_no_phrase_goes_across_it(database: Database) -> None:
    with_borrower(database)
    name = lin_wei().name
    hidden = tell(
        database, Told((f"my name is {name} and I pay", "call 13800138000 now", "HB-1001"), known=True), 1
    )
    index(database)
    for query in (name, "13800138000", "HB-1001", '"is and"', '"call now"'):
        assert found(database, [("words", query)]) == []
    assert found(database, [("words", '"and I pay"')]) == [hidden]
    assert found(database, [("reference", "hb-1001")]) == [hidden]


def test_bounds_hold_whatever_is_asked(database: Database) -> None:
    with_borrower(database)
    mine = tell(database, Told(("rent",), "harbour", known=True), 1)
    other = tell(database, Told(("rent",), "thames"), 2)
    index(database)
    of_thames = Staff("t", "t", "T", "reviewer", speakers=("thames",))
    of_oakline = Staff("o", "o", "O", "reviewer", creditors=("oakline",))
    for fields in (
        [("words", "rent")],
        [("words", "rent"), ("speaker", "harbour")],
        [],
        [("reference", "HB-1001")],
    ):
        assert mine not in found(database, fields, of_thames)
        assert mine not in found(database, fields, of_oakline)
    assert found(database, [("words", "rent")], of_thames) == [other]
    assert found(database, [("reference", "HB-1001"), ("words", "rent")]) == [mine]
    with pytest.raises(NotAllowed):
        found(database, [], Staff("c", "c", "C", "collector"))


def test_pages_stay_what_they_are_while_new_conversations_come(database: Database) -> None:
    ids = [tell(database, Told(("rent",)), number) for number in range(search.PAGE * 2 + 5)]
    index(database)
    asked, seen, cursor = search.asked([("words", "rent")]), [], None
    for step in range(4):
        with database.reading() as work:
            page = search.search(work, asked, READER, VOICES, cursor)
        seen += [hit.found.conversation_id for hit in page.rows]
        tell(database, Told(("rent",)), 1000 + step)
        index(database)
        cursor = page.next
        if cursor is None:
            break
    assert seen == ids[::-1]


@pytest.mark.parametrize("few", [2, 2000])
def test_old_conversations_are_found_beyond_every_window(
    database: Database, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.search._FEW", few)
    days = [0, 1, 8, 40, 200, 900, 3000]
    ids = [tell(database, Told(("rent",)), -day * 24 * 60) for day in days]
    index(database)
    assert found(database, [("words", "rent")]) == ids
    assert found(database, [("words", "rent"), ("until", "2026-10-01")]) == ids[4:]


def test_a_killed_indexer_leaves_what_the_next_one_takes_up(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [tell(database, Told((f"rent {number}",)), number) for number in range(7)]
    monkeypatch.setattr("bot.review.indexing.WRITTEN", 3)
    written = itertools.count(1)

    def killed() -> None:
        if next(written) == 2:
            raise KeyboardInterrupt

    indexer = Indexer(_Watched(database, killed))
    with pytest.raises(KeyboardInterrupt):
        indexer.run_some()
    assert len(found(database, [("words", "rent")])) == 3
    index(database)
    assert found(database, [("words", "rent")]) == ids[::-1]
    assert not Indexer(database).run_some()


class _Watched:
    """A database that tells somebody of each transaction that wrote, before it commits."""

    def __init__(self, database: Database, told: Callable[[], None]) -> None:
        self._database, self._told = database, told
        self.reading, self.indexing = database.reading, database.indexing

    @contextmanager
    def transaction(self) -> Iterator[Work]:
        with self._database.transaction() as work:
            yield work
            self._told()


def test_the_index_follows_corrections_erasure_and_is_built_anew(database: Database) -> None:
    one, two = tell(database, Told(("rent gone",)), 1), tell(database, Told(("rent stays",)), 2)
    index(database)
    with database.transaction() as work:
        work.record.erase(one, [1])
        work.search.forget([one])
    assert found(database, [("words", "rent")]) == [two]
    with database.transaction() as work:
        work.record.append(two, [NewEvent("user", {"kind": "text", "input": 7, "text": "and a pension"})], NOW)
    index(database)
    assert found(database, [("words", "gone")]) == []
    assert found(database, [("words", "pension rent")]) == [two]
    assert found(database, []) == [two, one]
    before = _rows(database)
    if database.dialect == "postgresql":
        search_rebuild.clear(database)
        _filled(database)
        search_rebuild.finish(database)
    else:
        Indexer(database).forget_all()
        index(database)
    assert _rows(database) == before
    assert not Indexer(database).run_some()


def test_an_interrupted_build_goes_on_where_it_stopped(database: Database) -> None:
    if database.dialect == "sqlite":
        pytest.skip("SQLite's index is built by the indexer, which goes on by itself")
    ids = [tell(database, Told((f"rent {number}",)), number) for number in range(6)]
    index(database)
    assert not search_rebuild.unfinished(database)
    search_rebuild.clear(database)
    with database.transaction() as work:
        work.search.keep([document(each) for each in work.search.material(ids[:2])])
        work.record.append(ids[0], [NewEvent("user", {"kind": "text", "input": 7, "text": "and a pension"})], NOW)
    assert search_rebuild.unfinished(database)
    assert _filled(database) == 5
    assert _filled(database) == 0
    search_rebuild.finish(database)
    assert not search_rebuild.unfinished(database)
    assert found(database, [("words", "rent")]) == ids[::-1]
    assert found(database, [("words", "pension")]) == ids[:1]
    assert not Indexer(database).run_some()


def _filled(database: Database) -> int:
    return sum(sum(search_rebuild.fill(database, *part)) for part in search_rebuild.parts(database, 3))


def test_only_one_builds_the_index(database: Database) -> None:
    if database.dialect == "sqlite":
        pytest.skip("SQLite has one writer")
    refused = pytest.raises(search_rebuild.AlreadyBuilding)
    with search_rebuild.alone(database), refused, search_rebuild.alone(database):
        pass
    with search_rebuild.alone(database):
        pass


def _rows(database: Database) -> list[Any]:
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT conversation_id, length, facets, words FROM conversation_facts")
        return sorted(tuple(row) for row in rows)


def test_a_conversation_with_too_many_words_is_looked_at_itself(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.review.documents.MOST_TOKENS", 5)
    long = tell(database, Told(("one two three four five six seven",)), 1)
    tell(database, Told(("six",)), 2)
    index(database)
    assert found(database, [("words", '"five six"')]) == [long]
    assert found(database, [("words", '"six five"')]) == []


def test_searches_are_saved_for_each_colleague_by_name(database: Database) -> None:
    with database.transaction() as work:
        for id in ("r", "s"):
            work.staff.add(Staff(id, id, id, "reviewer"), "x")
        work.search.save(SavedSearch("1", "r", "rent", "words=rent", NOW))
        work.search.save(SavedSearch("2", "r", "rent", "words=rents", NOW + timedelta(days=1)))
        work.search.save(SavedSearch("3", "s", "rent", "words=job", NOW))
        work.search.remove("s", "1")
        assert [(one.id, one.query) for one in work.search.saved("r")] == [("1", "words=rents")]
        work.search.remove("s", "3")
        assert work.search.saved("s") == []
