"""One conversation as a file: on paper, as Rasa's events, or as the record itself, which verifies elsewhere."""

import hashlib
from collections.abc import Iterable
from typing import Annotated, Literal

from anyio import to_thread
from fastapi import APIRouter, Form, Response
from fastapi.responses import StreamingResponse

from bot.review.documents import Material
from bot.review.export import json_lines
from bot.review.masking import Mask
from bot.review.rasa_events import rasa_lines
from bot.web import paper_view
from bot.web.guard import Here, SignedIn, staff_router
from bot.web.review_showing import Reason, attached, visible
from bot.web.staff_pages import StaffPages
from bot.web.work import StaffWork


def router(pages: StaffPages) -> APIRouter:
    routes = staff_router(pages)

    @routes.post("/review/conversations/{conversation_id}/export")
    async def export(
        signed: Here,
        conversation_id: str,
        reason: Reason,
        form: Annotated[Literal["record", "rasa", "pdf"], Form()] = "record",
        unmasked: Annotated[bool, Form()] = False,
    ) -> Response:
        if unmasked:
            signed.staff.require("review.reveal")
        detail = {"reason": reason, "form": form, "unmasked": unmasked}

        def read(work: StaffWork) -> paper_view.Sheets:
            visible(work, signed.staff, conversation_id)
            subject = f"conversation:{conversation_id}"
            work.audit.append("export", subject, signed.staff.id, detail, pages.clock.now())
            return paper_view.read(work, [conversation_id])

        sheets = await pages.port.run(read)
        name = f"conversation-{conversation_id[:8]}"
        if form == "pdf":
            wanted = paper_view.Asked(signed.staff, reason, unmasked, pages.clock.now())
            return await _on_paper(pages, signed, sheets, wanted, name)
        [told] = sheets.told
        lines = _record(told, masked=not unmasked) if form == "record" else rasa_lines(told, masked=not unmasked)
        return StreamingResponse(lines, media_type="application/jsonl", headers=attached(f"{name}.jsonl"))

    return routes


def _record(told: Material, *, masked: bool) -> Iterable[str]:
    return json_lines(list(told.events), Mask(told.borrower) if masked else None)


async def _on_paper(
    pages: StaffPages, signed: SignedIn, sheets: paper_view.Sheets, wanted: paper_view.Asked, name: str
) -> Response:
    content = await to_thread.run_sync(paper_view.made, pages, sheets, wanted)
    subject = f"conversation:{sheets.told[0].conversation_id}"
    detail = {"lines": len(sheets.told[0].events), "sha256": hashlib.sha256(content).hexdigest()}
    now = pages.clock.now()
    await pages.port.run(lambda work: work.audit.append("export_sent", subject, signed.staff.id, detail, now))
    return Response(content, media_type="application/pdf", headers=attached(f"{name}.pdf"))
