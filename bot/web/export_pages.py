"""What a search found as a file: streamed ones are written while they are read, and say on the trail how far."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from typing import Annotated
from urllib.parse import parse_qsl

from anyio import CancelScope, to_thread
from fastapi import APIRouter, Form, Response
from fastapi.responses import StreamingResponse

from bot.review import exporting, search, sendings
from bot.review.exporting import Lines
from bot.review.search_store import Cursor
from bot.review.sendings import Export, Meter, State
from bot.web import paper_view
from bot.web.guard import Here, NotHere, SignedIn, staff_router
from bot.web.review_fields import asked_for
from bot.web.review_list import LONGEST_QUERY
from bot.web.review_showing import Reason, attached, review_page, voices
from bot.web.staff_pages import StaffPages
from bot.web.work import StaffWork


def router(pages: StaffPages) -> APIRouter:
    routes = staff_router(pages)

    @routes.get("/review/exports")
    async def exports(signed: Here) -> Response:
        found = await pages.port.run(lambda work: sendings.own(work.audit, signed.staff), reading=True)
        moving = any(one.state == "under_way" for one in found)
        return review_page(pages, signed, "review/exports.html", exports=found, moving=moving)

    @routes.post("/review/export")
    async def export(
        signed: Here,
        reason: Reason,
        query: Annotated[str, Form(max_length=LONGEST_QUERY)] = "",
        form: Annotated[sendings.Form, Form()] = "csv",
        unmasked: Annotated[bool, Form()] = False,
    ) -> Response:
        asked = asked_for(parse_qsl(query))
        now, open_to = pages.clock.now(), unmasked and form != "csv"
        run = await pages.port.run(
            lambda work: sendings.start(work.audit, signed.staff, form, query, reason, unmasked=open_to, at=now)
        )
        if form == "pdf":
            return await _on_paper(pages, signed, run, asked, reason)
        if form == "csv":
            lines = await pages.port.run(exporting.csv_lines, reading=True)
        else:
            lines = exporting.event_lines(masked=not open_to)
        media = "text/csv; charset=utf-8" if form == "csv" else "application/jsonl"
        body = _streamed(pages, signed, run, asked, lines)
        return StreamingResponse(body, media_type=media, headers=attached(f"conversations.{form}"))

    return routes


async def _streamed(
    pages: StaffPages, signed: SignedIn, run: Export, asked: search.Asked, lines: Lines
) -> AsyncIterator[str]:
    """Page after page, each in a transaction of its own: however much there is, little is held."""
    meter = Meter()
    state: State = "broken"
    place: Cursor | None = None
    try:
        yield exporting.first(run.form)
        while True:
            page, found = await _page(pages, signed, asked, place, lines)
            yield "".join(found)
            if meter.add(len(page.rows), len(found)):
                await _note(pages, signed, run, meter, "under_way")
            if page.next is None:
                state = "finished"
                return
            place = page.next
    finally:
        with CancelScope(shield=True):  # also when whoever reads has gone away
            await _note(pages, signed, run, meter, state)


async def _page(
    pages: StaffPages, signed: SignedIn, asked: search.Asked, after: Cursor | None, lines: Lines
) -> tuple[search.Page, Sequence[str]]:
    return await pages.port.run(
        lambda work: exporting.page(work, asked, signed.staff, voices(pages), after, lines), reading=True
    )


async def _note(pages: StaffPages, signed: SignedIn, run: Export, meter: Meter, state: State, **more: str) -> None:
    now = pages.clock.now()
    await pages.port.run(lambda work: sendings.note(work.audit, run, signed.staff, meter, state, now, **more))


async def _on_paper(pages: StaffPages, signed: SignedIn, run: Export, asked: search.Asked, reason: str) -> Response:
    def find(work: StaffWork) -> tuple[paper_view.Sheets, bool]:
        ids, more = exporting.for_paper(work, asked, signed.staff, voices(pages))
        return paper_view.read(work, ids), more

    sheets, more = await pages.port.run(find, reading=True)
    if not sheets.told:
        raise NotHere("nothing was found")
    wanted = paper_view.Asked(signed.staff, reason, run.unmasked, pages.clock.now(), more)
    content = await to_thread.run_sync(paper_view.made, pages, sheets, wanted)
    meter = Meter()
    meter.add(len(sheets.told), sum(len(told.events) for told in sheets.told))
    await _note(pages, signed, run, meter, "finished", sha256=hashlib.sha256(content).hexdigest())
    return Response(content, media_type="application/pdf", headers=attached("conversations.pdf"))
