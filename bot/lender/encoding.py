"""In which encoding a lender's CSV is: told by its bytes, or asked for when they do not tell."""

import codecs
from collections.abc import Callable
from pathlib import Path

from charset_normalizer import from_bytes

from bot.errors import BadInput

_CHUNK = 1 << 20
_ENOUGH = 20_000  # characters outside ASCII after which more would not change the answer
_MARGIN = 0.08


def find_encoding(path: Path, wanted: str = "auto") -> str:
    """A Python codec that reads the whole file; BadInput when none of ours does, or two might."""
    if wanted != "auto":
        codec = {"utf-8": "utf-8-sig", "big5": "cp950"}.get(wanted, wanted)
        if not _reads(path, codec):
            raise BadInput(str(path), f"it is not in {wanted}, as its map says")
        return codec
    with path.open("rb") as file:
        start = file.read(_CHUNK)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if _reads(path, "utf-8-sig"):
        return "utf-8-sig"
    return _chinese(path, start)


def _reads(path: Path, codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _chinese(path: Path, start: bytes) -> str:
    """Big5 or GB18030: nearly every byte pair is a character in both, but only one makes common ones of them."""
    readable = [codec for codec in ("cp950", "gb18030") if _reads(path, codec)]
    scores = {"cp950": _common(start, _big5_common), "gb18030": _common(start, _gb_common)}
    if len(readable) == 2 and abs(scores["cp950"] - scores["gb18030"]) < _MARGIN:
        raise BadInput(str(path), "it may be in Big5 or in GB18030; say which in the map (encoding: big5)")
    if readable:
        return max(readable, key=lambda codec: scores[codec])
    guess = from_bytes(start).best()
    seems = f"; it seems to be in {guess.encoding}" if guess else ""
    raise BadInput(str(path), f"it is neither in UTF-8 nor in Big5 or GB18030{seems}; save it as UTF-8")


def _common(content: bytes, is_common: Callable[[int, int], bool]) -> float:
    """The share of two-byte characters that are among the common ones of an encoding."""
    found = count = position = 0
    while position < len(content) - 1 and count < _ENOUGH:
        lead = content[position]
        if lead < 0x80:
            position += 1
            continue
        found += is_common(lead, content[position + 1])
        count += 1
        position += 2
    return found / count if count else 0.0


def _big5_common(lead: int, trail: int) -> bool:
    return 0xA4 <= lead <= 0xC6 and (0x40 <= trail <= 0x7E or 0xA1 <= trail <= 0xFE)


def _gb_common(lead: int, trail: int) -> bool:
    return 0xB0 <= lead <= 0xD7 and 0xA1 <= trail <= 0xFE
