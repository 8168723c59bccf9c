"""Who saw what: the trail, newest first, by who did it, what, to whom and when; and its verification."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from bot.record.audit import AuditEntry, AuditFilter
from bot.review.erasure import NobodyByThat, Subject, subject_of
from bot.review.trail import ACTIONS
from bot.review.verification import Verdict, verify_audit
from bot.web.guard import BadField, Here, SignedIn, staff_router
from bot.web.review_fields import day_of, one_of
from bot.web.review_showing import review_page
from bot.web.staff_pages import StaffPages
from bot.web.staff_showing import logins_of
from bot.web.work import StaffWork

PAGE = 100
NOBODY = "-"  # in the address, for what no member of staff did
LONGEST = 100  # characters of a field
LONGEST_NUMBER = 15  # digits


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters as they stand in the address; days are inclusive, and those of UTC."""

    who: str = ""
    action: str = ""
    whom: str = ""  # a borrower's reference or a conversation's id
    since: str = ""
    until: str = ""
    before: str = ""  # the entry before which the page goes on

    def chosen(self) -> dict[str, str]:
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value and name != "before"}

    def sought(self) -> AuditFilter:
        """What to look for, whomever it is about; BadField."""
        since, until = day_of("since", self.since), day_of("until", self.until)
        return AuditFilter(
            staff=self.who if self.who not in ("", NOBODY) else None,
            nobody=self.who == NOBODY,
            action=one_of("action", self.action, ACTIONS) if self.action else None,
            since=_began(since) if since else None,
            until=_began(until) + timedelta(days=1) if until else None,
        )

    def place(self) -> int | None:
        """The number of the entry before which the page goes on; BadField."""
        if not self.before:
            return None
        if not (self.before.isdecimal() and len(self.before) <= LONGEST_NUMBER and int(self.before)):
            raise BadField("before", self.before)
        return int(self.before)


@dataclass(frozen=True, slots=True)
class Shown:
    entries: Sequence[AuditEntry]
    logins: Mapping[str, str]
    nobody: bool = False  # no borrower or conversation is called that


def router(pages: StaffPages) -> APIRouter:
    routes = staff_router(pages)

    @routes.get("/review/audit")
    async def audit(request: Request, signed: Here) -> Response:
        known = {field.name for field in fields(Wanted)}
        given = request.query_params.items()
        wanted = Wanted(**{name: text.strip()[:LONGEST] for name, text in given if name in known})
        return await _page(pages, signed, wanted)

    @routes.post("/review/audit/verify")
    async def verify(signed: Here) -> Response:
        verdict = await pages.port.run(verify_audit, reading=True)
        return await _page(pages, signed, Wanted(), verdict=verdict)

    return routes


async def _page(pages: StaffPages, signed: SignedIn, wanted: Wanted, *, verdict: Verdict | None = None) -> Response:
    try:
        sought, before = wanted.sought(), wanted.place()
    except BadField as bad:
        nothing = Shown((), await pages.port.run(logins_of, reading=True))
        return _shown_page(pages, signed, wanted, nothing, bad=bad)
    detail: dict[str, Any] = {**wanted.chosen(), "before": before, "verified": verdict is not None}

    def read(work: StaffWork) -> Shown:
        shown = _shown(work, list(pages.policies.creditors), wanted.whom, sought, before)
        work.audit.append("view_audit", "", signed.staff.id, detail, pages.clock.now())
        return shown

    return _shown_page(pages, signed, wanted, await pages.port.run(read), verdict=verdict)


def _shown_page(
    pages: StaffPages,
    signed: SignedIn,
    wanted: Wanted,
    shown: Shown,
    *,
    verdict: Verdict | None = None,
    bad: BadField | None = None,
) -> Response:
    last = shown.entries[-1].number if len(shown.entries) == PAGE else None
    older = urlencode({**wanted.chosen(), "before": last}) if last else None
    return review_page(
        pages,
        signed,
        "review/audit.html",
        422 if bad else 200,
        shown=shown,
        wanted=wanted,
        actions=ACTIONS,
        nobody=NOBODY,
        older=older,
        verdict=verdict,
        bad=bad,
    )


def _shown(work: StaffWork, creditors: Sequence[str], whom: str, sought: AuditFilter, before: int | None) -> Shown:
    logins = logins_of(work)
    try:
        subjects = _subjects(work, subject_of(work, creditors, whom)) if whom else None
    except NobodyByThat:
        return Shown((), logins, nobody=True)
    return Shown(work.audit.found(replace(sought, subjects=subjects), before, PAGE), logins)


def _subjects(work: StaffWork, subject: Subject) -> list[str]:
    """Everything of a borrower or a conversation by which the trail may name it: chats and cases too."""
    chats = [subject.id] if subject.kind == "conversation" else work.protection.conversations_of(subject.id)
    cases = [f"case:{case.id}" for chat in chats for case in work.desk.cases(chat)]
    return [str(subject), *(f"conversation:{chat}" for chat in chats), *cases]


def _began(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
