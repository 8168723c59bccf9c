"""Who works on what: the next case, passing one on, reassigning it, being away and back."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Form, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from bot.desk import colleagues, transfers
from bot.desk.colleagues import AtCapacity, Candidate
from bot.desk.store import CaseState
from bot.desk.transfers import Passing, Switchboard, TransferReason
from bot.web.desk_case import Line, OnCase
from bot.web.guard import Here, SignedIn, staff_router
from bot.web.staff_pages import StaffPages
from bot.web.staff_showing import render, swapped
from bot.web.work import StaffWork

# A team ("team:legal") or a colleague ("staff:" and their id).
Where = Annotated[str, Form(pattern=r"^(team|staff):[A-Za-z0-9_]{1,64}$")]
Why = Annotated[TransferReason, Form()]
PRESENCE = {"presence": "desk/presence.html"}


def router(pages: StaffPages) -> APIRouter:
    routes = staff_router(pages)
    board = Switchboard(pages.policies, pages.notices, pages.talk)
    _next(routes, pages)
    _passing_on(routes, pages, board)
    _presence(routes, pages)
    return routes


def _next(routes: APIRouter, pages: StaffPages) -> None:
    @routes.post("/desk/next")
    async def next_case(signed: Here) -> Response:
        def take(work: StaffWork) -> CaseState | None:
            return transfers.next_case(work, signed.staff, pages.clock.now(), pages.notices)

        try:
            state = await pages.port.run(take)
        except AtCapacity as full:
            return swapped(pages, signed, "/desk", PRESENCE, told="full", held=full.held)
        if state is None:
            return swapped(pages, signed, "/desk", PRESENCE, told="nothing")
        pages.changed(state.conversation_id)
        if signed.fetching:
            return JSONResponse({"open": state.id, "fragments": {"presence": _presence_of(pages, signed)}})
        return RedirectResponse(f"/desk/cases/{state.id}", 303)


def _passing_on(routes: APIRouter, pages: StaffPages, board: Switchboard) -> None:
    @routes.get("/desk/cases/{case_id}/transfer")
    async def form(case: OnCase) -> Response:
        def read(work: StaffWork) -> tuple[CaseState, list[Candidate]]:
            state, _ = case.seen(work)
            return state, colleagues.candidates(work, state, pages.clock.now())

        context = _form_context(pages, case.signed, *await pages.port.run(read, reading=True))
        if case.signed.fetching:
            html = render(pages, case.signed, "desk/transfer_form.html", **context)
            return JSONResponse({"fragments": {"transfer-form": html}})
        return HTMLResponse(render(pages, case.signed, "desk/transfer_page.html", **context))

    @routes.post("/desk/cases/{case_id}/transfer")
    async def transfer(case: OnCase, to: Where, reason: Why, line: Line = "") -> Response:
        passing = _passing(to, reason, line)
        return await case.act(lambda work, at: transfers.transfer(work, board, case.id, case.staff, passing, at))


def _presence(routes: APIRouter, pages: StaffPages) -> None:
    @routes.post("/desk/presence")
    async def presence(signed: Here, away: Annotated[bool, Form()]) -> Response:
        def say(work: StaffWork) -> None:
            work.staff.set_away(signed.staff.id, away=away)
            action = "went_away" if away else "came_back"
            work.audit.append(action, f"staff:{signed.staff.id}", signed.staff.id, {}, pages.clock.now())

        await pages.port.run(say)
        return swapped(pages, replace(signed, staff=replace(signed.staff, away=away)), "/desk", PRESENCE)


def _presence_of(pages: StaffPages, signed: SignedIn) -> str:
    return render(pages, signed, PRESENCE["presence"])


def _form_context(pages: StaffPages, signed: SignedIn, state: CaseState, able: list[Candidate]) -> dict[str, Any]:
    return {
        "case": state,
        "mine": state.holder == signed.staff.id,
        "able": able,
        "teams": list(pages.policies.for_speaker(state.speaker).desk.teams),
        "reasons": transfers.TRANSFER_REASONS,
    }


def _passing(to: str, reason: TransferReason, line: str) -> Passing:
    kind, _, name = to.partition(":")
    if kind == "team":
        return Passing(reason, team=name, line=line)
    return Passing(reason, colleague=name, line=line)
