"""What is understood of batches kept out of training may not fall below what is recorded, but for chance."""

import json
import re
from dataclasses import asdict
from math import sqrt
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.understanding import evaluate, watchfulness
from bot.dialogue.understanding.engine import LocalUnderstanding
from tests.dialogue.understanding.conftest import NLU

RECORD: dict[str, Any] = json.loads(Path(__file__).with_name("figures.json").read_text(encoding="utf-8"))
_HIGHER = ("accuracy", "top_three", "macro_f1", "acted", "acted_right", "out_of_scope_recall", "distress_found")
_LOWER = ("idioms_disturbed",)
_SURE = (0.5, 0.75, 0.9)  # shares of the messages, the surest first
_LOCALES = ("en", "zh_Hans", "zh_Hant")
_DOCUMENT = Path(__file__).parents[3] / "docs" / "understanding.md"
_ROWS = {
    "messages": ("examples",),
    "first guess right": ("accuracy",),
    "macro-F1": ("macro_f1",),
    "among the best three": ("top_three",),
    "out of scope told apart, keeping 90% of the others": ("out_of_scope_recall",),
    "acted upon / right, all": ("acted", "acted_right"),
    "wrong among the surest half, three quarters, nine tenths": _SURE,
    "distress found / idioms disturbed, in these batches": ("distress_found", "idioms_disturbed"),
}


@pytest.fixture(scope="module")
def measured() -> dict[str, evaluate.Figures]:
    return evaluate.without(NLU, frozenset(RECORD["batches"]))


@pytest.mark.slow
@pytest.mark.parametrize("locale", sorted(RECORD["figures"]))
@pytest.mark.parametrize("figure", [*_HIGHER, *_LOWER])
def test_no_figure_falls_back(measured: dict[str, evaluate.Figures], locale: str, figure: str) -> None:
    """Allowed is two standard errors of a share over as many messages as it was measured on."""
    recorded, now = RECORD["figures"][locale][figure], asdict(measured[locale])[figure]
    count = RECORD["figures"][locale]["counts"][figure]
    noise = 2 * sqrt(max(recorded * (1 - recorded), 0.01) / count)
    worse = recorded - now if figure in _HIGHER else now - recorded
    assert worse <= noise, f"{locale} {figure}: {recorded} was recorded, {now} is measured"


@pytest.mark.slow
@pytest.mark.parametrize("locale", sorted(RECORD["figures"]))
@pytest.mark.parametrize("share", _SURE)
def test_the_surest_guesses_are_wrong_no_more_often(
    measured: dict[str, evaluate.Figures], locale: str, share: float
) -> None:
    recorded, now = RECORD["figures"][locale]["risk"][str(share)], dict(measured[locale].risk)[share]
    noise = 2 * sqrt(max(recorded * (1 - recorded), 0.01) / (share * measured[locale].examples))
    assert now <= recorded + noise


@pytest.mark.parametrize("row", sorted(_ROWS))
def test_the_document_claims_what_is_recorded(row: str) -> None:
    """The first table of figures; what stands in brackets there is history."""
    lines = _DOCUMENT.read_text(encoding="utf-8").splitlines()
    line = next(line for line in lines if line.startswith(f"| {row} |"))
    for locale, cell in zip(_LOCALES, line.split("|")[2:5], strict=True):
        figures = RECORD["figures"][locale]
        recorded = [_recorded(figures, name) for name in _ROWS[row]]
        claimed = [float(value) for value in re.findall(r"[\d.]+", re.sub(r"\(.*\)|,(?=\d)", "", cell))]
        assert claimed == [round(value, 3) for value in recorded], locale


def _recorded(figures: dict[str, Any], name: str | float) -> float:
    if name == "examples":
        return float(figures["counts"]["accuracy"])
    return float(figures["risk"][str(name)] if name in _SURE else figures[str(name)])


@pytest.mark.slow
def test_distress_is_found_no_less_and_nobody_disturbed_more(understanding: LocalUnderstanding) -> None:
    """Allowed are two messages of a set: the machines differ a little where the arithmetic does."""
    held_back = Path(__file__).with_name("held_back")
    measured = watchfulness.measure(understanding, held_back)
    assert {watch.name for watch in measured} == set(RECORD["safety"])
    for watch in measured:
        recorded = RECORD["safety"][watch.name]
        assert watch.found.value >= recorded["found"] - 2 / watch.found.of, watch.name
        assert watch.disturbed.value <= recorded["disturbed"] + 2 / watch.disturbed.of, watch.name


@pytest.mark.slow
@pytest.mark.parametrize("locale", sorted(RECORD["unseen"]))
def test_what_borrowers_wrote_before_the_model_was_asked_is_understood_no_worse(
    understanding: LocalUnderstanding, locale: str
) -> None:
    file = Path(__file__).with_name("unseen") / f"{locale}.yml"
    (measured,) = evaluate.of_file(understanding.model, file).values()
    recorded = RECORD["unseen"][locale]
    noise = 2 / measured.examples
    assert measured.accuracy >= recorded["accuracy"] - noise
    assert measured.top_three >= recorded["top_three"] - noise
