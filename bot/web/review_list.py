"""Review's first page: every conversation that matches what was asked, and the searches that staff have saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import parse_qsl, urlencode
from uuid import uuid4

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from bot.access import Staff
from bot.errors import BadInput
from bot.review import search
from bot.review.exporting import MOST_ON_PAPER
from bot.review.facts import FACETS
from bot.review.search import FIELDS
from bot.review.search_store import Cursor, SavedSearch
from bot.web.guard import BadField, Here, SignedIn, staff_router
from bot.web.review_fields import CHOICES, Fields, asked_for, in_use
from bot.web.review_showing import review_page, voices
from bot.web.staff_pages import StaffPages
from bot.web.staff_showing import creditor_names, speaker_names, zone_of
from bot.web.work import StaffWork

MOST_SAVED = 50
LONGEST_QUERY = 2000


@dataclass(frozen=True, slots=True)
class Result:
    page: search.Page
    saved: Sequence[SavedSearch]
    colleagues: Mapping[str, str]


def router(pages: StaffPages) -> APIRouter:
    routes = staff_router(pages)
    _finding(routes, pages)
    _saving(routes, pages)
    return routes


def _finding(routes: APIRouter, pages: StaffPages) -> None:
    @routes.get("/review")
    async def conversations(request: Request, signed: Here, after: str = "") -> Response:
        fields = in_use(request.query_params.multi_items())
        zones = {one.id: zone_of(pages, one.id) for one in pages.policies.speakers()}
        try:
            asked, cursor = asked_for(fields), _cursor(after)
        except BadField as bad:
            nothing = await pages.port.run(lambda work: _beside(work, signed.staff, search.Page((), None)))
            return _page(pages, signed, fields, zones, nothing, bad=bad)

        def find(work: StaffWork) -> Result:
            page = search.search(work, asked, signed.staff, voices(pages), cursor)
            used = {name: [value for key, value in fields if key == name] for name, _ in fields}
            detail = {name: values[0] if len(values) == 1 else values for name, values in used.items()}
            work.audit.append("search", "", signed.staff.id, {**detail, "found": len(page.rows)}, pages.clock.now())
            return _beside(work, signed.staff, page)

        return _page(pages, signed, fields, zones, await pages.port.run(find))


def _saving(routes: APIRouter, pages: StaffPages) -> None:
    @routes.post("/review/searches")
    async def save(
        signed: Here,
        name: Annotated[str, Form(min_length=1, max_length=80)],
        query: Annotated[str, Form(max_length=LONGEST_QUERY)] = "",
    ) -> Response:
        fields = in_use(parse_qsl(query))
        now = pages.clock.now()
        await pages.port.run(lambda work: _save(work, signed.staff, name.strip(), urlencode(fields), now))
        return RedirectResponse(f"/review?{urlencode(fields)}", 303)

    @routes.post("/review/searches/{search_id}/remove")
    async def remove(signed: Here, search_id: str) -> Response:
        await pages.port.run(lambda work: work.search.remove(signed.staff.id, search_id))
        return RedirectResponse("/review", 303)


def _cursor(after: str) -> Cursor | None:
    try:
        return search.cursor_of(after) if after else None
    except BadInput as bad:
        raise BadField("after", after) from bad


def _beside(work: StaffWork, staff: Staff, page: search.Page) -> Result:
    return Result(page, work.search.saved(staff.id), work.staff.names())


def _save(work: StaffWork, staff: Staff, name: str, query: str, now: datetime) -> None:
    if name and len(work.search.saved(staff.id)) < MOST_SAVED:
        work.search.save(SavedSearch(uuid4().hex, staff.id, name.replace("\0", ""), query, now))


def _page(
    pages: StaffPages,
    signed: SignedIn,
    fields: Fields,
    zones: Mapping[str, str],
    result: Result,
    bad: BadField | None = None,
) -> Response:
    page = result.page
    more = urlencode([*fields, ("after", search.cursor_text(page.next))]) if page.next else ""
    chosen: dict[str, list[str]] = {name: [] for name in FIELDS}
    for name, value in fields:
        chosen[name].append(value)
    names = speaker_names(pages, signed.staff.locale)
    return review_page(
        pages,
        signed,
        "review/list.html",
        422 if bad else 200,
        rows=page.rows,
        next=more,
        chosen=chosen,
        query=urlencode(fields),
        bad=bad,
        zones=zones,
        saved=result.saved,
        colleagues=result.colleagues,
        choices={**CHOICES, "intent": pages.intents, "unclear": [*pages.intents, "none"]},
        narrowed=any(chosen[name] for name in FACETS if name not in ("speaker", "locale")),
        covered={id: name for id, name in names.items() if signed.staff.covers(id)},
        creditors=_creditors(pages, signed.staff),
        most_on_paper=MOST_ON_PAPER,
    )


def _creditors(pages: StaffPages, staff: Staff) -> Mapping[str, str]:
    """Those whose conversations this reader may see, by name."""
    names = creditor_names(pages, staff.locale)
    return {id: name for id, name in sorted(names.items()) if staff.creditors is None or id in staff.creditors}
