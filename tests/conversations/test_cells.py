"""docs/intents.md tells of every intent in every state, and conversations prove each of its cells."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.assembly import App
from bot.dialogue.understanding import Understanding
from bot.errors import BadInput
from bot.settings import ROOT
from tests.conversations.cases import all_cases, read_cases
from tests.conversations.cells import STATES, Cell, read_cells, vocabulary
from tests.conversations.driver import Chat, demo_app
from tests.conversations.judge import play

TABLE = ROOT / "docs" / "intents.md"
SHARED = ROOT.parent / "shared" / "INTENTS.md"
LEAST_CASES, LEAST_IN_EACH_CHINESE = 150, 40
_NAME = re.compile(r"`([a-z_]+)`")


def _rows(text: str) -> Iterator[list[str]]:
    for line in text.splitlines():
        if line.startswith("|"):
            yield [cell.strip() for cell in line.strip().strip("|").split("|")]


def _told() -> dict[str, list[str]]:
    """The cells of each intent, in the order of the table."""
    tables = TABLE.read_text("utf-8").partition("\n## ")[2]
    return {match[1]: row[1:] for row in _rows(tables) if (match := _NAME.fullmatch(row[0]))}


def test_every_intent_that_is_understood_has_its_row() -> None:
    assert set(_told()) == vocabulary()


@pytest.mark.skipif(not SHARED.exists(), reason="the vocabulary's own page is not beside this repository")
def test_groups_and_order_are_those_of_the_vocabulary() -> None:
    groups = [row[0].strip("*") for row in _rows(SHARED.read_text("utf-8")) if row[0].startswith("**")]
    named = [name for row in _rows(SHARED.read_text("utf-8")) for name in _NAME.findall(row[0])]
    assert re.findall(r"^## (.+)$", TABLE.read_text("utf-8"), re.MULTILINE) == groups
    assert list(_told()) == [name for name in named if name in vocabulary()]


def test_every_table_has_the_same_columns_and_no_cell_is_empty() -> None:
    heads = [row for row in _rows(TABLE.read_text("utf-8")) if row[0] == "intent"]
    assert {tuple(head[1:]) for head in heads} == {tuple(STATES.values())}
    short = {intent: cells for intent, cells in _told().items() if len(cells) != len(STATES) or not all(cells)}
    assert short == {}


def test_every_cell_is_proven_by_a_conversation() -> None:
    proven = {cell for case in all_cases() for cell in case.cells}
    assert {Cell(intent, state) for intent in vocabulary() for state in STATES} - proven == set()


def test_there_are_enough_conversations_in_every_language() -> None:
    cases = all_cases()
    locales = Counter(case.setting.locale for case in cases)
    assert len(cases) >= LEAST_CASES
    assert min(locales["zh_Hans"], locales["zh_Hant"]) >= LEAST_IN_EACH_CHINESE


@pytest.mark.parametrize("mark", ["greet", "greet/asleep", "sing/verified", ""])
def test_a_mark_for_no_cell_is_refused(mark: str) -> None:
    with pytest.raises(BadInput, match="is no cell"):
        read_cells("here", [mark], vocabulary())


@pytest.fixture
def app(sqlite_url: str, tmp_path: Path, model: Understanding) -> Iterator[App]:
    app = demo_app(sqlite_url, tmp_path, all_cases()[0].setting.at, model)
    yield app
    app.close()


GREETED = "[{bot_uttered: {utter_name: utter_greet}}]"


@pytest.mark.parametrize(
    ("setting", "cell", "user", "assertions"),
    [
        ("reference: HB-1001", "greet/verified", "hello", GREETED),
        ("reference: HB-1001, verified: true", "greet/unverified", "hello", GREETED),
        ("reference: HB-1001, verified: true", "greet/plan", "hello", GREETED),
        ("reference: HB-1003, verified: true", "greet/verified", "hello", GREETED),
        ("reference: HB-1001, verified: true", "greet/flow", "hello", GREETED),
        ("reference: HB-1001, verified: true", "greet/taken", "hello", GREETED),
        ("reference: HB-1001, verified: true", "thank/verified", "hello", GREETED),
        ("reference: HB-1001, verified: true", "greet/verified", "hello", "[{flow_started: greet}]"),
    ],
)
def test_a_mark_that_is_not_true_fails(
    app: App, tmp_path: Path, setting: str, cell: str, user: str, assertions: str
) -> None:
    """Another state, another intent, or an answer that nothing is said about."""
    path = tmp_path / "talk.yml"
    marked = f"{{speaker: harbour, locale: en, {setting}, cells: [{cell}]}}"
    step = f"{{user: {user}, assertions: {assertions}}}"
    path.write_text(
        f"metadata: [{{me: {marked}}}]\ntest_cases: [{{test_case: a, metadata: me, steps: [{step}]}}]", "utf-8"
    )
    with pytest.raises(AssertionError, match=f"does not prove {cell}"):
        play(read_cases(path)[0], Chat(app))
