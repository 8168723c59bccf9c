# ruff: noqa: E501 - a table is read as rows
"""The figures hold a floor on batches that were kept out of training, and the JSON has the agreed shape."""

from datetime import date
from pathlib import Path

import pytest

from bot.dialogue.understanding import Awaiting, corpus, evaluate, explain, intents, speed, training
from bot.dialogue.understanding.engine import LocalUnderstanding
from bot.errors import BadInput
from tests.dialogue.understanding.conftest import NLU

TODAY = date(2026, 11, 21)


@pytest.mark.slow  # a timed test says something on a quiet machine only
def test_a_message_is_read_in_milliseconds(understanding: LocalUnderstanding) -> None:
    texts = [
        "lost my job, could I pay 500 a month from the 1st?",
        "失业了，能不能每个月还五百，下个月15号开始",
    ] * 50
    median, _ = speed.milliseconds(understanding, texts, TODAY)
    assert median < 8


def test_the_shape_of_the_output(understanding: LocalUnderstanding) -> None:
    said = understanding.understand("I can pay $500-600 a month from 2026-12-01", locale="en", today=TODAY)
    shown = evaluate.as_json(said)
    assert shown["entities"] == {
        "amount_of_money": "500", "currency": None, "amount_of_money_high": "600", "frequency": "monthly", "date": "2026-12-01",
    }  # fmt: skip
    assert shown["distress"] is False


def test_a_request_line() -> None:
    asked = evaluate.request(
        '{"text": "800", "today": "2026-11-21", "awaiting": {"slot": "x", "kind": "money"}}', "line 1"
    )
    assert asked == {"text": "800", "locale": None, "today": TODAY, "awaiting": Awaiting("x", "money")}


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"text": 3}', '{"text": "a", "today": "soon"}', '{"text": "a", "awaiting": {"x": 1}}']
)
def test_a_bad_request_line_is_named(line: str) -> None:
    with pytest.raises(BadInput, match="line 7"):
        evaluate.request(line, "line 7")


def test_one_batch_cannot_be_evaluated(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "x.yml").write_text("nlu:\n- intent: greet\n  examples: |\n    - hi\n", encoding="utf-8")
    with pytest.raises(BadInput, match="two batches"):
        evaluate.by_batch(tmp_path)


def test_other_peoples_data_can_be_measured(tmp_path: Path) -> None:
    train, test = tmp_path / "train.csv", tmp_path / "test.csv"
    train.write_text(
        "text,label\nhow much do i owe,balance\nwhat is left,balance\nstop it,stop\nno more,stop\n", "utf-8"
    )
    test.write_text("how much is left,balance\nplease stop,stop\n", "utf-8")
    _, measured = evaluate.benchmark(train, test)
    assert (measured.examples, measured.accuracy) == (2, 1.0)


def test_a_csv_row_without_a_label_is_named(tmp_path: Path) -> None:
    file = tmp_path / "train.csv"
    file.write_text("text,label\nhow much do i owe\n", "utf-8")
    with pytest.raises(BadInput, match="row 2"):
        evaluate.benchmark(file, file)


def test_what_decided_is_told(understanding: LocalUnderstanding) -> None:
    told = list(explain.lines(understanding.model, "stop texting me, how much do i owe"))
    assert [line.split(":")[0] for line in told[:4]] == ["guesses", "band", "belongs", "words"]
    assert sum(line.startswith("near:") for line in told) == 5
    assert any(line.startswith("clause: 'stop texting me' act stop_contact") for line in told)


def test_without_embeddings_words_alone_decide() -> None:
    examples = [example for example in corpus.read(NLU) if example.locale == "en" and example.batch in {"a", "b"}]
    trained = training.train(examples, None)
    (reading,) = intents.read(trained, ["how much do I still owe you"])
    assert reading.top.name == "check_balance"
    assert "embeddings: not installed; words alone" in list(explain.lines(trained, "hello"))
