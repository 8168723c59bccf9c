"""Arrays in a file that all processes of a machine map into memory, sealed by a checksum, and no code in it."""

import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ALIGNED = 64
_SEAL = hashlib.sha256().digest_size
log = logging.getLogger(__name__)
Arrays = dict[str, NDArray[Any]]


def write(file: Path, head: Mapping[str, object], arrays: Arrays) -> None:
    """Written aside and moved into place, so that two processes that start at once do not meet half a file."""
    seal = hashlib.sha256()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as aside:
            for piece in _pieces(head, arrays):
                seal.update(piece)
                aside.write(piece)
            aside.write(seal.digest())
        os.replace(aside.name, file)
    except OSError as error:
        log.warning("%s could not be kept (%s); it is made again at the next start", file, error)


def read(file: Path, key: str) -> tuple[dict[str, Any], Arrays] | None:
    """The head and the arrays, mapped; None where there is no file, or a damaged one, or one of another key."""
    if not file.exists():
        return None
    try:
        return _read(file, key)
    except (ValueError, KeyError, TypeError, OSError) as error:
        log.warning("the kept file %s is damaged (%s); it is made again", file, error)
        return None


def _pieces(head: Mapping[str, object], arrays: Arrays) -> Iterator[bytes]:
    """The head's length, the head, and the arrays, each from an aligned place on."""
    told = {**head, "arrays": {name: [array.dtype.str, array.shape] for name, array in arrays.items()}}
    content = json.dumps(told, ensure_ascii=False).encode()
    yield len(content).to_bytes(_ALIGNED, "little")
    yield content + b" " * (-len(content) % _ALIGNED)
    for array in arrays.values():
        values = np.ascontiguousarray(array).tobytes()
        yield values + b"\0" * (-len(values) % _ALIGNED)


def _read(file: Path, key: str) -> tuple[dict[str, Any], Arrays]:
    content = np.memmap(file, dtype=np.uint8, mode="r")
    if len(content) < _ALIGNED + _SEAL:
        raise ValueError("it is cut short")
    if hashlib.sha256(content[:-_SEAL].data).digest() != content[-_SEAL:].tobytes():
        raise ValueError("its checksum is wrong")
    length = int.from_bytes(content[:_ALIGNED].tobytes(), "little")
    head = json.loads(content[_ALIGNED : _ALIGNED + length].tobytes())
    if head["key"] != key:
        raise ValueError("it was made from something else")
    arrays: Arrays = {}
    place = _ALIGNED + length + -length % _ALIGNED
    for name, (kind, shape) in head["arrays"].items():
        count = int(np.prod(shape))
        arrays[name] = np.frombuffer(content, dtype=kind, count=count, offset=place).reshape(shape)
        place += arrays[name].nbytes + -arrays[name].nbytes % _ALIGNED
    return head, arrays
