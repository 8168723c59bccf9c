"""Who saw what: the trail, newest first, by who did it, what, to whom and when; and its verification."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response
from pydantic import BeforeValidator

from bot.record.audit import AuditEntry, AuditFilter
from bot.review.erasure import NobodyByThat, Subject, subject_of
from bot.review.trail import ACTIONS
from bot.review.verification import Verdict, verify_audit
from bot.web.guard import Here, SignedIn, staff_router
from bot.web.review_showing import review_page
from bot.web.staff_pages import StaffPages
from bot.web.staff_showing import logins_of
from bot.web.work import StaffWork

PAGE = 100
NOBODY = "-"  # in the address, for what no member of staff did
Text = Annotated[str, Query(max_length=100)]


def _day(text: object) -> date | None:
    """A day of this millennium as a form sends it, empty for none; ValueError."""
    if not text:
        return None
    day = date.fromisoformat(str(text))
    if not 2000 <= day.year < 3000:
        raise ValueError("not a day of this millennium")
    return day


Day = Annotated[date | None, BeforeValidator(_day), Query()]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters as they stand in the address; days are inclusive, and those of UTC."""

    who: str = ""
    action: str = ""
    whom: str = ""  # a borrower's reference or a conversation's id
    since: date | None = None
    until: date | None = None

    def chosen(self) -> dict[str, str]:
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: str(value) for name, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class Shown:
    entries: Sequence[AuditEntry]
    logins: Mapping[str, str]
    nobody: bool = False  # no borrower or conversation is called that


def router(pages: StaffPages) -> APIRouter:
    routes = staff_router(pages)

    @routes.get("/review/audit")
    async def audit(
        signed: Here,
        who: Text = "",
        action: Text = "",
        whom: Text = "",
        since: Day = None,
        until: Day = None,
        before: Annotated[int | None, Query(ge=1, le=2**53)] = None,
    ) -> Response:
        wanted = Wanted(who, action, whom.strip(), since, until)
        return await _page(pages, signed, wanted, before=before)

    @routes.post("/review/audit/verify")
    async def verify(signed: Here) -> Response:
        verdict = await pages.port.run(verify_audit, reading=True)
        return await _page(pages, signed, Wanted(), verdict=verdict)

    return routes


async def _page(
    pages: StaffPages,
    signed: SignedIn,
    wanted: Wanted,
    *,
    before: int | None = None,
    verdict: Verdict | None = None,
) -> Response:
    detail: dict[str, Any] = {**wanted.chosen(), "before": before, "verified": verdict is not None}

    def read(work: StaffWork) -> Shown:
        shown = _shown(work, list(pages.policies.creditors), wanted, before)
        work.audit.append("view_audit", "", signed.staff.id, detail, pages.clock.now())
        return shown

    shown = await pages.port.run(read)
    last = shown.entries[-1].number if len(shown.entries) == PAGE else None
    return review_page(
        pages,
        signed,
        "review/audit.html",
        shown=shown,
        wanted=wanted,
        actions=ACTIONS,
        nobody=NOBODY,
        verdict=verdict,
        older=urlencode({**wanted.chosen(), "before": last}) if last else None,
    )


def _shown(work: StaffWork, creditors: Sequence[str], wanted: Wanted, before: int | None) -> Shown:
    logins = logins_of(work)
    try:
        subjects = _subjects(work, subject_of(work, creditors, wanted.whom)) if wanted.whom else None
    except NobodyByThat:
        return Shown((), logins, nobody=True)
    sought = AuditFilter(
        staff=wanted.who if wanted.who not in ("", NOBODY) else None,
        nobody=wanted.who == NOBODY,
        action=wanted.action or None,
        subjects=subjects,
        since=_began(wanted.since) if wanted.since else None,
        until=_began(wanted.until) + timedelta(days=1) if wanted.until else None,
    )
    return Shown(work.audit.found(sought, before, PAGE), logins)


def _subjects(work: StaffWork, subject: Subject) -> list[str]:
    """Everything of a borrower or a conversation by which the trail may name it: chats and cases too."""
    chats = [subject.id] if subject.kind == "conversation" else work.protection.conversations_of(subject.id)
    cases = [f"case:{case.id}" for chat in chats for case in work.desk.cases(chat)]
    return [str(subject), *(f"conversation:{chat}" for chat in chats), *cases]


def _began(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
