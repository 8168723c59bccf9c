"""What helps a collector to write: the check while typing, canned replies, files, mentions."""

from datetime import datetime
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, File, Query, Response, UploadFile
from fastapi.responses import HTMLResponse, JSONResponse

from bot.desk import attachments, canned, colleagues, wording
from bot.desk.canned_facts import Facts, facts_of
from bot.desk.mention_store import Mention
from bot.desk.states import CaseState
from bot.desk.wording_ground import ground
from bot.files.checks import LARGEST, FileRefused
from bot.web.desk_case import OnCase, Sure, Text
from bot.web.desk_views import visible
from bot.web.guard import Here, NotHere, SignedIn, staff_router
from bot.web.staff_pages import StaffPages
from bot.web.staff_showing import render, speaker_names, zone_of
from bot.web.work import StaffWork

AccountId = Annotated[str, Query(max_length=100)]


def router(pages: StaffPages) -> APIRouter:
    routes = staff_router(pages)
    _writing(routes, pages)
    _replies(routes, pages)
    _all_replies(routes, pages)
    _mentions(routes, pages)
    return routes


def _writing(routes: APIRouter, pages: StaffPages) -> None:
    @routes.post("/desk/cases/{case_id}/check")
    async def check(case: OnCase, text: Text = "") -> Response:
        """What the wording check finds in a draft, of which nothing is kept."""

        def read(work: StaffWork) -> tuple[CaseState, list[wording.Finding]]:
            state, conversation = visible(work, case.staff, case.id)
            return state, wording.check(text, ground(work, pages.policies, state, conversation, pages.clock.now()))

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


def _replies(routes: APIRouter, pages: StaffPages) -> None:
    def facts(
        work: StaffWork, signed: SignedIn, case_id: str, account: str
    ) -> tuple[dict[str, canned.Reply], Facts]:
        state, conversation = visible(work, signed.staff, case_id)
        now = pages.clock.now()
        words = pages.renderer.words
        found = facts_of(work, pages.policies, words, conversation, state, signed.staff, now, account)
        return pages.replies.of(state.speaker, found.borrower.creditor if found.borrower else None), found

    @routes.get("/desk/cases/{case_id}/replies")
    async def replies(signed: Here, case_id: str, account: AccountId = "") -> Response:
        """Every reply as it would read now, or why it can't be used."""

        def read(work: StaffWork) -> list[dict[str, Any]]:
            known, found = facts(work, signed, case_id, account)
            return [_offered(pages, signed, reply, found) for reply in known.values()]

        return JSONResponse({"replies": await pages.port.run(read, reading=True)})

    @routes.get("/desk/cases/{case_id}/replies/{reply_id}")
    async def reply(signed: Here, case_id: str, reply_id: str, account: AccountId = "") -> Response:
        """One reply with the values of this moment."""

        def read(work: StaffWork) -> dict[str, Any]:
            known, found = facts(work, signed, case_id, account)
            if reply_id not in known:
                raise NotHere(reply_id)
            return _offered(pages, signed, known[reply_id], found)

        filled = await pages.port.run(read, reading=True)
        return JSONResponse(filled, 409 if filled["why"] else 200)


def _offered(pages: StaffPages, signed: SignedIn, reply: canned.Reply, facts: Facts) -> dict[str, Any]:
    title = reply.title.get(signed.staff.locale) or next(iter(reply.title.values()))
    try:
        return {"id": reply.id, "title": title, "text": canned.fill(reply, facts), "lang": facts.locale, "why": ""}
    except canned.NotForThis as unfit:
        why = render(pages, signed, "desk/reply_why.html", why=unfit.why).strip()
        return {"id": reply.id, "title": title, "text": "", "lang": "", "why": why}


def _all_replies(routes: APIRouter, pages: StaffPages) -> None:
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


def _mentions(routes: APIRouter, pages: StaffPages) -> None:
    @routes.get("/desk/mentions")
    async def mentions(signed: Here) -> Response:
        def read(work: StaffWork) -> tuple[list[tuple[Mention, CaseState, str]], dict[str, str]]:
            return _seen(work, signed), work.staff.names()

        shown, names = await pages.port.run(read, reading=True)
        return HTMLResponse(
            render(
                pages,
                signed,
                "desk/mentions.html",
                mentions=shown,
                names=names,
                zone_of=lambda speaker: zone_of(pages, speaker),
            )
        )

    @routes.get("/desk/mentions/count")
    async def count(signed: Here) -> Response:
        unread = await pages.port.run(lambda work: work.mentions.unread(signed.staff.id), reading=True)
        return JSONResponse({"unread": unread})


def _seen(work: StaffWork, signed: SignedIn) -> list[tuple[Mention, CaseState, str]]:
    """Where the reader was named, with the note, as far as the case is still theirs to see."""
    found = []
    for mention in work.mentions.newest(signed.staff.id):
        state = work.desk.case(mention.case_id)
        if state is None or not colleagues.sees(signed.staff, state):
            continue
        note = next((event for event in work.desk.events(state.id) if event.number == mention.number), None)
        found.append((mention, state, str(note.body.get("text", "")) if note else ""))
    return found
