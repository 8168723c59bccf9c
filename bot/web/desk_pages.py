"""The collectors' desk: the queue, one case with its transcript and card, and what can be done with it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Response

from bot.desk import handoffs, settling
from bot.desk.wording import Ground
from bot.desk.wording_ground import ground_for
from bot.lending.disputes import Outcome
from bot.web import desk_live, evidence
from bot.web.desk_live import Asked
from bot.web.desk_showing import act, page, show
from bot.web.desk_views import queue_of, visible
from bot.web.guard import Here, NotHere, SignedIn, staff_router
from bot.web.staff_pages import StaffPages
from bot.web.work import StaffWork

Text = Annotated[str, Form(max_length=handoffs.LONGEST_ANSWER)]


def router(pages: StaffPages) -> APIRouter:
    routes = staff_router(pages)
    _reading(routes, pages)
    desk_live.add(routes, pages)
    _taking(routes, pages)
    _settling(routes, pages)
    _ending(routes, pages)
    return routes


def _reading(routes: APIRouter, pages: StaffPages) -> None:
    @routes.get("/desk")
    async def desk(signed: Here, asked: Asked) -> Response:
        now = pages.clock.now()
        queue = await pages.port.run(
            lambda work: queue_of(work, signed.staff, asked.filter, now, asked.pages), reading=True
        )
        return page(pages, signed, queue, None)

    @routes.get("/desk/cases/{case_id}")
    async def case(signed: Here, case_id: str, asked: Asked) -> Response:
        return await show(pages, signed, case_id, wanted=asked.filter)

    @routes.get("/desk/cases/{case_id}/files/{file_id}")
    async def file(signed: Here, case_id: str, file_id: str) -> Response:
        def read(work: StaffWork) -> evidence.Kept | None:
            _, conversation = visible(work, signed.staff, case_id)
            return evidence.read(work, conversation.id, file_id, signed.staff, pages.clock.now())

        kept = await pages.port.run(read)
        if kept is None:
            raise NotHere(file_id)
        return await evidence.answer(kept)


def _taking(routes: APIRouter, pages: StaffPages) -> None:
    @routes.post("/desk/cases/{case_id}/take")
    async def take(signed: Here, case_id: str) -> Response:
        return await act(
            pages, signed, case_id, lambda work, at: handoffs.take(work, case_id, signed.staff, at, pages.notices)
        )

    @routes.post("/desk/cases/{case_id}/answer")
    async def answer(signed: Here, case_id: str, text: Text, sure: Annotated[bool, Form()] = False) -> Response:
        draft = {"answer": text}
        return await act(
            pages,
            signed,
            case_id,
            lambda work, at: handoffs.answer(
                work, case_id, signed.staff, text, at, sure=sure, ground=_ground(pages, work, case_id, signed, at)
            ),
            draft,
        )

    @routes.post("/desk/cases/{case_id}/note")
    async def note(signed: Here, case_id: str, text: Text) -> Response:
        draft = {"note": text}
        return await act(
            pages, signed, case_id, lambda work, at: handoffs.note(work, case_id, signed.staff, text, at), draft
        )


def _ground(pages: StaffPages, work: StaffWork, case_id: str, signed: SignedIn, at: datetime) -> Ground:
    return ground_for(work, pages.policies, case_id, signed.staff, at)


def _settling(routes: APIRouter, pages: StaffPages) -> None:
    @routes.post("/desk/cases/{case_id}/holds/{hold_id}/lift")
    async def lift(signed: Here, case_id: str, hold_id: str, line: Text) -> Response:
        return await act(
            pages, signed, case_id, lambda work, at: settling.lift(work, case_id, hold_id, signed.staff, line, at)
        )

    @routes.post("/desk/cases/{case_id}/disputes/{dispute_id}/settle")
    async def settle(
        signed: Here, case_id: str, dispute_id: str, outcome: Annotated[Outcome, Form()], line: Text
    ) -> Response:
        return await act(
            pages,
            signed,
            case_id,
            lambda work, at: settling.settle(work, case_id, dispute_id, outcome, signed.staff, line, at),
        )


def _ending(routes: APIRouter, pages: StaffPages) -> None:
    told = (pages.notices, pages.talk)

    @routes.post("/desk/cases/{case_id}/return")
    async def hand_back(
        signed: Here, case_id: str, agreed: Text = "", sure: Annotated[bool, Form()] = False
    ) -> Response:
        return await act(
            pages,
            signed,
            case_id,
            lambda work, at: handoffs.hand_back(
                work,
                case_id,
                signed.staff,
                agreed,
                at,
                *told,
                sure=sure,
                ground=_ground(pages, work, case_id, signed, at).for_farewell(),
            ),
            {"agreed": agreed},
        )

    @routes.post("/desk/cases/{case_id}/resolve")
    async def resolve(
        signed: Here, case_id: str, outcome: Annotated[handoffs.Outcome, Form()], line: Text = ""
    ) -> Response:
        return await act(
            pages,
            signed,
            case_id,
            lambda work, at: handoffs.resolve(work, case_id, signed.staff, outcome, line, at, *told),
            {"line": line},
        )
