"""What a collector writes besides plain answers: the check while typing, files to the borrower."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, File, Response, UploadFile
from fastapi.responses import JSONResponse

from bot.desk import attachments, wording
from bot.desk.states import CaseState
from bot.desk.wording_ground import ground
from bot.files.checks import LARGEST, FileRefused
from bot.web.desk_case import OnCase, Sure, Text
from bot.web.guard import staff_router
from bot.web.staff_pages import StaffPages
from bot.web.staff_showing import render, zone_of
from bot.web.work import StaffWork


def router(pages: StaffPages) -> APIRouter:
    routes = staff_router(pages)

    @routes.post("/desk/cases/{case_id}/check")
    async def check(case: OnCase, text: Text = "") -> Response:
        """What the wording check finds in a draft, of which nothing is kept."""

        def read(work: StaffWork) -> tuple[CaseState, list[wording.Finding]]:
            state, conversation = case.seen(work)
            known = ground(work, pages.policies, state, conversation, pages.clock.now())
            return state, wording.check(text, replace(known, second=pages.second))

        state, findings = await pages.port.run(read, reading=True)
        zone = zone_of(pages, state.speaker)
        html = render(pages, case.signed, "desk/check.html", findings=findings, zone=zone) if findings else ""
        verdicts = {finding.verdict for finding in findings}
        verdict = "stop" if "stop" in verdicts else "doubt" if verdicts else "pass"
        return JSONResponse({"verdict": verdict, "html": html})

    @routes.post("/desk/cases/{case_id}/file")
    async def send_file(
        case: OnCase, file: Annotated[UploadFile, File()], caption: Text = "", sure: Sure = False
    ) -> Response:
        draft = {"caption": caption}
        try:
            # One byte more than may be is enough to refuse it.
            content = await file.read(LARGEST + 1)
            attachment = await to_thread.run_sync(attachments.prepared, file.filename or "", content)
        except FileRefused as refused:
            return await case.show("file_refused", draft | {"why": refused.reason})

        def do(work: StaffWork, at: datetime) -> object:
            known = case.ground(work, at)
            return attachments.send(work, case.id, case.staff, attachment, caption, at, sure=sure, ground=known)

        return await case.act(do, draft)

    return routes
