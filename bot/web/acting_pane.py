"""The pane of a case from which a collector acts: shown again after each act, with what the rules refused."""

from collections.abc import Mapping
from typing import Any

from fastapi import Response
from fastapi.responses import HTMLResponse, JSONResponse

from bot.desk.card import card
from bot.desk.offers import ApprovalNeeded, NotVerified, OfferMoved, theirs
from bot.desk.recording import CannotRecord
from bot.desk.referrals import ReferralRefused
from bot.errors import BotError
from bot.lending.staff_offers import OfferRefused
from bot.web.desk_case import CaseRequest, Deed
from bot.web.desk_showing import case_context
from bot.web.staff_showing import render
from bot.web.work import StaffWork

# What the rules refuse, and by which word templates/desk/acting_labels.html speaks of it.
REFUSED: tuple[type[BotError], ...] = (
    OfferRefused, NotVerified, ApprovalNeeded, OfferMoved, CannotRecord, ReferralRefused,
)  # fmt: skip
_WORDS: Mapping[type[BotError], str] = {
    NotVerified: "not_verified",
    ApprovalNeeded: "approval_needed",
    OfferMoved: "moved",
}


async def acted(case: CaseRequest, do: Deed, **typed: Any) -> Response:
    """Do it and show the case; what the rules refuse is said in the pane, beside what was typed."""
    try:
        return await case.act(do)
    except REFUSED as error:
        return await pane(case, word(error), **typed)


def word(error: BotError) -> str:
    """By which word the templates speak of what was refused."""
    return _WORDS.get(type(error)) or str(getattr(error, "reason", ""))


async def pane(case: CaseRequest, trouble: str = "", **typed: Any) -> Response:
    """The acting pane alone: a fragment for the page's script, a page of its own without."""
    pages, signed = case.pages, case.signed

    def read(work: StaffWork) -> dict[str, Any]:
        state, conversation = case.seen(work)
        shown = card(work, state, conversation, case.staff, pages.clock.now())
        return case_context(pages, signed, state, work.staff.names(), card=shown, trouble=trouble, **typed)

    context = await pages.port.run(read, reading=True)
    status = 409 if trouble else 200
    if not signed.fetching:
        return HTMLResponse(render(pages, signed, "desk/acting_page.html", **context), status)
    html = render(pages, signed, "desk/acting.html", **context)
    return JSONResponse({"fragments": {"acting": html}, "problem": trouble or None}, status)


def currency(work: StaffWork, case: CaseRequest, account_id: str) -> str:
    """In which an amount typed for one of the borrower's accounts is meant."""
    _, conversation = case.seen(work)
    return theirs(work, conversation, account_id)[1].currency
