"""What a borrower sends as proof is believed by its content, never by its name or by what the browser calls it."""

import io
import re
import warnings
import zlib
from collections.abc import Iterator
from typing import Literal

from PIL import Image, UnidentifiedImageError

from bot.errors import BadInput

MediaType = Literal["image/jpeg", "image/png", "image/webp", "application/pdf"]

LARGEST = 10 * 1024 * 1024  # bytes
MOST_PIXELS = 50_000_000  # a small file can unpack to more memory than there is
_IMAGES: dict[str, MediaType] = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_PDF_HEADER = re.compile(rb"%PDF-[12]\.\d")
_PDF_END = re.compile(rb"startxref\s+\d+\s+%%EOF")
_TAIL = 2048  # where a PDF's end must stand
# A proof of income needs none of these; they run programs, fetch, send, or carry other files.
_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE)\b")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")  # a letter of a name, written by its number
_PACKED = re.compile(rb"/ObjStm\b[^>]*>>\s*stream\r?\n")  # objects packed together, where a name is not seen
MOST_UNPACKED = 20 * 1024 * 1024  # bytes; of all packed objects of one PDF


class FileRefused(BadInput):
    """A file was not kept; `reason` says why: empty, too_large, type, broken, locked, active."""

    def __init__(
        self, reason: Literal["empty", "too_large", "type", "broken", "locked", "active"], detail: str
    ) -> None:
        super().__init__("file", detail)
        self.reason = reason


def media_type(content: bytes, largest: int = LARGEST) -> MediaType:
    """The type of a file that may be kept: a JPEG, PNG or WebP that opens, or a PDF; raises FileRefused."""
    if not content:
        raise FileRefused("empty", "the file is empty")
    if len(content) > largest:
        raise FileRefused("too_large", f"the file has {len(content)} bytes; at most {largest} are taken")
    if _PDF_HEADER.match(content):
        return _pdf(content)
    return _image(content)


def _image(content: bytes) -> MediaType:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=list(_IMAGES)) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise FileRefused("too_large", f"the picture has {image.width} × {image.height} pixels")
                found = _IMAGES[str(image.format)]
                image.load()  # to its last byte: a cut picture opens, and fails only here
    except UnidentifiedImageError:
        raise FileRefused("type", "the file is neither a JPEG, PNG or WebP picture nor a PDF") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise FileRefused("too_large", "the picture has too many pixels") from None
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError) as error:
        raise FileRefused("broken", f"the picture cannot be read: {error}") from None
    return found


def _pdf(content: bytes) -> MediaType:
    if not _PDF_END.search(content[-_TAIL:]):
        raise FileRefused("broken", "the PDF is cut short")
    if b"/Encrypt" in content:
        raise FileRefused("locked", "the PDF is protected with a password")
    if any(_ACTIVE.search(_plain(part)) for part in (content, *_unpacked(content))):
        raise FileRefused("active", "the PDF contains programs or other files")
    return "application/pdf"


def _plain(content: bytes) -> bytes:
    return _ESCAPED.sub(lambda hit: bytes([int(hit[1], 16)]), content)


def _unpacked(content: bytes) -> Iterator[bytes]:
    """The packed objects of a PDF; what can't be unpacked no reader reads either."""
    left = MOST_UNPACKED
    for packed in _PACKED.finditer(content):
        try:
            part = zlib.decompressobj().decompress(content[packed.end() :], left)
        except zlib.error:
            continue
        left -= len(part)
        if left <= 0:
            raise FileRefused("too_large", "the PDF unpacks to more than can be looked through")
        yield part


def safe_name(name: str, found: MediaType) -> str:
    """The file's name as it may be shown: no folders, no control characters, the ending of its true type."""
    stem = re.split(r"[\\/]", name)[-1].rsplit(".", 1)[0]
    printable = "".join(character for character in stem if character.isprintable()).strip(" .")
    ending = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf"}[found]
    return f"{printable[:80] or 'file'}.{ending}"
