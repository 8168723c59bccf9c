"""What was embedded for one training is not embedded for the next, and nothing damaged or foreign is believed."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.dialogue.understanding.embedded import KeptEmbeddings
from bot.dialogue.understanding.encoder import SIZE, Floats

_TEXTS = ["how much do i owe", "我欠多少钱", "how much do i owe", "stop texting me"]


class Counting:
    """An encoder that writes down what it is asked for; each text has a vector of its own."""

    def __init__(self, version: str = "1") -> None:
        self.version, self.asked = version, list[str]()

    def encode(self, texts: Sequence[str]) -> Floats:
        self.asked += texts
        return np.array([np.full(SIZE, sum(text.encode()), dtype=np.float32) for text in texts])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With the embeddings of a first training in it."""
    first = KeptEmbeddings(tmp_path, Counting())
    first.encode(_TEXTS)
    first.keep(_TEXTS)
    return tmp_path


def asked_again(folder: Path, texts: Sequence[str], version: str = "1") -> list[str]:
    """What another training has to embed, which gets the same vectors."""
    encoder = Counting(version)
    again = KeptEmbeddings(folder, encoder)
    assert np.array_equal(again.encode(texts), Counting().encode(texts))
    again.keep(texts)
    return encoder.asked


def test_only_new_texts_are_embedded(folder: Path) -> None:
    assert asked_again(folder, _TEXTS) == []
    assert asked_again(folder, [_TEXTS[0], "call me later"]) == ["call me later"]


def test_texts_that_are_gone_are_not_kept(folder: Path) -> None:
    assert asked_again(folder, _TEXTS[:1]) == []
    assert asked_again(folder, _TEXTS) == _TEXTS[1:2] + _TEXTS[3:]


def test_another_encoders_are_not_taken(folder: Path) -> None:
    assert asked_again(folder, _TEXTS[:2], "2") == _TEXTS[:2]
    (own, _) = sorted(folder.glob("*.vectors"), key=lambda file: file.stat().st_size, reverse=True)
    for other in folder.glob("*.vectors"):
        other.write_bytes(own.read_bytes())  # under the other's name
    assert asked_again(folder, _TEXTS[:2], "2") == _TEXTS[:2]


@pytest.mark.parametrize("place", [0, 70, -1000, -1])
def test_damaged_ones_are_made_again(folder: Path, place: int) -> None:
    (file,) = folder.iterdir()
    content = bytearray(file.read_bytes())
    content[place] ^= 0xFF
    file.write_bytes(content)
    assert asked_again(folder, _TEXTS[:2]) == _TEXTS[:2]
    assert asked_again(folder, _TEXTS[:2]) == []


@pytest.mark.parametrize("left", [0, 10, 300])
def test_half_a_file_is_made_again(folder: Path, left: int) -> None:
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes()[:left])
    assert asked_again(folder, _TEXTS[:2]) == _TEXTS[:2]


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    assert asked_again(tmp_path / "file", _TEXTS[:2]) == _TEXTS[:2]


def test_without_an_encoder_nothing_is_kept(tmp_path: Path) -> None:
    assert KeptEmbeddings.of(tmp_path, None) is None
