"""Canned replies: those of a case with the values of this moment, and all of them with what is missing."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse, JSONResponse

from bot.desk import canned
from bot.desk.canned_facts import Facts, facts_of
from bot.web.desk_case import CaseRequest, OnCase
from bot.web.guard import Here, NotHere, staff_router
from bot.web.staff_pages import StaffPages
from bot.web.staff_showing import render, speaker_names
from bot.web.work import StaffWork

AccountId = Annotated[str, Query(max_length=100)]


def router(pages: StaffPages) -> APIRouter:
    routes = staff_router(pages)
    _of_a_case(routes, pages)
    _of_all_lenders(routes, pages)
    return routes


def _of_a_case(routes: APIRouter, pages: StaffPages) -> None:
    @routes.get("/desk/cases/{case_id}/replies")
    async def replies(case: OnCase, account: AccountId = "") -> Response:
        """Every reply as it would read now, or why it can't be used."""

        def read(work: StaffWork) -> list[dict[str, Any]]:
            known, found = _known(work, case, account)
            return [_offered(case, reply, found) for reply in known.values()]

        return JSONResponse({"replies": await pages.port.run(read, reading=True)})

    @routes.get("/desk/cases/{case_id}/replies/{reply_id}")
    async def reply(case: OnCase, reply_id: str, account: AccountId = "") -> Response:
        """One reply with the values of this moment."""

        def read(work: StaffWork) -> dict[str, Any]:
            known, found = _known(work, case, account)
            if reply_id not in known:
                raise NotHere(reply_id)
            return _offered(case, known[reply_id], found)

        filled = await pages.port.run(read, reading=True)
        return JSONResponse(filled, 409 if filled["why"] else 200)


def _known(work: StaffWork, case: CaseRequest, account: str) -> tuple[dict[str, canned.Reply], Facts]:
    """The replies that the case's lender has, and the facts that fill them."""
    state, conversation = case.seen(work)
    pages, now = case.pages, case.pages.clock.now()
    words = pages.renderer.words
    found = facts_of(work, pages.policies, words, conversation, state, case.staff, now, account)
    return pages.replies.of(state.speaker, found.borrower.creditor if found.borrower else None), found


def _offered(case: CaseRequest, reply: canned.Reply, facts: Facts) -> dict[str, Any]:
    title = reply.title.get(case.staff.locale) or next(iter(reply.title.values()))
    try:
        return {"id": reply.id, "title": title, "text": canned.fill(reply, facts), "lang": facts.locale, "why": ""}
    except canned.NotForThis as unfit:
        why = render(case.pages, case.signed, "desk/reply_why.html", why=unfit.why).strip()
        return {"id": reply.id, "title": title, "text": "", "lang": "", "why": why}


def _of_all_lenders(routes: APIRouter, pages: StaffPages) -> None:
    @routes.get("/desk/replies")
    async def all_replies(signed: Here) -> Response:
        """The replies of everybody whom this reader works for, and in which languages each is missing."""
        names = speaker_names(pages, signed.staff.locale)
        mine = [speaker for speaker in pages.policies.speakers() if signed.staff.covers(speaker.id)]
        own = {
            names.get(id, id): pages.replies.own[id]
            for speaker in mine
            for id in (speaker.id, *speaker.creditors)
            if id in pages.replies.own
        }
        house = pages.replies.house
        return HTMLResponse(render(pages, signed, "desk/replies.html", house=house, own=own))
