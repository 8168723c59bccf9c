"""What a collector does from the desk besides talking: offers, records, referrals; a supervisor's approvals."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, Form, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from bot.desk import approvals, offers, recording, referrals
from bot.desk.card import card
from bot.desk.offers import ApprovalNeeded, Lender, NotVerified, OfferMoved, Preview
from bot.desk.recording import Book, CannotRecord
from bot.desk.referrals import ReferralRefused
from bot.desk.settling import NotInForce
from bot.desk.store import CaseState
from bot.errors import BotError
from bot.lending.disputes import DisputeKind
from bot.lending.holds import HoldReason
from bot.lending.policy_acting import ReferralKind
from bot.lending.policy_rules import WEEKDAYS, Hours, Weekday
from bot.lending.staff_offers import OfferRefused
from bot.web.acting_views import OfferForm, PreferenceForm, exact
from bot.web.desk_showing import act, case_context, render
from bot.web.desk_views import names_of, visible
from bot.web.guard import Here, NotHere, SignedIn, staff_router
from bot.web.staff_pages import StaffPages
from bot.web.work import StaffWork

Line = Annotated[str, Form(max_length=500)]
# What the rules refuse, and by which word templates/desk/acting_labels.html speaks of it.
REFUSED: tuple[type[BotError], ...] = (
    OfferRefused, NotVerified, ApprovalNeeded, OfferMoved, CannotRecord, ReferralRefused,
)  # fmt: skip
_WORDS: Mapping[type[BotError], str] = {
    NotVerified: "not_verified",
    ApprovalNeeded: "approval_needed",
    OfferMoved: "moved",
}


def router(pages: StaffPages) -> APIRouter:
    routes = staff_router(pages)
    _offering(routes, pages)
    _recording(routes, pages)
    _referring(routes, pages)
    _approving(routes, pages)
    return routes


def _offering(routes: APIRouter, pages: StaffPages) -> None:
    lender = Lender(pages.policies, pages.offer_words)

    @routes.post("/desk/cases/{case_id}/offers/preview")
    async def look(signed: Here, case_id: str, form: Annotated[OfferForm, Form()]) -> Response:
        def read(work: StaffWork) -> Preview:
            state, _ = visible(work, signed.staff, case_id)
            wanted = form.wanted(_currency(work, state, form.account_id))
            return offers.preview(work, lender, state, signed.staff, wanted, pages.clock.now())

        try:
            found = await pages.port.run(read, reading=True)
        except REFUSED as error:
            return await _pane(pages, signed, case_id, trouble=_word(error), offer=form)
        except NotInForce:
            raise NotHere(form.account_id) from None
        return await _pane(pages, signed, case_id, offer=form, preview=found)

    @routes.post("/desk/cases/{case_id}/offers")
    async def send(signed: Here, case_id: str, form: Annotated[OfferForm, Form()]) -> Response:
        def do(work: StaffWork, at: datetime) -> object:
            state, _ = visible(work, signed.staff, case_id)
            wanted = form.wanted(_currency(work, state, form.account_id))
            return offers.send(work, lender, case_id, signed.staff, wanted, at, form.line)

        return await _acted(pages, signed, case_id, do, offer=form)

    @routes.post("/desk/cases/{case_id}/offers/{offer_id}/send")
    async def send_approved(signed: Here, case_id: str, offer_id: str) -> Response:
        return await _acted(
            pages,
            signed,
            case_id,
            lambda work, at: offers.send_approved(work, lender, case_id, offer_id, signed.staff, at),
        )

    @routes.post("/desk/cases/{case_id}/offers/{offer_id}/withdraw")
    async def take_back(signed: Here, case_id: str, offer_id: str, line: Line) -> Response:
        return await _acted(
            pages,
            signed,
            case_id,
            lambda work, at: offers.take_back(work, case_id, offer_id, signed.staff, line, at),
        )


def _recording(routes: APIRouter, pages: StaffPages) -> None:
    book = Book(pages.policies, pages.notices)

    @routes.post("/desk/cases/{case_id}/hold")
    async def hold(
        signed: Here, case_id: str, reason: Annotated[HoldReason, Form()], line: Line, account_id: Line = ""
    ) -> Response:
        return await _acted(
            pages,
            signed,
            case_id,
            lambda work, at: recording.place_hold(
                work, book, case_id, signed.staff, reason, account_id or None, line, at
            ),
        )

    @routes.post("/desk/cases/{case_id}/promise")
    async def promise(
        signed: Here,
        case_id: str,
        account_id: Line,
        amount: Annotated[Decimal, Form(gt=0, lt=Decimal("1e12"))],
        due: Annotated[date, Form()],
        line: Line,
        sure: Annotated[bool, Form()] = False,
    ) -> Response:
        def do(work: StaffWork, at: datetime) -> object:
            state, _ = visible(work, signed.staff, case_id)
            money = exact(amount, _currency(work, state, account_id))
            args = (work, book, case_id, signed.staff, account_id, money, due, line, at)
            return recording.promise(*args, sure=sure)

        typed = {"account_id": account_id, "amount": str(amount), "due": due.isoformat(), "line": line}
        return await _acted(pages, signed, case_id, do, promised=typed)

    @routes.post("/desk/cases/{case_id}/preference")
    async def prefer(signed: Here, case_id: str, form: Annotated[PreferenceForm, Form()]) -> Response:
        if not form.in_order:
            return await _pane(pages, signed, case_id, trouble="no_hours")
        hours = Hours(opens=form.opens, closes=form.closes) if form.opens and form.closes else None
        days = cast("tuple[Weekday, ...]", tuple(day for day in WEEKDAYS if day in form.days))
        return await _acted(
            pages,
            signed,
            case_id,
            lambda work, at: recording.prefer(work, book, case_id, signed.staff, hours, days, form.line, at),
        )

    @routes.post("/desk/cases/{case_id}/dispute")
    async def dispute(
        signed: Here,
        case_id: str,
        kind: Annotated[DisputeKind, Form()],
        words: Annotated[str, Form(max_length=4000)],
        account_id: Line = "",
    ) -> Response:
        return await _acted(
            pages,
            signed,
            case_id,
            lambda work, at: recording.dispute(
                work, book, case_id, signed.staff, kind, account_id or None, words, at
            ),
        )


def _referring(routes: APIRouter, pages: StaffPages) -> None:
    @routes.post("/desk/cases/{case_id}/referrals")
    async def refer(
        signed: Here, case_id: str, kind: Annotated[ReferralKind, Form()], account_id: Line, line: Line
    ) -> Response:
        return await _acted(
            pages,
            signed,
            case_id,
            lambda work, at: referrals.open_referral(
                work, pages.policies, case_id, account_id, kind, signed.staff, line, at
            ),
        )

    @routes.post("/desk/cases/{case_id}/referrals/{referral_id}/close")
    async def close(
        signed: Here,
        case_id: str,
        referral_id: str,
        status: Annotated[Literal["done", "cancelled"], Form()],
        line: Line,
    ) -> Response:
        return await _acted(
            pages,
            signed,
            case_id,
            lambda work, at: referrals.close_referral(work, case_id, referral_id, status, signed.staff, line, at),
        )

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


def _approving(routes: APIRouter, pages: StaffPages) -> None:
    @routes.get("/desk/approvals")
    async def waiting(signed: Here) -> Response:
        return await _requests(pages, signed)

    @routes.post("/desk/approvals/{approval_id}")
    async def decide(
        signed: Here, approval_id: str, answer: Annotated[Literal["approve", "decline"], Form()], line: Line
    ) -> Response:
        def do(work: StaffWork) -> str:
            yes = answer == "approve"
            decided = approvals.decide(work, approval_id, signed.staff, line, pages.clock.now(), approve=yes)
            offer = work.acting.offer(decided.offer_id)
            assert offer  # it was just written
            return offer.conversation_id

        try:
            pages.changed(await pages.port.run(do))
        except NotInForce:
            return await _requests(pages, signed, gone=True)
        if signed.fetching:
            return await _requests(pages, signed)
        return RedirectResponse("/desk/approvals", 303)


async def _requests(pages: StaffPages, signed: SignedIn, *, gone: bool = False) -> Response:
    """The open requests: the list alone for a script, a page for anybody else."""
    asked = await pages.port.run(lambda work: approvals.waiting(work, signed.staff), reading=True)
    status = 409 if gone else 200
    if signed.fetching:
        html = render(pages, signed, "desk/approvals.html", asked=asked, gone=gone)
        return JSONResponse({"fragments": {"approvals": html}, "problem": "gone" if gone else None}, status)
    return HTMLResponse(render(pages, signed, "desk/approvals_page.html", asked=asked, gone=gone), status)


def _currency(work: StaffWork, state: CaseState, account_id: str) -> str:
    conversation = work.conversations.get(state.conversation_id)
    assert conversation  # every case has its chat
    return offers.theirs(work, conversation, account_id)[1].currency


async def _acted(
    pages: StaffPages, signed: SignedIn, case_id: str, do: Callable[[StaffWork, datetime], object], **typed: Any
) -> Response:
    """Do it and show the case; what the rules refuse is said in the pane, beside what was typed."""
    try:
        return await act(pages, signed, case_id, do)
    except REFUSED as error:
        return await _pane(pages, signed, case_id, trouble=_word(error), **typed)


def _word(error: BotError) -> str:
    return _WORDS.get(type(error)) or str(getattr(error, "reason", ""))


async def _pane(pages: StaffPages, signed: SignedIn, case_id: str, trouble: str = "", **typed: Any) -> Response:
    """The acting pane alone: a fragment for the page's script, a page of its own without."""

    def read(work: StaffWork) -> dict[str, Any]:
        state, conversation = visible(work, signed.staff, case_id)
        shown = card(work, state, conversation, signed.staff, pages.clock.now())
        return case_context(pages, signed, state, names_of(work), card=shown, trouble=trouble, **typed)

    context = await pages.port.run(read, reading=True)
    status = 409 if trouble else 200
    if not signed.fetching:
        return HTMLResponse(render(pages, signed, "desk/acting_page.html", **context), status)
    html = render(pages, signed, "desk/acting.html", **context)
    return JSONResponse({"fragments": {"acting": html}, "problem": trouble or None}, status)
