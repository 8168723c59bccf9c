# ruff: noqa: E501 - a table is read as rows
"""The figures hold a floor on batches that were kept out of training, and the JSON has the agreed shape."""

from datetime import date
from pathlib import Path

import pytest

from bot.dialogue.understanding import Awaiting, evaluate
from bot.dialogue.understanding.engine import LocalUnderstanding
from bot.errors import BadInput
from tests.dialogue.understanding.conftest import NLU

TODAY = date(2026, 11, 21)


def test_unseen_batches_hold_their_floor() -> None:
    for locale, figures in evaluate.by_batch(NLU).items():
        assert figures.accuracy >= 0.59, locale
        assert figures.top_three >= 0.77, locale
        assert figures.acted_right >= 0.76, locale
        assert figures.distress_found >= 0.94, locale
        assert figures.idioms_disturbed <= 0.10, locale


def test_a_message_is_read_in_milliseconds(understanding: LocalUnderstanding) -> None:
    texts = [
        "lost my job, could I pay 500 a month from the 1st?",
        "失业了，能不能每个月还五百，下个月15号开始",
    ] * 50
    median, _ = evaluate.milliseconds(understanding, texts, TODAY)
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
