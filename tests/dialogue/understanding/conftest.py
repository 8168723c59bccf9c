"""One model for all tests here, trained on the repository's own examples and kept for the session."""

from pathlib import Path

import pytest

from bot.dialogue.understanding.engine import LocalUnderstanding

NLU = Path(__file__).parents[3] / "dialogues" / "nlu"


@pytest.fixture(scope="session")
def understanding(model: LocalUnderstanding) -> LocalUnderstanding:
    return model
