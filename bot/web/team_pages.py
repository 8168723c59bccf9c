"""The supervisor's page: every queue, who works on it, how long people wait, what waits for approval."""

from datetime import timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from bot.desk import approvals, surveys
from bot.desk.around import comment_of
from bot.desk.team import team_view
from bot.web.desk_views import visible
from bot.web.guard import Here, NotHere, SignedIn, staff_router
from bot.web.staff_pages import StaffPages
from bot.web.staff_showing import render, zone_of
from bot.web.work import StaffWork

PATH = "/desk/team"
Days = Annotated[int, Query(ge=1, le=92)]


def router(pages: StaffPages) -> APIRouter:
    routes = staff_router(pages)
    _reading(routes, pages)
    return routes


def _reading(routes: APIRouter, pages: StaffPages) -> None:
    @routes.get(PATH)
    async def team(request: Request, signed: Here, days: Days = 7) -> Response:
        """The page, or for its script the part of it that lives."""
        live = "application/json" in request.headers.get("accept", "")
        context = await _context(pages, signed, days, live=live)
        if live:
            return JSONResponse({"fragments": {"team": render(pages, signed, "desk/team_live.html", **context)}})
        return HTMLResponse(render(pages, signed, "desk/team.html", **context))

    @routes.post(f"{PATH}/surveys/{{case_id}}/seen")
    async def seen(signed: Here, case_id: str) -> Response:
        def see(work: StaffWork) -> bool:
            visible(work, signed.staff, case_id)
            return surveys.see(work, case_id, signed.staff, pages.clock.now())

        if not await pages.port.run(see):
            raise NotHere(case_id)
        return RedirectResponse(PATH, 303)


async def _context(pages: StaffPages, signed: SignedIn, days: int, *, live: bool) -> dict[str, Any]:
    staff, now = signed.staff, pages.clock.now()
    zone = _zone(pages, signed)

    def read(work: StaffWork) -> dict[str, Any]:
        view = team_view(work, staff, now - timedelta(days=days), now, ZoneInfo(zone))
        return {
            "view": view,
            "most": max((hour.opened for hour in view.hours), default=0),
            "comments": {survey.case_id: comment_of(work, survey) for survey in view.bad},
            "names": work.staff.names(),
            "asked": approvals.waiting(work, staff),
        }

    context = await pages.port.run(read, reading=True)
    if not live:
        detail = {"days": days}
        await pages.port.run(lambda work: work.audit.append("view_team", "", staff.id, detail, now))
    return {**context, "days": days, "zone": zone}


def _zone(pages: StaffPages, signed: SignedIn) -> str:
    """The reader's own, or that of the first desk that they see."""
    desks = (one.id for one in pages.policies.speakers() if signed.staff.covers(one.id))
    return signed.staff.time_zone or next((zone_of(pages, desk) for desk in desks), "UTC")
