"""Keys struck at random are told from words, however odd or short."""

import pytest

from bot.dialogue.understanding.engine import LocalUnderstanding
from bot.dialogue.understanding.gibberish import is_gibberish
from tests.dialogue.understanding.test_intents import TODAY


@pytest.mark.parametrize(
    "text", ["asdf", "zxcv", "hjk hjk", "jfkdls", "qwertyuiop lkjh", "囧龘靐", "fghj!!", "XCVB"]
)
def test_nothing_is_made_of_it(understanding: LocalUnderstanding, text: str) -> None:
    understood = understanding.understand(text, locale="en", today=TODAY)
    assert (understood.band, understood.distress, len(understood.intents)) == ("reject", "no", 1)


@pytest.mark.parametrize(
    "text",
    [
        "thx",
        "pls",
        "btw",
        "stp cntcting me",
        "my rhythm",
        "hmm ok",
        "grazie",
        "嗯",
        "唔該",
        "asdf how much",
        "500",
        "liberty",
    ],
)
def test_a_word_is_a_word(understanding: LocalUnderstanding, text: str) -> None:
    assert not is_gibberish(text, understanding.model.vocabulary)
