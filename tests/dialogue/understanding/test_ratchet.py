"""What is understood of batches kept out of training may not fall below what is recorded, but for chance."""

import json
from dataclasses import asdict
from math import sqrt
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.understanding import evaluate, watchfulness
from bot.dialogue.understanding.engine import LocalUnderstanding
from tests.dialogue.understanding.conftest import NLU

RECORD: dict[str, Any] = json.loads(Path(__file__).with_name("figures.json").read_text(encoding="utf-8"))
_HIGHER = ("accuracy", "top_three", "acted", "acted_right", "out_of_scope_recall", "distress_found")
_LOWER = ("idioms_disturbed",)


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
