# ruff: noqa: E501 - a table is read as rows
"""Distress in its plain and veiled forms, and what only sounds like it."""

import re
from datetime import date

import pytest

from bot.dialogue.understanding import Awaiting, corpus, lexicon, safety
from bot.dialogue.understanding.engine import LocalUnderstanding
from bot.dialogue.understanding.fold import for_classifier
from bot.dialogue.understanding.lexicon import Entry
from tests.dialogue.understanding.conftest import NLU

ENTRIES = [entry for file in safety.FILES for entry in lexicon.entries(file)]
TODAY = date(2026, 11, 21)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.note[:40])
def test_each_pattern_finds_what_it_is_there_for(entry: Entry) -> None:
    assert entry.note
    for text in entry.hits:
        folded = for_classifier(text)
        read = folded if entry.kind == "idiom" else safety.without_idioms(folded)
        assert entry.pattern.search(read), text


def test_no_pattern_in_chinese_finds_anything_in_plain_english() -> None:
    """They are not tried there, so that one of them in English would be missed."""
    english = [folded for one in corpus.read(NLU)[::20] if (folded := for_classifier(one.text)).isascii()]
    patterns = [entry.pattern for entry in lexicon.entries("distress_zh")]
    assert not [(p.pattern, text) for p in patterns for text in english if p.search(text)]
    assert not [p.pattern for p in patterns if p.search("") or not re.search(r"[\u3400-\u9fff]", p.pattern)]


@pytest.mark.parametrize(
    "text",
    [
        "I want to kill myself", "i just want to die", "im gonna end it all tonight", "kms", "I feel suicidal",
        "everyone would be better off without me", "there's no reason to go on living", "I took a load of pills",
        "我不想活了", "想死", "死了算了", "我想跳楼", "遗书写好了", "活着没意思", "想一了百了", "我想自殺", "唔想活喇",
        "活著好累 想死", "沒有我家人會更好", "睡著就不要再醒來", "我要燒炭", "下辈子再还吧",
    ],
)  # fmt: skip
def test_what_is_said_is_taken_at_its_word(understanding: LocalUnderstanding, text: str) -> None:
    understood = understanding.understand(text, locale="en", today=TODAY)
    assert understood.distress == "yes"
    assert understood.carries[0] == "distress"


@pytest.mark.parametrize(
    "text",
    [
        "i can't go on like this", "what's the point any more", "i've lost all hope", "nobody would miss me",
        "soon it won't matter", "i don't see a future", "我撑不下去了", "看不到希望", "走投无路", "我拖累了全家", "撐唔住喇",
    ],
)  # fmt: skip
def test_what_may_be_meant_is_checked(understanding: LocalUnderstanding, text: str) -> None:
    assert understanding.understand(text, locale="en", today=TODAY).distress in {"yes", "check"}


@pytest.mark.parametrize(
    "text",
    [
        "this interest is killing me", "my phone died", "i nearly died of embarrassment", "dying to know the rate",
        "my wife will kill me when she sees this", "i want to end this loan", "closing the card is financial suicide",
        "bored to death", "i could murder a curry", "how much do i owe", "can i pay monthly",
        "累死了", "笑死", "利息坑死人了", "热死了今天", "打死也不还", "手机死机了", "老婆知道要打死我", "没活干", "跳楼价",
        "去死吧你们", "忙死了", "貴死了", "睏死了", "生活费不够", "我活该", "我爸上个月去世了", "结束对话",
    ],
)  # fmt: skip
def test_figures_of_speech_pass(understanding: LocalUnderstanding, text: str) -> None:
    assert understanding.understand(text, locale="en", today=TODAY).distress == "no"


def test_an_idiom_does_not_hide_what_is_meant(understanding: LocalUnderstanding) -> None:
    text = "this debt is killing me and i want to die"
    assert understanding.understand(text, locale="en", today=TODAY).distress == "yes"


def test_distress_is_never_taken_as_an_answer(understanding: LocalUnderstanding) -> None:
    awaiting = Awaiting("safe_monthly", "money")
    understood = understanding.understand("0, i want to die", locale="en", today=TODAY, awaiting=awaiting)
    assert (understood.answer, understood.distress) == (None, "yes")
