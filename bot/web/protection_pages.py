"""Data protection: who waits for an answer about their data, what is to go by now, erasure, legal holds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Form, Query, Response
from fastapi.responses import RedirectResponse

from bot.access import NotAllowed, Staff
from bot.review import erasure, protecting, retention, two_people
from bot.review.erasure import Extent, NobodyByThat, Subject
from bot.review.masking import Mask
from bot.review.protection_store import DataRequest, HeldKind, LegalHold
from bot.review.two_people import Asking
from bot.review.two_people_store import AlreadyProposed
from bot.web.guard import Here, SignedIn, staff_router
from bot.web.review_showing import LEAST_REASON, Reason, review_page, whose
from bot.web.staff_pages import StaffPages
from bot.web.staff_showing import logins_of
from bot.web.stepping import Problems, stepped
from bot.web.work import StaffWork

PATH = "/review/protection"
MOST_LOOKED_AT = 1000  # for a dry run on a page; the command looks at everything
Done = Literal["", "held", "proposed"]
Whom = Annotated[str, Form(min_length=1, max_length=100)]
PROBLEMS: Problems = {
    NobodyByThat: "nobody",
    retention.UnderLegalHold: "legal_hold",
    retention.StillNeeded: "needed",
    two_people.TooFew: "few",
    AlreadyProposed: "already",
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request as the page shows it; the words masked."""

    request: DataRequest
    creditor: str | None
    words: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody is about to erase, before they confirm it."""

    whom: str
    reason: str
    extent: Extent


@dataclass(frozen=True, slots=True)
class Typed:
    """What stood in a form that was refused, so that nobody types it twice."""

    form: Literal["erase", "hold"]
    whom: str
    reason: str


def router(pages: StaffPages) -> APIRouter:
    routes = staff_router(pages)
    _reading(routes, pages)
    _holding(routes, pages)
    _erasing(routes, pages)
    return routes


def _reading(routes: APIRouter, pages: StaffPages) -> None:
    @routes.get(PATH)
    async def overview(signed: Here, done: Annotated[Done, Query()] = "") -> Response:
        return await _page(pages, signed, done=done)

    @routes.get(f"{PATH}/retention")
    async def dry_run(signed: Here) -> Response:
        _whole(signed.staff)
        now = pages.clock.now()
        found = await pages.port.run(
            lambda work: retention.dry_run(work, pages.policies, now, MOST_LOOKED_AT), reading=True
        )
        rules = {id: policy.retention for id, policy in pages.policies.every().items()}
        return review_page(
            pages, signed, "review/retention.html", found=found, rules=rules, looked_at=MOST_LOOKED_AT
        )


def _holding(routes: APIRouter, pages: StaffPages) -> None:
    @routes.post(f"{PATH}/holds")
    async def hold(signed: Here, whom: Whom, reason: Reason) -> Response:
        def place(work: StaffWork, now: datetime) -> Done:
            subject = _subject(work, pages, signed.staff, whom)
            placed = LegalHold(uuid4().hex, subject.kind, subject.id, reason.strip(), signed.staff.id, now)
            retention.hold(work, placed)
            return "held"

        return await _do(pages, signed, place, Typed("hold", whom, reason))

    @routes.post(f"{PATH}/holds/lift")
    async def lift(
        signed: Here, kind: Annotated[HeldKind, Form()], subject: Annotated[str, Form()], reason: Reason
    ) -> Response:
        def release(work: StaffWork, now: datetime) -> Done:
            whom = Subject(kind, subject)
            erasure.require_theirs(work, whom, signed.staff)
            protecting.release(work, whom, Asking(signed.staff, reason.strip(), now))
            return "proposed"

        return await _do(pages, signed, release)


def _erasing(routes: APIRouter, pages: StaffPages) -> None:
    @routes.post(f"{PATH}/erasures")
    async def erase(
        signed: Here, whom: Whom, reason: Reason, confirmed: Annotated[bool, Form()] = False
    ) -> Response:
        if not confirmed:
            return await _ask(pages, signed, whom, reason)

        def doing(work: StaffWork, now: datetime) -> Done:
            subject = _subject(work, pages, signed.staff, whom)
            protecting.erase(work, subject, Asking(signed.staff, reason.strip(), now))
            return "proposed"

        return await _do(pages, signed, doing, Typed("erase", whom, reason))


async def _ask(pages: StaffPages, signed: SignedIn, whom: str, reason: str) -> Response:
    """Show what would go and what keeps it; nothing is touched."""

    def look(work: StaffWork) -> Asked:
        subject = _subject(work, pages, signed.staff, whom)
        return Asked(whom, reason, erasure.extent(work, subject, pages.clock.now()))

    try:
        asked = await pages.port.run(look, reading=True)
    except NobodyByThat:
        return await _page(pages, signed, problem="nobody", typed=Typed("erase", whom, reason))
    return await _page(pages, signed, asked=asked)


async def _do(
    pages: StaffPages,
    signed: SignedIn,
    doing: Callable[[StaffWork, datetime], Done],
    typed: Typed | None = None,
) -> Response:
    done, problem = await stepped(pages, doing, PROBLEMS)
    if problem:
        return await _page(pages, signed, problem=problem, typed=typed)
    return RedirectResponse(f"{PATH}?done={done}", 303)


async def _page(
    pages: StaffPages,
    signed: SignedIn,
    *,
    done: Done = "",
    problem: str = "",
    asked: Asked | None = None,
    typed: Typed | None = None,
) -> Response:
    now = pages.clock.now()

    def read(work: StaffWork) -> dict[str, Any]:
        work.audit.append("view_protection", "", signed.staff.id, {}, now)
        holds = [one for one in work.protection.legal_holds() if _theirs(work, one, signed.staff)]
        return {
            "requests": [one for one in map(_waiting(work, signed.staff), work.protection.open_requests()) if one],
            "holds": holds,
            "held": {one.id: whose(work, Subject(one.subject_kind, one.subject)) for one in holds},
            "proposed": {
                one.subject: one.kind for one in work.two_people.waiting() if one.kind in protecting.KINDS
            },
            "logins": logins_of(work),
        }

    return review_page(
        pages,
        signed,
        "review/protection.html",
        409 if problem else 200,
        **await pages.port.run(read),
        days_left=lambda day: (day - now.date()).days,
        least=LEAST_REASON,
        done=done,
        problem=problem,
        asked=asked,
        typed=typed,
        proposes=two_people.able(signed.staff),
    )


def _waiting(work: StaffWork, reader: Staff) -> Callable[[DataRequest], Waiting | None]:
    def shown(request: DataRequest) -> Waiting | None:
        borrower = work.lending.borrower(request.borrower_id) if request.borrower_id else None
        chat = work.conversations.get(request.conversation_id) if request.conversation_id else None
        creditor = borrower.creditor if borrower else None
        if not reader.covers(chat.speaker if chat else creditor or "", creditor):
            return None
        return Waiting(request, creditor or (chat.speaker if chat else None), Mask(borrower).text(request.words))

    return shown


def _theirs(work: StaffWork, hold: LegalHold, reader: Staff) -> bool:
    try:
        erasure.require_theirs(work, Subject(hold.subject_kind, hold.subject), reader)
    except (NotAllowed, NobodyByThat):
        return False
    return True


def _subject(work: StaffWork, pages: StaffPages, reader: Staff, whom: str) -> Subject:
    subject = erasure.subject_of(work, list(pages.policies.creditors), whom.strip())
    erasure.require_theirs(work, subject, reader)
    return subject


def _whole(staff: Staff) -> None:
    """What goes is counted over the whole installation, so only for who may see all of it."""
    if staff.speakers is not None or staff.creditors is not None:
        raise NotAllowed(staff, "count what belongs to others")
