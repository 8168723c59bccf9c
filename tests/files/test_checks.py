"""A file is what its content says, whatever it is called."""

import io
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.files.checks import FileRefused, media_type, safe_name

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\nxref\ntrailer\nstartxref\n9\n%%EOF\n"


def picture(form: str, size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 50).convert("RGB").save(out, form)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (picture("JPEG"), "image/jpeg"),
        (picture("PNG"), "image/png"),
        (picture("WEBP"), "image/webp"),
        (PDF, "application/pdf"),
    ],
)
def test_what_may_be_kept_is_known_by_its_content(content: bytes, found: str) -> None:
    assert media_type(content) == found


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"MZ\x90\x00" * 50, "type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "type"),
        (b"<html>" + PDF, "type"),
        (picture("GIF"), "type"),
        (picture("TIFF"), "type"),
        (picture("JPEG")[:-200], "broken"),
        (picture("PNG")[:200], "broken"),
        (PDF[:-8], "broken"),
        (PDF.replace(b"/Catalog", b"/Catalog /Encrypt 3 0 R"), "locked"),
        (PDF.replace(b"/Catalog", b"/Catalog /OpenAction << /JS (x) >>"), "active"),
        (PDF.replace(b"/Catalog", b"/Catalog /AA << /S /JavaScript >>"), "active"),
    ],
)
def test_what_may_not_be_kept_says_why(content: bytes, reason: str) -> None:
    with pytest.raises(FileRefused) as refused:
        media_type(content)
    assert refused.value.reason == reason


def test_the_limit_is_on_the_content() -> None:
    with pytest.raises(FileRefused, match="at most 10 are taken"):
        media_type(PDF, largest=10)


def test_a_small_file_that_unpacks_to_a_huge_picture_is_refused() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    size = (30_000).to_bytes(4, "big")
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size + size + b"\x08\x02\x00\x00\x00") + chunk(b"IEND", b"")
    with pytest.raises(FileRefused, match="pixels") as refused:
        media_type(bomb)
    assert refused.value.reason == "too_large"


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x10\0\0\0WEBP", b"%PDF-1.4"]),
)
def test_no_bytes_make_it_fail_otherwise(content: bytes, start: bytes) -> None:
    with pytest.raises(FileRefused):
        media_type(start + content)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\temp\\工资单.exe", "工资单.pdf"),
        ("pay\x00slip\u202e.fdp", "payslip.pdf"),
        ("", "file.pdf"),
        ("...", "file.pdf"),
        ("a" * 500, "a" * 80 + ".pdf"),
    ],
)
def test_names_are_made_safe(name: str, shown: str) -> None:
    assert safe_name(name, "application/pdf") == shown
