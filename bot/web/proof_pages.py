"""Proof over all conversations: what was signed when, what to deposit elsewhere, a day or everything verified."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from bot.access import NotAllowed, Staff
from bot.record.checkpoint import Checkpoint
from bot.record.deposit import deposit
from bot.review import proof_runs
from bot.web.guard import Here, NotHere, staff_router
from bot.web.review_showing import review_page
from bot.web.staff_pages import StaffPages
from bot.web.staff_showing import logins_of
from bot.web.work import StaffWork

SHOWN = 20


def router(pages: StaffPages) -> APIRouter:
    routes = staff_router(pages)
    _runs(routes, pages)
    _deposits(routes, pages)
    return routes


def _runs(routes: APIRouter, pages: StaffPages) -> None:
    @routes.get("/review/proof")
    async def proof(signed: Here) -> Response:
        _whole(signed.staff)

        def read(work: StaffWork) -> dict[str, Any]:
            runs = work.proofs.newest(SHOWN)
            return {"signatures": work.checkpoints.recent(SHOWN), "runs": runs, "names": logins_of(work)}

        context = await pages.port.run(read, reading=True)
        return review_page(pages, signed, "review/proof.html", **context)

    @routes.post("/review/proof/runs")
    async def start(signed: Here, day: Annotated[str, Form(max_length=10)] = "") -> Response:
        _whole(signed.staff)
        since = _began(day) if day else None
        until = since + timedelta(days=1) if since else None

        def begin(work: StaffWork) -> None:
            run = proof_runs.start(work, signed.staff.id, pages.clock.now(), since, until)
            work.audit.append("verify", f"proof:{run.id}", signed.staff.id, {"day": day}, pages.clock.now())

        await pages.port.run(begin)
        return RedirectResponse("/review/proof", 303)


def _deposits(routes: APIRouter, pages: StaffPages) -> None:
    @routes.get("/review/proof/deposits/{number}")
    async def kept(signed: Here, number: int) -> Response:
        _whole(signed.staff)

        def read(work: StaffWork) -> Checkpoint | None:
            subject = f"checkpoint:{number}"
            work.audit.append("deposit", subject, signed.staff.id, {}, pages.clock.now())
            return work.checkpoints.numbered(number)

        found = await pages.port.run(read)
        if found is None:
            raise NotHere(str(number))
        headers = {"Content-Disposition": f'attachment; filename="checkpoint-{number}.json"'}
        return Response(deposit(found), media_type="application/json", headers=headers)


def _whole(staff: Staff) -> None:
    """Chains are proved over the whole installation, so only for who may see all of it."""
    if staff.speakers is not None or staff.creditors is not None:
        raise NotAllowed(staff, "verify what belongs to others")


def _began(day: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(day), time(), UTC)
    except ValueError:
        raise NotHere(day) from None
