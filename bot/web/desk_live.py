"""What an open desk asks for by itself: its stream, the queue, news of a case, earlier lines, signs of typing."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Response
from fastapi.responses import JSONResponse, StreamingResponse

from bot.desk.handoffs import NotHolding
from bot.desk.queue_store import QueueFilter
from bot.web.desk_case import OnCase
from bot.web.desk_queue import fragments as pane_fragments
from bot.web.desk_queue import version_of
from bot.web.desk_showing import PARTS, case_context, fragments
from bot.web.desk_stream import HEARTBEAT, QueueWatch, Seen, Streams, events
from bot.web.desk_views import earlier_lines, news_of, shown_state, visible
from bot.web.guard import Here, SignedIn, staff_router
from bot.web.staff_pages import StaffPages
from bot.web.staff_showing import render
from bot.web.work import StaffWork

Seq = Annotated[int, Query(ge=0, le=2**53)]
Word = Annotated[str, Query(max_length=60)]
_CARD = {"card": PARTS["card"], "made": "desk/made.html"}  # what is being typed beside it stays


class QueueAsked:
    """What of the queue an address asks for: `show` is mine, waiting or everything; `pages` how much of it."""

    def __init__(
        self,
        show: Word = "",
        team: Word = "",
        language: Word = "",
        reason: Word = "",
        creditor: Word = "",
        pages: Annotated[int, Query(ge=1, le=10)] = 1,
    ) -> None:
        self.pages = pages
        self.filter = QueueFilter(
            team=team or None,
            language=language or None,
            reason=reason or None,
            creditor=creditor or None,
            mine=show == "mine",
            unassigned=show == "waiting",
        )


Asked = Annotated[QueueAsked, Depends(QueueAsked)]


def router(pages: StaffPages) -> APIRouter:
    routes = staff_router(pages)
    _stream(routes, Streams(pages, QueueWatch(pages)))
    _queue(routes, pages)
    _case(routes, pages)
    return routes


def _stream(routes: APIRouter, streams: Streams) -> None:
    @routes.get("/desk/stream")
    async def stream(
        signed: Here,
        case: Annotated[str, Query(max_length=40)] = "",
        cursor: Annotated[str, Query(max_length=80)] = "",
        last_event_id: Annotated[str, Header(max_length=80)] = "",
    ) -> Response:
        """Events from a cursor on, which is the `id` of the newest event that the page has got."""
        if streams.full(signed):
            return Response(status_code=429, headers={"Retry-After": str(int(HEARTBEAT))})
        conversation_id = await streams.pages.port.run(lambda work: _conversation(work, signed, case), reading=True)
        told = events(streams, signed, conversation_id, Seen.of(last_event_id or cursor))
        return StreamingResponse(told, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


def _conversation(work: StaffWork, signed: SignedIn, case_id: str) -> str | None:
    return visible(work, signed.staff, case_id)[1].id if case_id else None


def _queue(routes: APIRouter, pages: StaffPages) -> None:
    @routes.get("/desk/queue")
    async def queue(signed: Here, asked: Asked, shown: Annotated[str, Query(max_length=40)] = "") -> Response:
        """The pane's parts, unless the version `shown` is still the one."""
        now = pages.clock.now()
        found = await pages.port.run(
            lambda work: pages.panes.of(work, signed.staff, asked.filter, now, asked.pages), reading=True
        )
        version = version_of(signed, found)
        told: dict[str, Any] = {"version": version, "waiting": found.counts.unassigned, "now": now.isoformat()}
        told["fragments"] = {} if version == shown else pane_fragments(pages, signed, found)
        return JSONResponse(told)


def _case(routes: APIRouter, pages: StaffPages) -> None:
    @routes.get("/desk/cases/{case_id}/news")
    async def news(case: OnCase, after: Seq = 0, state: Annotated[str, Query(max_length=200)] = "") -> Response:
        """What is new after an event; `state` is the one shown, and another one changes every part."""
        now = pages.clock.now()
        read = await pages.port.run(
            lambda work: news_of(work, case.staff, case.id, after, now, shown=state), reading=True
        )
        parts = {} if read.card is None else _CARD if shown_state(read.state) == state else PARTS
        return JSONResponse(fragments(pages, case.signed, read, parts))

    @routes.get("/desk/cases/{case_id}/lines")
    async def lines(case: OnCase, before: Seq) -> Response:
        """The part of the transcript before an event."""
        now = pages.clock.now()
        found = await pages.port.run(
            lambda work: earlier_lines(work, case.staff, case.id, before, now), reading=True
        )
        context = case_context(pages, case.signed, found.card.case, found.names, card=found.card)
        html = render(pages, case.signed, "desk/lines.html", **context, lines=found.page.lines)
        return JSONResponse({"lines": html, "earlier": found.page.earlier})

    @routes.post("/desk/cases/{case_id}/typing")
    async def typing(case: OnCase) -> Response:
        """Whoever has the case is writing: the borrower's page shows it for a few seconds."""

        def holding(work: StaffWork) -> str:
            state, conversation = case.seen(work)
            if state.holder != case.staff.id:
                raise NotHolding(case.id)
            return conversation.id

        try:
            conversation_id = await pages.port.run(holding, reading=True)
        except NotHolding:
            return Response(status_code=409)
        pages.wakeups.typing(conversation_id, "staff")
        return Response(status_code=204)
