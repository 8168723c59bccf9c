"""What a borrower sent, opened by staff: pictures made anew, PDFs saved, on the trail, only in their own chat."""

import hashlib
import io
from typing import Literal
from uuid import uuid4

import anyio
import httpx
from PIL import Image

from bot.files.store import KeptFile
from tests.desk.stage import NOW, ask_for_person, chat
from tests.web.office import Office

SCRIPT = b"<script>alert(1)</script>"
PDF = b"%PDF-1.4\n" + SCRIPT + b"\nstartxref 0 %%EOF"


def photo() -> bytes:
    """A picture with a place in it, and a page hidden behind its end."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    Image.new("RGB", (3000, 40), "red").save(out, "JPEG", exif=exif)
    return out.getvalue() + SCRIPT


def kept(
    office: Office, content: bytes, media_type: Literal["image/jpeg", "application/pdf"], sender: str = "b"
) -> tuple[str, str, str]:
    """Ids of a case, its conversation, and a file sent in it."""
    with office.database.transaction() as work:
        conversation = chat(work, sender=sender)
        case = ask_for_person(work, conversation)
        name, digest = 'pay"slip\u5de5\u8d44', hashlib.sha256(content).digest()
        file = KeptFile(uuid4().hex, conversation.id, name, media_type, len(content), digest, NOW)
        work.files.keep(file, content)
    return case, conversation.id, file.id


def fetched(office: Office, path: str, role: Literal["collector", "reviewer", "auditor"]) -> httpx.Response:
    async def get() -> httpx.Response:
        return await office.browser(office.hired(role)).get(path)

    return anyio.run(get)


def test_a_picture_is_made_anew(office: Office) -> None:
    case, conversation, file = kept(office, photo(), "image/jpeg")
    answer = fetched(office, f"/desk/cases/{case}/files/{file}", "collector")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-disposition"].startswith("inline; filename=")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert SCRIPT not in answer.content
    assert b"taken at home" not in answer.content
    with Image.open(io.BytesIO(answer.content)) as shown:
        assert shown.width == 2000
        assert not dict(shown.getexif())
    with office.database.reading() as work:
        (entry,) = [entry for entry in work.audit.newest() if entry.action == "view_file"]
    assert entry.subject == f"conversation:{conversation}"
    assert dict(entry.detail) == {"file": file, "type": "image/jpeg"}


def test_a_pdf_is_saved_never_shown(office: Office) -> None:
    _, conversation, file = kept(office, PDF, "application/pdf")
    answer = fetched(office, f"/review/conversations/{conversation}/files/{file}", "reviewer")
    assert answer.content == PDF
    assert answer.headers["content-type"] == "application/pdf"
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith('attachment; filename="pay_slip__.pdf"')
    assert disposition.endswith("%E5%B7%A5%E8%B5%84.pdf")


def test_a_file_of_another_chat_is_not_there(office: Office) -> None:
    _, _, file = kept(office, PDF, "application/pdf")
    other, conversation, _ = kept(office, PDF, "application/pdf", sender="c")
    assert fetched(office, f"/desk/cases/{other}/files/{file}", "collector").status_code == 404
    path = f"/review/conversations/{conversation}/files/{file}"
    assert fetched(office, path, "reviewer").status_code == 404
    assert fetched(office, path, "auditor").status_code == 403


def test_the_card_names_the_files(office: Office) -> None:
    case, _, file = kept(office, PDF, "application/pdf")
    assert f"/desk/cases/{case}/files/{file}" in fetched(office, f"/desk/cases/{case}", "collector").text
