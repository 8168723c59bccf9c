"""What a collector records for a borrower: a hold, a promise to pay, when to write, a dispute; and who it is."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, cast

from fastapi import APIRouter, Form, Response

from bot.desk import recording
from bot.desk.identity_request import ask_identity
from bot.desk.recording import Book
from bot.lending.disputes import DisputeKind
from bot.lending.holds import HoldReason
from bot.lending.policy_rules import WEEKDAYS, Hours, Weekday
from bot.web.acting_pane import acted, currency, pane
from bot.web.acting_views import PreferenceForm, exact
from bot.web.desk_case import Line, OnCase, Sure
from bot.web.guard import staff_router
from bot.web.staff_pages import StaffPages
from bot.web.work import StaffWork

CASE = "/desk/cases/{case_id}"
LONGEST_DISPUTE = 4000  # characters


def router(pages: StaffPages) -> APIRouter:
    routes = staff_router(pages)
    book = Book(pages.policies, pages.notices)
    _holds_and_disputes(routes, book)
    _promises(routes, book)
    _preferences(routes, book)
    _identity(routes, pages)
    return routes


def _identity(routes: APIRouter, pages: StaffPages) -> None:
    @routes.post(f"{CASE}/identity")
    async def identity(case: OnCase) -> Response:
        """Ask whoever writes to prove who they are; the bot asks and checks."""
        words = pages.identity_words
        return await acted(
            case, lambda work, at: ask_identity(work, pages.policies, words, case.id, case.staff, at)
        )


def _holds_and_disputes(routes: APIRouter, book: Book) -> None:
    @routes.post(f"{CASE}/hold")
    async def hold(
        case: OnCase, reason: Annotated[HoldReason, Form()], line: Line, account_id: Line = ""
    ) -> Response:
        which = account_id or None
        return await acted(
            case,
            lambda work, at: recording.place_hold(work, book, case.id, case.staff, reason, which, line, at),
        )

    @routes.post(f"{CASE}/dispute")
    async def dispute(
        case: OnCase,
        kind: Annotated[DisputeKind, Form()],
        words: Annotated[str, Form(max_length=LONGEST_DISPUTE)],
        account_id: Line = "",
    ) -> Response:
        which = account_id or None
        return await acted(
            case, lambda work, at: recording.dispute(work, book, case.id, case.staff, kind, which, words, at)
        )


def _promises(routes: APIRouter, book: Book) -> None:
    @routes.post(f"{CASE}/promise")
    async def promise(
        case: OnCase,
        account_id: Line,
        amount: Annotated[Decimal, Form(gt=0, lt=Decimal("1e12"))],
        due: Annotated[date, Form()],
        line: Line,
        sure: Sure = False,
    ) -> Response:
        def do(work: StaffWork, at: datetime) -> object:
            money = exact(amount, currency(work, case, account_id))
            return recording.promise(work, book, case.id, case.staff, account_id, money, due, line, at, sure=sure)

        typed = {"account_id": account_id, "amount": str(amount), "due": due.isoformat(), "line": line}
        return await acted(case, do, promised=typed)


def _preferences(routes: APIRouter, book: Book) -> None:
    @routes.post(f"{CASE}/preference")
    async def prefer(case: OnCase, form: Annotated[PreferenceForm, Form()]) -> Response:
        if not form.in_order:
            return await pane(case, "no_hours")
        hours = Hours(opens=form.opens, closes=form.closes) if form.opens and form.closes else None
        days = cast("tuple[Weekday, ...]", tuple(day for day in WEEKDAYS if day in form.days))
        return await acted(
            case,
            lambda work, at: recording.prefer(work, book, case.id, case.staff, hours, days, form.line, at),
        )
