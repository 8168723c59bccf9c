"""What all pages of review show alike, and whose conversations they may show."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Form
from fastapi.responses import HTMLResponse

from bot.access import Staff
from bot.conversations.store import Conversation
from bot.review import search
from bot.review.erasure import Subject
from bot.review.masking import COVER
from bot.web.guard import NotHere, SignedIn
from bot.web.staff_pages import Ruled, StaffPages
from bot.web.staff_showing import creditor_names, render, zone_of
from bot.web.work import StaffWork

LEAST_REASON = 8
Reason = Annotated[str, Form(min_length=LEAST_REASON, max_length=500)]


def review_page(
    pages: StaffPages, signed: SignedIn, template: str, status: int = 200, **context: Any
) -> HTMLResponse:
    names = creditor_names(pages, signed.staff.locale)
    return HTMLResponse(render(pages, signed, template, creditor_names=names, **context), status)


def voices(pages: Ruled) -> Mapping[str, search.Voice]:
    """Every speaker with the creditors and the time zone that search needs to know."""
    return {one.id: search.Voice(one.creditors, zone_of(pages, one.id)) for one in pages.policies.speakers()}


def visible(work: StaffWork, staff: Staff, conversation_id: str) -> Conversation:
    """The conversation, if there is one and it is this reader's; NotHere, NotAllowed."""
    conversation = work.conversations.get(conversation_id)
    if conversation is None:
        raise NotHere(conversation_id)
    search.require_visible(work, conversation.speaker, conversation.borrower_id, staff)
    return conversation


def attached(name: str) -> dict[str, str]:
    """Headers of a file that is to be saved."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def whose(work: StaffWork, subject: Subject) -> str:
    """A conversation by the beginning of its id; a borrower by creditor and the end of their reference."""
    if subject.kind == "conversation":
        return subject.id[:8]
    borrower = work.lending.borrower(subject.id)
    return f"{borrower.creditor} {COVER}{borrower.reference[-3:]}" if borrower else subject.id[:8]
