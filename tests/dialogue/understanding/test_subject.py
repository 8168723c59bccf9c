"""What is no answer is not taken for one: above all not where details that prove who one is are asked for."""

from datetime import date

import pytest

from bot.dialogue.understanding import Awaiting, Understood
from bot.dialogue.understanding.engine import LocalUnderstanding

_TODAY = date(2026, 11, 21)


def _understood(understanding: LocalUnderstanding, slot: str, said: str) -> Understood:
    locale = "en" if said.isascii() else "zh_Hant"
    return understanding.understand(said, locale=locale, today=_TODAY, awaiting=Awaiting(slot, "text"))


@pytest.mark.parametrize("slot", ["identity_reference", "identity_birth_date", "identity_document"])
@pytest.mark.parametrize(
    "said", ["my mum just died, I can't pay", "我媽剛過世 沒辦法繳", "why is it so much?", "我失業了"]
)
def test_trouble_told_is_no_detail(understanding: LocalUnderstanding, slot: str, said: str) -> None:
    assert _understood(understanding, slot, said).answer is None


@pytest.mark.parametrize(
    ("slot", "said"),
    [
        ("identity_birth_date", "17 May 1990"),
        ("identity_birth_date", "45/17/1990"),
        ("identity_birth_date", "一九九二年七月九日"),
        ("identity_reference", "hb 1001"),
        ("identity_document", "5512"),
    ],
)
def test_a_detail_is_one_even_when_it_cannot_be_right(
    understanding: LocalUnderstanding, slot: str, said: str
) -> None:
    assert _understood(understanding, slot, said).answer is not None
