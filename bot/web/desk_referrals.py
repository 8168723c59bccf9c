"""Referrals: opened and closed from a case, and all of them as a table."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Response

from bot.desk import referrals
from bot.lending.policy_acting import ReferralKind
from bot.web.acting_pane import acted
from bot.web.desk_case import Line, OnCase
from bot.web.guard import Here, staff_router
from bot.web.staff_pages import StaffPages
from bot.web.work import StaffWork

REFERRALS = "/desk/cases/{case_id}/referrals"


def router(pages: StaffPages) -> APIRouter:
    routes = staff_router(pages)
    _referring(routes, pages)
    _exporting(routes, pages)
    return routes


def _referring(routes: APIRouter, pages: StaffPages) -> None:
    @routes.post(REFERRALS)
    async def refer(case: OnCase, kind: Annotated[ReferralKind, Form()], account_id: Line, line: Line) -> Response:
        return await acted(
            case,
            lambda work, at: referrals.open_referral(
                work, pages.policies, case.id, account_id, kind, case.staff, line, at
            ),
        )

    @routes.post(f"{REFERRALS}/{{referral_id}}/close")
    async def close(
        case: OnCase, referral_id: str, status: Annotated[Literal["done", "cancelled"], Form()], line: Line
    ) -> Response:
        return await acted(
            case,
            lambda work, at: referrals.close_referral(work, case.id, referral_id, status, case.staff, line, at),
        )


def _exporting(routes: APIRouter, pages: StaffPages) -> None:
    @routes.get("/desk/referrals.csv")
    async def export(signed: Here) -> Response:
        def read(work: StaffWork) -> str:
            shown = referrals.visible_referrals(work, signed.staff)
            detail = {"count": len(shown)}
            work.audit.append("export_referrals", "referrals", signed.staff.id, detail, pages.clock.now())
            return referrals.as_csv(work, shown)

        text = await pages.port.run(read)
        headers = {"Content-Disposition": 'attachment; filename="referrals.csv"'}
        return Response("\ufeff" + text, media_type="text/csv; charset=utf-8", headers=headers)
