"""Where the model is trained: in a process of its own, and in this one only where that cannot be."""

import sys
from pathlib import Path

import pytest

from bot.dialogue.understanding import keeping, training

_FEW = """nlu:
- intent: greet
  examples: |
    - hello there
    - hi
    - good morning
- intent: check_balance
  examples: |
    - how much do i owe
    - what is left to pay
    - my balance please
"""


@pytest.fixture
def nlu(tmp_path: Path) -> Path:
    folder = tmp_path / "nlu"
    (folder / "en").mkdir(parents=True)
    (folder / "en" / "few.yml").write_text(_FEW, encoding="utf-8")
    return folder


@pytest.mark.parametrize("kept", [True, False])
def test_another_process_trains(nlu: Path, kept: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("this process trains")

    monkeypatch.setattr(training, "train", never)
    cache = nlu.parent / "cache" if kept else None
    model = keeping.load(nlu, cache)
    assert model.labels == ("check_balance", "greet")
    if cache:
        (file,) = cache.iterdir()
        monkeypatch.setattr(sys, "executable", "/no/such/python")
        assert keeping.load(nlu, cache).examples == model.examples
        assert list(cache.iterdir()) == [file]


def test_without_another_process_this_one_trains(nlu: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    assert keeping.load(nlu, nlu.parent / "cache").labels == ("check_balance", "greet")
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert keeping.load(nlu, None).labels == ("check_balance", "greet")
