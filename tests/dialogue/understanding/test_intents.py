# ruff: noqa: E501, SIM905 - a table is read as rows
"""Intents, bands and several intents in one message; languages; what nothing can be made of."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.understanding import corpus, intents, language
from bot.dialogue.understanding.engine import LocalUnderstanding, load
from bot.dialogue.understanding.model import Model
from tests.dialogue.understanding.conftest import NLU

TODAY = date(2026, 11, 21)
VOCABULARY = frozenset(
    "check_balance ask_charges ask_consequences pay_now already_paid ask_creditor legal_papers request_document "
    "request_plan make_offer promise_to_pay request_settlement check_plan change_plan report_hardship "
    "disclose_vulnerability refuse_to_pay dispute_debt report_fraud suspect_scam complain request_data stop_contact "
    "contact_preference wrong_person third_party report_death report_bankruptcy has_representative distress abuse "
    "request_human greet goodbye thank affirm deny go_back help ask_if_bot change_language out_of_scope".split()
)


@pytest.mark.parametrize("locale", ["en", "zh_Hans", "zh_Hant"])
def test_every_intent_has_examples_in_every_language(locale: str) -> None:
    examples = [example for example in corpus.read(NLU) if example.locale == locale]
    assert {example.intent for example in examples} == VOCABULARY
    assert {example.batch for example in examples} >= {"a", "b"}
    assert sum(example.intent == "distress" for example in examples) >= 60
    assert sum(example.intent == "out_of_scope" for example in examples) >= 60


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("how much do I owe", "check_balance"), ("why is it so much", "ask_charges"), ("stop texting me pls", "stop_contact"),
        ("i'd like to speak to a real person", "request_human"), ("sorry mate wrong number, no idea who that is", "wrong_person"),
        ("I already paid this last week", "already_paid"), ("can i pay in instalments", "request_plan"),
        ("我欠你们多少钱", "check_balance"), ("怎么这么多啊", "ask_charges"), ("别再给我发消息了", "stop_contact"),
        ("转人工", "request_human"), ("你打错了", "wrong_person"), ("我已经还过了", "already_paid"), ("可以分期吗", "request_plan"),
        ("我欠多少錢", "check_balance"), ("怎麼這麼多", "ask_charges"), ("不要再傳訊息了", "stop_contact"),
        ("我要找真人", "request_human"), ("我已經繳了", "already_paid"), ("可以分期嗎", "request_plan"), ("想分期", "request_plan"),
    ],
)  # fmt: skip
def test_plain_messages_are_acted_upon(understanding: LocalUnderstanding, text: str, intent: str) -> None:
    understood = understanding.understand(text, locale="en", today=TODAY)
    assert (understood.band, understood.carries) == ("act", (intent,))


@pytest.mark.parametrize(
    ("text", "carries"),
    [
        ("lost my job, could I pay 500 a month?", ("report_hardship", "make_offer")),
        ("失业了，能不能每个月还五百", ("report_hardship", "make_offer")),
        ("why is it so much? also stop texting me", ("stop_contact", "ask_charges")),
    ],
)
def test_all_intents_are_kept_rights_first(
    understanding: LocalUnderstanding, text: str, carries: tuple[str, ...]
) -> None:
    assert understanding.understand(text, locale="en", today=TODAY).carries == carries


@pytest.mark.parametrize("text", ["asdf", "???", ".", "1", "1000-1200", "👍👍", "", "   ", "नमस्ते", "0912345678"])
def test_what_says_nothing_is_rejected(understanding: LocalUnderstanding, text: str) -> None:
    assert understanding.understand(text, locale="en", today=TODAY).band == "reject"


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=200))
def test_no_text_raises(understanding: LocalUnderstanding, text: str) -> None:
    understood = understanding.understand(text, locale="zh_Hant", today=TODAY)
    assert understood.text == text
    assert all(0 <= entity.start < entity.end <= len(text) for entity in understood.entities)


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("how much do I owe", "en"), ("我欠你们多少钱", "zh_Hans"), ("我欠你們多少錢", "zh_Hant"), ("唔该帮我睇下", "zh_Hant"),
        ("ok", None), ("你好", None), ("500", None), ("loan 利率多少钱", "zh_Hans"), ("cuánto debo todavía señor", None),
    ],
)  # fmt: skip
def test_the_language_of_a_message(text: str, locale: str | None) -> None:
    assert language.detect(text) == locale


def test_a_damaged_cache_is_made_again(tmp_path: Path, nlu: Path) -> None:
    first = load(nlu, tmp_path)
    kept = next(tmp_path.glob("*.model"))
    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 0xFF
    kept.write_bytes(bytes(content))
    again, third = load(nlu, tmp_path), load(nlu, tmp_path)
    texts = ["how much do i owe", "stop texting me"]
    for other in (again, third):
        for text in texts:
            assert other.understand(text, locale="en", today=TODAY) == first.understand(
                text, locale="en", today=TODAY
            )


@pytest.fixture
def nlu(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small corpus of its own, so that training is quick."""
    folder = tmp_path_factory.mktemp("nlu")
    (folder / "en").mkdir()
    blocks = {"check_balance": "how much do i owe", "stop_contact": "stop texting me", "greet": "hello there"}
    lines = ["nlu:"]
    for intent, text in blocks.items():
        lines += [f"- intent: {intent}", "  examples: |", f"    - {text}", f"    - {text} please"]
    (folder / "en" / "few.yml").write_text("\n".join(lines), encoding="utf-8")
    return folder


@pytest.mark.parametrize("text", ["我失業了想分期", "被裁员了怎么还", "lost my job what can i do"])
def test_a_reason_named_in_so_many_words_is_a_hard_time(understanding: LocalUnderstanding, text: str) -> None:
    understood = understanding.understand(text, locale="en", today=TODAY)
    assert (understood.band, understood.carries[:1]) == ("act", ("report_hardship",))


def test_a_clause_that_is_known_is_not_read_again(
    understanding: LocalUnderstanding, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, read = understanding.model, intents.read
    _, pieces = intents.whole_and_parts(model, "this interest is killing me, i can't go on like this")
    text = "this interest, i can't go on like this"
    alone = intents.distress(model, text)
    seen: list[str] = []

    def watched(model: Model, texts: Sequence[str]) -> list[intents.Reading]:
        seen.extend(texts)
        return read(model, texts)

    monkeypatch.setattr(intents, "read", watched)
    assert intents.distress(model, text, pieces) == pytest.approx(alone, abs=1e-5)
    assert seen == [text, "this interest"]
