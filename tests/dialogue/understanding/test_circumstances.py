"""Every pattern finds what it was written for, and everyday messages are left to the classifier."""

import pytest

from bot.dialogue.understanding.circumstances import FILE, circumstances
from bot.dialogue.understanding.lexicon import Entry, entries

CASES = [(entry, hit) for entry in entries(FILE) for hit in entry.hits]


@pytest.mark.parametrize(("entry", "hit"), CASES, ids=[hit for _, hit in CASES])
def test_a_pattern_finds_its_own(entry: Entry, hit: str) -> None:
    assert entry.kind in circumstances(hit)


def test_every_kind_is_known_in_english_and_chinese() -> None:
    for kind in {entry.kind for entry in entries(FILE)}:
        hits = "".join(hit for entry in entries(FILE) if entry.kind == kind for hit in entry.hits)
        assert not hits.isascii()
        assert any("a" <= letter <= "z" for letter in hits)


@pytest.mark.parametrize(
    "text",
    [
        "I lost my job, could I pay 500 a month?",
        "I'm 16 days late",
        "i am 45 years old",
        "how much do I owe?",
        "can you waive the late fees?",
        "could I pay half now",
        "the amount is wrong",
        "I want to complain",
        "stop messaging me",
        "my mum died",
        "I want to dispute this debt",
        "my wife and I can pay 300",
        "我今年45岁",
        "我想分12期还",
        "能不能减免利息",
        "我要投诉你们的催收员",
        "我爸去世了",
        "什么时候还款",
        "16号发工资",
        "我太太會跟我一起還",
        "金額不對",
    ],
)
def test_everyday_messages_name_none(text: str) -> None:
    assert circumstances(text) == frozenset()
