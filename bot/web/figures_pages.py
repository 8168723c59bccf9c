"""Figures over any stretch of days, each leading to its conversations."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response

from bot.review.figures import GROUPS, MEASURES, Figures, figures
from bot.web.guard import Here, staff_router
from bot.web.review_showing import review_page
from bot.web.staff_pages import StaffPages
from bot.web.work import StaffWork

DAYS = 30
MOST = 200_000  # conversations in one page of figures; told when there are more
Day = Annotated[date | None, Query()]


def router(pages: StaffPages) -> APIRouter:
    routes = staff_router(pages)

    @routes.get("/review/figures")
    async def shown(signed: Here, since: Day = None, until: Day = None) -> Response:
        today = pages.clock.now().date()
        last = min(until or today, date.max - timedelta(days=1))
        first = since or last - timedelta(days=DAYS - 1)
        bounds = (_midnight(first), _midnight(last + timedelta(days=1)))

        def read(work: StaffWork) -> Figures:
            detail = {"since": first.isoformat(), "until": last.isoformat()}
            work.audit.append("view_figures", "", signed.staff.id, detail, pages.clock.now())
            rows = work.figures.rows(*bounds, signed.staff.speakers, signed.staff.creditors, MOST)
            return figures(rows, "UTC")

        found = await pages.port.run(read)

        def link(**filters: str) -> str:
            """The conversations behind a figure."""
            return "/review?" + urlencode({"since": first.isoformat(), "until": last.isoformat(), **filters})

        context: dict[str, Any] = {
            "found": found, "first": first, "last": last, "link": link, "full": found.count == MOST,
            "measures": MEASURES, "facets": GROUPS, "filters": FILTERS,
        }  # fmt: skip
        return review_page(pages, signed, "review/figures.html", **context)

    return routes


# The search that shows the conversations in which a measure is true.
FILTERS: dict[str, dict[str, str]] = {
    "verified": {},
    "offered": {"plan": "offered"},
    "agreed": {"plan": "agreed"},
    "person": {"outcome": "person"},
    "not_understood": {"flag": "not_understood"},
    "satisfied": {"satisfaction": "5"},
}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
