"""What a search found as a file, written while it is read."""

from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Form, Response
from fastapi.responses import StreamingResponse

from bot.review import csv_export, search
from bot.review.search_store import Cursor
from bot.web.guard import Here, SignedIn, staff_router
from bot.web.review_list import LONGEST_QUERY
from bot.web.staff_pages import StaffPages
from bot.web.staff_showing import logins_of, zone_of
from bot.web.work import StaffWork

Reason = Annotated[str, Form(min_length=8, max_length=500)]


def router(pages: StaffPages) -> APIRouter:
    routes = staff_router(pages)

    @routes.post("/review/export")
    async def export(
        signed: Here, reason: Reason, query: Annotated[str, Form(max_length=LONGEST_QUERY)] = ""
    ) -> Response:
        asked = search.asked(parse_qsl(query))
        detail = {"reason": reason, "query": query}

        def begin(work: StaffWork) -> dict[str, str]:
            work.audit.append("export", "", signed.staff.id, detail, pages.clock.now())
            return logins_of(work)

        logins = await pages.port.run(begin)
        rows = _rows(pages, signed, asked, logins)
        headers = {"Content-Disposition": 'attachment; filename="conversations.csv"'}
        return StreamingResponse(rows, media_type="text/csv; charset=utf-8", headers=headers)

    return routes


async def _rows(
    pages: StaffPages, signed: SignedIn, asked: search.Asked, logins: dict[str, str]
) -> AsyncIterator[str]:
    """Page after page, each in a transaction of its own: however much there is, little is held."""
    voices = {one.id: search.Voice(one.creditors, zone_of(pages, one.id)) for one in pages.policies.speakers()}
    yield "\ufeff" + csv_export.header()  # the mark makes spreadsheets read it as UTF-8
    place: Cursor | None = None
    while True:

        def find(work: StaffWork, after: Cursor | None = place) -> search.Page:
            return search.search(work, asked, signed.staff, voices, after)

        page = await pages.port.run(find, reading=True)
        yield csv_export.lines(page.rows, logins)
        if page.next is None:
            return
        place = page.next
