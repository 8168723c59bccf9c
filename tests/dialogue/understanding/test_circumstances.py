"""Every pattern finds what it was written for, and everyday messages are left to the classifier."""

import pytest

from bot.dialogue.understanding.circumstances import FILE, circumstances, said_alone
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
        "remind me how much I owe",
        "I'll pay the first of December",
        "it's not mine",
        "you keep reminding people",
        "是不是我的卡被停了",
        "你们一直提醒我，烦死了",
        "我没收到货款",
        "不是我的卡",
    ],
)
def test_everyday_messages_name_none(text: str) -> None:
    assert circumstances(text) == frozenset()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("please don't tell my wife about this", "not_my_family"),
        ("別讓我家人知道", "not_my_family"),
        ("我的钱到了没？", "ask_received"),
        ("記得提醒我繳款", "remind_me"),
        ("no, it is my own card", "own_debt"),
    ],
)
def test_what_is_said_and_nothing_else_stands_alone(text: str, kind: str) -> None:
    assert kind in said_alone(text)


@pytest.mark.parametrize(
    "text",
    [
        "don't tell my wife, goodbye forever",
        "don't tell my wife what I am going to do",
        "别告诉我老婆，我不想活了",
        "I paid 500 yesterday, did you get my money?",
        "it's mine but the amount is wrong",
        "到时候提醒我妈照顾孩子",
        "",
    ],
)
def test_what_is_said_with_more_does_not_stand_alone(text: str) -> None:
    assert said_alone(text) == frozenset()
