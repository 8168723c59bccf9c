"""The reader of conversations refuses what it does not know, so that no expectation is passed over."""

from pathlib import Path

import pytest

from bot.errors import BadInput
from tests.conversations.cases import named_slots, read_cases


def _read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "talk.yml"
    path.write_text(text, "utf-8")
    read_cases(path)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("cases: []", "this key is not taken"),
        ("test_cases: [{test_case: a, steps: [{user: hi}]}]", "expects nothing"),
        ("test_cases: [{test_case: a, steps: [{user: hi, says: x}]}]", "says: this key is not taken"),
        ("test_cases: [{test_case: a, steps: [{shout: hi}]}]", "a step is one of"),
        (
            "test_cases: [{test_case: a, steps: [{user: a, assertions: [{sang: x}]}]}]",
            "an assertion is one of",
        ),
        (
            "test_cases: [{test_case: a, steps: [{user: hi, assertions: [{bot_uttered: {name: x}}]}]}]",
            "name: this key is not taken",
        ),
        (
            "test_cases: [{test_case: a, steps: [{user: hi, assertions: [{flow_started: x}]}, {utter: utter_x}]}]",
            "has assertions and plain steps",
        ),
        ("test_cases: [{test_case: a, metadata: me, steps: [{utter: utter_x}]}]", "'me' is not defined"),
        ("test_cases: [{test_case: a, fixtures: [rich], steps: [{utter: utter_x}]}]", "'rich' is not defined"),
        (
            "metadata: [{me: {mood: bad}}]\ntest_cases: [{test_case: a, metadata: me, steps: [{utter: x}]}]",
            "mood: this key is not taken",
        ),
        ("test_cases: [{test_case: a, steps: [{utter: x}]}, {test_case: a, steps: [{utter: x}]}]", "two cases"),
    ],
)
def test_what_is_not_known_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(BadInput, match=problem):
        _read(tmp_path, text)


def test_slots_are_read_in_every_spelling() -> None:
    spellings = ["a", {"b": 1}, {"name": "c"}, {"name": "d", "value": None}]
    expected = [("a", None, False), ("b", 1, True), ("c", None, False), ("d", None, True)]
    assert list(named_slots(spellings)) == expected
