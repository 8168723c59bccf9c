"""One model for all tests here, trained on the repository's own examples and kept for the session."""

from pathlib import Path

import pytest

from bot.dialogue.understanding.engine import LocalUnderstanding
from tests.trained import trained

NLU = Path(__file__).parents[3] / "dialogues" / "nlu"


@pytest.fixture(scope="session")
def understanding(tmp_path_factory: pytest.TempPathFactory) -> LocalUnderstanding:
    return trained(tmp_path_factory)
