"""Small dialogue folders written by the tests themselves."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.dialogue.interpreter import Dialogue

Write = Callable[..., Dialogue]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a folder from a domain and a flows text, and loads it."""

    def write(domain: str, flows: str) -> Dialogue:
        for name, text in (("domain", domain), ("flows", flows)):
            (tmp_path / name).mkdir(exist_ok=True)
            (tmp_path / name / "shop.yml").write_text(text, "utf-8")
        return Dialogue.load(tmp_path)

    return write
