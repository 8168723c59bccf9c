"""What is wrong with a debt, and what is wanted of a plan, is heard where the words name one thing."""

from datetime import date

import pytest

from bot.dialogue.understanding import Awaiting, answers
from bot.dialogue.understanding.disputed import BY_SLOT, disputed, named, plan_change
from bot.dialogue.understanding.lexicon import entries

HITS = [(slot, entry.kind, hit) for slot, file in BY_SLOT.items() for entry in entries(file) for hit in entry.hits]


@pytest.mark.parametrize(("slot", "kind", "hit"), HITS, ids=[hit for _, _, hit in HITS])
def test_a_pattern_finds_its_own(slot: str, kind: str, hit: str) -> None:
    assert named(slot, hit) == kind


@pytest.mark.parametrize(
    "text", ["I need to change my plan", "改一下我的分期", "cancel it or lower it", "這個月沒辦法", "the 20th"]
)
def test_nothing_is_wanted_of_a_plan_where_the_words_name_nothing_or_two_things(text: str) -> None:
    assert plan_change(text) is None


def test_two_things_that_are_wrong_are_asked_about() -> None:
    assert disputed("the fees are wrong and it is not my loan") is None


def test_a_kind_is_an_answer_only_where_it_is_on_offer() -> None:
    offered = Awaiting("dispute_kind", "choice", {"Fees or interest": "fees", "The amount": "wrong_amount"})
    today = date(2026, 11, 22)
    heard = answers.read("the late fee is wrong", offered, today=today, locale="en")
    assert heard is not None
    assert heard.value == "fees"
    assert answers.read("I never took this loan", offered, today=today, locale="en") is None
