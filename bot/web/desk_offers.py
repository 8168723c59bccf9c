"""A collector's offers: looked at before, sent or put to a supervisor, sent once approved, taken back."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Response

from bot.desk import offers
from bot.desk.offers import Lender, Preview
from bot.desk.settling import NotInForce
from bot.web.acting_pane import REFUSED, acted, currency, pane, word
from bot.web.acting_views import OfferForm
from bot.web.desk_case import Line, OnCase
from bot.web.guard import NotHere, staff_router
from bot.web.staff_pages import StaffPages
from bot.web.work import StaffWork

OFFERS = "/desk/cases/{case_id}/offers"
Typed = Annotated[OfferForm, Form()]


def router(pages: StaffPages) -> APIRouter:
    routes = staff_router(pages)
    lender = Lender(pages.policies, pages.offer_words)
    _offering(routes, pages, lender)
    _offered(routes, lender)
    return routes


def _offering(routes: APIRouter, pages: StaffPages, lender: Lender) -> None:
    @routes.post(f"{OFFERS}/preview")
    async def preview(case: OnCase, form: Typed) -> Response:
        def read(work: StaffWork) -> Preview:
            state, _ = case.seen(work)
            wanted = form.wanted(currency(work, case, form.account_id))
            return offers.preview(work, lender, state, case.staff, wanted, pages.clock.now())

        try:
            found = await pages.port.run(read, reading=True)
        except REFUSED as error:
            return await pane(case, word(error), offer=form)
        except NotInForce:
            raise NotHere(form.account_id) from None
        return await pane(case, offer=form, preview=found)

    @routes.post(OFFERS)
    async def send(case: OnCase, form: Typed) -> Response:
        def do(work: StaffWork, at: datetime) -> object:
            wanted = form.wanted(currency(work, case, form.account_id))
            return offers.send(work, lender, case.id, case.staff, wanted, at, form.line)

        return await acted(case, do, offer=form)


def _offered(routes: APIRouter, lender: Lender) -> None:
    @routes.post(f"{OFFERS}/{{offer_id}}/send")
    async def send_approved(case: OnCase, offer_id: str) -> Response:
        return await acted(
            case, lambda work, at: offers.send_approved(work, lender, case.id, offer_id, case.staff, at)
        )

    @routes.post(f"{OFFERS}/{{offer_id}}/withdraw")
    async def take_back(case: OnCase, offer_id: str, line: Line) -> Response:
        return await acted(case, lambda work, at: offers.take_back(work, case.id, offer_id, case.staff, line, at))
