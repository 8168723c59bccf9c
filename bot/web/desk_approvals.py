"""A supervisor's approvals: the open requests, and the answer to one."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from bot.desk import approvals
from bot.desk.settling import NotInForce
from bot.web.desk_case import Line
from bot.web.guard import Here, SignedIn, staff_router
from bot.web.staff_pages import StaffPages
from bot.web.staff_showing import render
from bot.web.work import StaffWork

PATH = "/desk/approvals"


def router(pages: StaffPages) -> APIRouter:
    routes = staff_router(pages)

    @routes.get(PATH)
    async def waiting(signed: Here) -> Response:
        return await _requests(pages, signed)

    @routes.post(f"{PATH}/{{approval_id}}")
    async def decide(
        signed: Here, approval_id: str, answer: Annotated[Literal["approve", "decline"], Form()], line: Line
    ) -> Response:
        def do(work: StaffWork) -> str:
            yes = answer == "approve"
            decided = approvals.decide(work, approval_id, signed.staff, line, pages.clock.now(), approve=yes)
            offer = work.acting.offer(decided.offer_id)
            assert offer  # it was just written
            return offer.conversation_id

        try:
            pages.changed(await pages.port.run(do))
        except NotInForce:
            return await _requests(pages, signed, gone=True)
        if signed.fetching:
            return await _requests(pages, signed)
        return RedirectResponse(PATH, 303)

    return routes


async def _requests(pages: StaffPages, signed: SignedIn, *, gone: bool = False) -> Response:
    """The open requests: the list alone for a script, a page for anybody else."""
    asked = await pages.port.run(lambda work: approvals.waiting(work, signed.staff), reading=True)
    status = 409 if gone else 200
    if signed.fetching:
        html = render(pages, signed, "desk/approvals.html", asked=asked, gone=gone)
        return JSONResponse({"fragments": {"approvals": html}, "problem": "gone" if gone else None}, status)
    return HTMLResponse(render(pages, signed, "desk/approvals_page.html", asked=asked, gone=gone), status)
