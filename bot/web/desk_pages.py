"""The collectors' desk: the queue, one case with its transcript and card, and what can be done with it."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Form, Query, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from bot.desk import handoffs, settling
from bot.desk.cases import ImpossibleTransition
from bot.desk.store import CaseState, CaseTaken
from bot.desk.wording import Finding, WordingDoubtful, WordingStopped
from bot.lending.disputes import Outcome
from bot.web import evidence
from bot.web.desk_views import Opened, Queue, news_of, opened_case, queue_of, visible
from bot.web.signin import NotHere, SignedIn, StaffPages, guard, staff_route
from bot.web.work import StaffWork

T = TypeVar("T")
Text = Annotated[str, Form(max_length=handoffs.LONGEST_ANSWER)]


def router(pages: StaffPages) -> APIRouter:
    routes = APIRouter(route_class=staff_route(pages), include_in_schema=False)
    here = Annotated[SignedIn, Depends(guard(pages))]
    _reading(routes, pages, here)
    _taking(routes, pages, here)
    _settling(routes, pages, here)
    _ending(routes, pages, here)
    return routes


def _reading(routes: APIRouter, pages: StaffPages, here: Any) -> None:
    @routes.get("/desk")
    async def desk(signed: here) -> Response:
        queue = await pages.port.run(lambda work: queue_of(work, signed.staff), reading=True)
        return _page(pages, signed, queue, None)

    @routes.get("/desk/queue")
    async def queue_fragment(signed: here, selected: str = "") -> Response:
        queue = await pages.port.run(lambda work: queue_of(work, signed.staff), reading=True)
        return HTMLResponse(_render(pages, signed, "desk/queue.html", queue=queue, selected=selected))

    @routes.get("/desk/cases/{case_id}")
    async def case(signed: here, case_id: str) -> Response:
        return await _show(pages, signed, case_id)

    @routes.get("/desk/cases/{case_id}/news")
    async def news(signed: here, case_id: str, after: Annotated[int, Query(ge=0, le=2**53)] = 0) -> Response:
        now = pages.clock.now()
        read = await pages.port.run(lambda work: news_of(work, signed.staff, case_id, after, now), reading=True)
        zone = zone_of(pages, read.state.speaker)
        shown: dict[str, Any] = {"after": read.cursor, "state": _state(read.state), "html": "", "card": None}
        shown["delivered"] = read.delivered
        if read.card:
            words = {"lines": read.lines, "names": read.names, "case_id": case_id}
            shown["html"] = _render(pages, signed, "desk/lines.html", zone=zone, **words)
            shown["card"] = _render(pages, signed, "desk/card.html", zone=zone, card=read.card)
        return JSONResponse(shown)

    @routes.get("/desk/cases/{case_id}/files/{file_id}")
    async def file(signed: here, case_id: str, file_id: str) -> Response:
        def read(work: StaffWork) -> evidence.Kept | None:
            _, conversation = visible(work, signed.staff, case_id)
            return evidence.read(work, conversation.id, file_id, signed.staff, pages.clock.now())

        kept = await pages.port.run(read)
        if kept is None:
            raise NotHere(file_id)
        return await evidence.answer(kept)


def _taking(routes: APIRouter, pages: StaffPages, here: Any) -> None:
    @routes.post("/desk/cases/{case_id}/take")
    async def take(signed: here, case_id: str) -> Response:
        return await _act(
            pages, signed, case_id, lambda work, at: handoffs.take(work, case_id, signed.staff, at, pages.notices)
        )

    @routes.post("/desk/cases/{case_id}/answer")
    async def answer(signed: here, case_id: str, text: Text, sure: Annotated[bool, Form()] = False) -> Response:
        draft = {"answer": text}
        return await _act(
            pages,
            signed,
            case_id,
            lambda work, at: handoffs.answer(work, case_id, signed.staff, text, at, sure=sure),
            draft,
        )

    @routes.post("/desk/cases/{case_id}/note")
    async def note(signed: here, case_id: str, text: Text) -> Response:
        draft = {"note": text}
        return await _act(
            pages, signed, case_id, lambda work, at: handoffs.note(work, case_id, signed.staff, text, at), draft
        )


def _settling(routes: APIRouter, pages: StaffPages, here: Any) -> None:
    @routes.post("/desk/cases/{case_id}/holds/{hold_id}/lift")
    async def lift(signed: here, case_id: str, hold_id: str, line: Text) -> Response:
        return await _act(
            pages, signed, case_id, lambda work, at: settling.lift(work, case_id, hold_id, signed.staff, line, at)
        )

    @routes.post("/desk/cases/{case_id}/disputes/{dispute_id}/settle")
    async def settle(
        signed: here, case_id: str, dispute_id: str, outcome: Annotated[Outcome, Form()], line: Text
    ) -> Response:
        return await _act(
            pages,
            signed,
            case_id,
            lambda work, at: settling.settle(work, case_id, dispute_id, outcome, signed.staff, line, at),
        )


def _ending(routes: APIRouter, pages: StaffPages, here: Any) -> None:
    told = (pages.notices, pages.talk)

    @routes.post("/desk/cases/{case_id}/return")
    async def hand_back(signed: here, case_id: str, agreed: Text = "") -> Response:
        return await _act(
            pages,
            signed,
            case_id,
            lambda work, at: handoffs.hand_back(work, case_id, signed.staff, agreed, at, *told),
            {"agreed": agreed},
        )

    @routes.post("/desk/cases/{case_id}/resolve")
    async def resolve(
        signed: here, case_id: str, outcome: Annotated[handoffs.Outcome, Form()], line: Text = ""
    ) -> Response:
        return await _act(
            pages,
            signed,
            case_id,
            lambda work, at: handoffs.resolve(work, case_id, signed.staff, outcome, line, at, *told),
            {"line": line},
        )


async def _act(
    pages: StaffPages,
    signed: SignedIn,
    case_id: str,
    do: Callable[[StaffWork, datetime], T],
    draft: dict[str, str] | None = None,
) -> Response:
    """Do one thing with a case, then show it again; what went wrong is said beside what was typed."""

    def doing(work: StaffWork) -> str:
        _, conversation = visible(work, signed.staff, case_id)
        do(work, pages.clock.now())
        return conversation.id

    try:
        conversation_id = await pages.port.run(doing)
    except WordingDoubtful as doubtful:
        return await _show(pages, signed, case_id, "doubtful", draft, doubtful.findings)
    except WordingStopped as stopped:
        return await _show(pages, signed, case_id, "stopped", draft, stopped.findings)
    except CaseTaken:
        return await _show(pages, signed, case_id, "taken", draft)
    except (handoffs.NotHolding, ImpossibleTransition, settling.NotInForce):
        return await _show(pages, signed, case_id, "not_holding", draft)
    except handoffs.UnfitAnswer:
        return await _show(pages, signed, case_id, "unfit", draft)
    pages.changed(conversation_id)
    return RedirectResponse(f"/desk/cases/{case_id}", 303)


async def _show(
    pages: StaffPages,
    signed: SignedIn,
    case_id: str,
    problem: str | None = None,
    draft: dict[str, str] | None = None,
    findings: tuple[Finding, ...] = (),
) -> Response:
    now = pages.clock.now()

    def read(work: StaffWork) -> tuple[Queue, Opened]:
        opened = opened_case(work, signed.staff, case_id, now)
        work.audit.append("view_case", f"case:{case_id}", signed.staff.id, {}, now)
        return queue_of(work, signed.staff), opened

    queue, opened = await pages.port.run(read)
    return _page(pages, signed, queue, opened, problem=problem, draft=draft or {}, findings=findings)


def _page(pages: StaffPages, signed: SignedIn, queue: Queue, opened: Opened | None, **more: Any) -> HTMLResponse:
    context: dict[str, Any] = {"problem": None, "draft": {}, "findings": (), **more}
    state = opened.card.case if opened else None
    html = _render(
        pages,
        signed,
        "desk/desk.html",
        queue=queue,
        names=queue.names,
        selected=state.id if state else "",
        opened=opened,
        state=_state(state) if state else "",
        zone=zone_of(pages, state.speaker) if state else "UTC",
        outcomes=handoffs.OUTCOMES,
        may_take=state is not None and signed.staff.may(handoffs.TEAMS.get(state.reason, "desk.answer")),
        **context,
    )
    return HTMLResponse(html, 409 if context["problem"] else 200)


def _render(pages: StaffPages, signed: SignedIn, template: str, **context: Any) -> str:
    return pages.renderer.page(
        template,
        signed.staff.locale,
        pages.clock.now(),
        signed=signed.staff,
        csrf=signed.csrf,
        speakers=speaker_names(pages, signed.staff.locale),
        **context,
    )


def speaker_names(pages: StaffPages, locale: str) -> dict[str, str]:
    """Each speaker's name in a language, English where it has none there."""
    return {
        speaker.id: speaker.names.get(locale) or speaker.names.get("en") or speaker.id
        for speaker in pages.policies.speakers()
    }


def zone_of(pages: StaffPages, speaker: str) -> str:
    return pages.policies.for_speaker(speaker).office_hours.time_zone


def _state(state: CaseState) -> str:
    """Changes when the page must be shown anew: somebody took, ended or raised the case."""
    return f"{state.status}:{state.holder or ''}:{state.reason}"
