"""What a borrower sent, for staff: pictures made anew, a PDF to be saved, nothing that a browser would run."""

from datetime import datetime
from urllib.parse import quote

from anyio import to_thread
from fastapi import Response

from bot.access import Staff
from bot.files.checks import safe_name
from bot.files.shown import picture
from bot.files.store import KeptFile
from bot.web.work import StaffWork

Kept = tuple[KeptFile, bytes]


def read(work: StaffWork, conversation_id: str, file_id: str, staff: Staff, at: datetime) -> Kept | None:
    """A file of this very conversation, and who looked at it on the trail; None where there is none."""
    file = work.files.file(file_id)
    if file is None or file.conversation_id != conversation_id:
        return None
    content = work.files.content(file_id)
    if content is None:
        return None
    detail = {"file": file_id, "type": file.media_type}
    work.audit.append("view_file", f"conversation:{conversation_id}", staff.id, detail, at)
    return file, content


async def answer(kept: Kept) -> Response:
    """A picture is shown, anything else is saved; the page's headers forbid everything besides."""
    file, content = kept
    if file.media_type == "application/pdf":
        return _named(content, file.media_type, safe_name(file.name, file.media_type), "attachment")
    shown = await to_thread.run_sync(picture, content)
    return _named(shown, "image/jpeg", safe_name(file.name, "image/jpeg"), "inline")


def _named(content: bytes, media_type: str, name: str, how: str) -> Response:
    plain = name.encode("ascii", "replace").decode().translate({34: "_", 63: "_", 92: "_"})
    disposition = f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    # Whatever a browser makes of it: in a sandbox, from nowhere, without anything.
    headers = {
        "Content-Disposition": disposition,
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return Response(content, media_type=media_type, headers=headers)
