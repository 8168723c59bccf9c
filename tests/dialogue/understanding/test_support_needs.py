"""What is told of health, home and age is named by kind, and nothing is read into other words."""

from typing import get_args

import pytest

from bot.dialogue.understanding.lexicon import entries
from bot.dialogue.understanding.support_needs import FILE, support_needs
from bot.lending.support import Need

HITS = [(entry.kind, hit) for entry in entries(FILE) for hit in entry.hits]


@pytest.mark.parametrize(("kind", "hit"), HITS, ids=[hit for _, hit in HITS])
def test_a_pattern_finds_its_own(kind: str, hit: str) -> None:
    assert kind in support_needs(hit)


def test_every_kind_can_be_noted() -> None:
    assert {entry.kind for entry in entries(FILE)} | {"other"} == set(get_args(Need))


@pytest.mark.parametrize(
    "text", ["there is something you should know", "I lost my job", "我有点特殊情况", "我失業了"]
)
def test_other_words_name_none(text: str) -> None:
    assert support_needs(text) == ()


def test_several_are_named_together() -> None:
    assert support_needs("i'm pregnant and disabled by the way") == ("pregnancy", "disability")
