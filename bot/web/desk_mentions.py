"""Where colleagues named the reader in a note."""

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse, JSONResponse

from bot.desk import colleagues
from bot.desk.mention_store import Mention
from bot.desk.states import CaseState
from bot.web.guard import Here, SignedIn, staff_router
from bot.web.staff_pages import StaffPages
from bot.web.staff_showing import render, zone_of
from bot.web.work import StaffWork


def router(pages: StaffPages) -> APIRouter:
    routes = staff_router(pages)

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

    return routes


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
