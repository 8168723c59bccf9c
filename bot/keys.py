"""The installation's secret keys: one file, readable by its owner alone."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from bot.errors import BadInput

SIZE = 32  # bytes


@dataclass(frozen=True, slots=True)
class Keys:
    """`data` seals personal data; `earlier` (oldest first) open what they sealed; `checkpoint` signs chains."""

    data: bytes
    checkpoint: bytes
    earlier: tuple[bytes, ...] = ()


def create(path: Path) -> Keys:
    """Make a new key file; refuses to touch one that exists, since what it sealed would be lost with it."""
    content = {"data": [secrets.token_hex(SIZE)], "checkpoint": secrets.token_hex(SIZE)}
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BadInput(str(path), "a key file is there already; it is never overwritten") from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        json.dump(content, file, indent=1)
    return load(path)


def load(path: Path) -> Keys:
    """Read the key file; BadInput names the file and what is wrong with it."""
    try:
        content = json.loads(path.read_text("ascii"))
        data = [bytes.fromhex(key) for key in content["data"]]
        checkpoint = bytes.fromhex(content["checkpoint"])
    except FileNotFoundError:
        raise BadInput(str(path), "no key file is there; `python -m bot keys create` makes one") from None
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput(str(path), f"not a key file ({type(error).__name__})") from None
    if not data or any(len(key) != SIZE for key in [*data, checkpoint]):
        raise BadInput(str(path), f"every key needs {SIZE} bytes")
    return Keys(data[-1], checkpoint, tuple(data[:-1]))
