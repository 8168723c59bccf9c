"""Embeddings of the examples, kept between trainings, so that one after a change of few embeds only those.

Embedded beside other texts a text's vector differs in the seventh digit; what is kept is what it was at first.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np

from bot.dialogue.understanding import sealed
from bot.dialogue.understanding.encoder import SIZE, Encoder, Floats, Remembering

_CODE = ("fold", "encoder", "network")


class KeptEmbeddings:
    """An encoder that has read the texts of the last training already; `folder` also holds the model."""

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self.version = encoder.version
        self._key = _key(encoder.version)
        self._file = folder / f"embeddings-{self._key[:24]}.vectors"
        self._encoder = Remembering(encoder, self._known())

    @classmethod
    def of(cls, folder: Path, encoder: Encoder | None) -> Self | None:
        return cls(folder, encoder) if encoder else None

    def encode(self, texts: Sequence[str]) -> Floats:
        return self._encoder.encode(texts)

    def keep(self, texts: Sequence[str]) -> None:
        """These texts' embeddings alone, in place of what was kept."""
        distinct = list(dict.fromkeys(texts))
        sealed.write(self._file, {"key": self._key, "texts": distinct}, {"vectors": self.encode(distinct)})

    def _known(self) -> dict[str, Floats]:
        head, arrays = sealed.read(self._file, self._key) or ({"texts": []}, {"vectors": np.zeros((0, SIZE))})
        return dict(zip(head["texts"], arrays["vectors"], strict=True))


def _key(version: str) -> str:
    parts = [np.__version__, version]
    parts += [(Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8") for name in _CODE]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
