"""The collectors' desk: the queue, one case with its transcript and card, and what can be done with it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Response

from bot.desk import handoffs, settling
from bot.lending.disputes import Outcome
from bot.web import evidence
from bot.web.desk_case import OnCase, Sure, Text
from bot.web.desk_live import Asked
from bot.web.desk_showing import page
from bot.web.guard import Here, NotHere, staff_router
from bot.web.private_lines import of_health
from bot.web.staff_pages import StaffPages
from bot.web.work import StaffWork


def router(pages: StaffPages) -> APIRouter:
    routes = staff_router(pages)
    _reading(routes, pages)
    _taking(routes, pages)
    _settling(routes)
    _ending(routes, pages)
    return routes


def _reading(routes: APIRouter, pages: StaffPages) -> None:
    @routes.get("/desk")
    async def desk(signed: Here, asked: Asked) -> Response:
        now = pages.clock.now()
        queue = await pages.port.run(
            lambda work: pages.panes.of(work, signed.staff, asked.filter, now, asked.pages), reading=True
        )
        return page(pages, signed, queue, None)

    @routes.get("/desk/cases/{case_id}")
    async def shown(case: OnCase, asked: Asked) -> Response:
        return await case.show(wanted=asked.filter)

    @routes.get("/desk/cases/{case_id}/files/{file_id}")
    async def file(case: OnCase, file_id: str) -> Response:
        def read(work: StaffWork) -> evidence.Kept | None:
            _, conversation = case.seen(work)
            return evidence.read(work, conversation.id, file_id, case.staff, pages.clock.now())

        kept = await pages.port.run(read)
        if kept is None:
            raise NotHere(file_id)
        return await evidence.answer(kept)


def _taking(routes: APIRouter, pages: StaffPages) -> None:
    @routes.post("/desk/cases/{case_id}/take")
    async def take(case: OnCase) -> Response:
        return await case.act(lambda work, at: handoffs.take(work, case.id, case.staff, at, pages.notices))

    @routes.post("/desk/cases/{case_id}/answer")
    async def answer(case: OnCase, text: Text, sure: Sure = False) -> Response:
        def do(work: StaffWork, at: datetime) -> object:
            ground = case.ground(work, at)
            return handoffs.answer(work, case.id, case.staff, text, at, sure=sure, ground=ground)

        return await case.act(do, {"answer": text})

    @routes.post("/desk/cases/{case_id}/note")
    async def note(case: OnCase, text: Text, sensitive: Annotated[bool, Form()] = False) -> Response:
        apart = sensitive or of_health(text)
        return await case.act(
            lambda work, at: handoffs.note(work, case.id, case.staff, text, at, sensitive=apart), {"note": text}
        )


def _settling(routes: APIRouter) -> None:
    @routes.post("/desk/cases/{case_id}/holds/{hold_id}/lift")
    async def lift(case: OnCase, hold_id: str, line: Text) -> Response:
        return await case.act(lambda work, at: settling.lift(work, case.id, hold_id, case.staff, line, at))

    @routes.post("/desk/cases/{case_id}/disputes/{dispute_id}/settle")
    async def settle(case: OnCase, dispute_id: str, outcome: Annotated[Outcome, Form()], line: Text) -> Response:
        return await case.act(
            lambda work, at: settling.settle(work, case.id, dispute_id, outcome, case.staff, line, at)
        )


def _ending(routes: APIRouter, pages: StaffPages) -> None:
    told = (pages.notices, pages.talk)

    @routes.post("/desk/cases/{case_id}/return")
    async def hand_back(case: OnCase, agreed: Text = "", sure: Sure = False) -> Response:
        def do(work: StaffWork, at: datetime) -> object:
            ground = case.ground(work, at).for_farewell()
            return handoffs.hand_back(work, case.id, case.staff, agreed, at, *told, sure=sure, ground=ground)

        return await case.act(do, {"agreed": agreed})

    @routes.post("/desk/cases/{case_id}/resolve")
    async def resolve(case: OnCase, outcome: Annotated[handoffs.Outcome, Form()], line: Text = "") -> Response:
        return await case.act(
            lambda work, at: handoffs.resolve(work, case.id, case.staff, outcome, line, at, *told),
            {"line": line},
        )
