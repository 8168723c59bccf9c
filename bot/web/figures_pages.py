"""Figures over any search, each leading to its conversations."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from bot.review import search
from bot.review.counting import GROUPS
from bot.review.figures import FUNNEL, Figures, figures
from bot.review.measures import MEASURES, Measure
from bot.review.search import ALL_OF
from bot.review.talks import WAITS
from bot.web.guard import BadField, Here, SignedIn, staff_router
from bot.web.review_fields import Fields, asked_for, in_use
from bot.web.review_showing import review_page, voices
from bot.web.staff_pages import StaffPages
from bot.web.work import StaffWork

DAYS = 30
MOST = 200_000  # conversations in one page of figures; told when there are more
MOST_DAYS = 62  # in one chart; above, weeks are shown
# The search that shows the conversations in which a measure is true.
FILTERS: Mapping[Measure, Fields] = {
    "verified": [("flag", "verified")],
    "saw_balance": [("flag", "verified"), ("flag", "saw_balance")],
    "offered": [("flag", "verified"), ("plan", "offered"), ("plan", "own_idea"), ("plan", "agreed")],
    "agreed": [("flag", "verified"), ("plan", "agreed")],
    "first_kept": [("plan", "first_kept")],
    "person": [("outcome", "person")],
    "not_understood": [("flag", "not_understood")],
    "satisfied": [("satisfaction", "4"), ("satisfaction", "5")],
}


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of searches: what the figures were asked for, narrowed by what stands behind one of them."""

    base: Fields

    def to(self, *more: tuple[str, str]) -> str:
        """With more filters; one that only one value can have replaces its own."""
        names = {name for name, _ in more if name not in ALL_OF}
        kept = [field for field in self.base if field[0] not in names and field not in more]
        return "/review?" + urlencode([*kept, *more])

    def measure(self, code: Measure, *more: tuple[str, str]) -> str:
        return self.to(*more, *FILTERS[code])

    def days(self, first: date, last: date, *more: tuple[str, str]) -> str:
        """Within these days, but never beyond those that were asked for."""
        asked = dict(self.base)
        since = max(first.isoformat(), asked.get("since", ""))
        until = min(last.isoformat(), asked.get("until", "9"))
        return self.to(("since", since), ("until", until), *more)

    def here(self, by: str) -> str:
        return "/review/figures?" + urlencode([*self.base, ("by", by)])


def router(pages: StaffPages) -> APIRouter:
    routes = staff_router(pages)

    @routes.get("/review/figures")
    async def shown(request: Request, signed: Here) -> Response:
        given = request.query_params.multi_items()
        fields = _with_days(in_use(given), pages.clock.now(), signed)
        try:
            asked = asked_for(fields)
        except BadField as bad:
            return _page(pages, signed, fields, bad=bad)
        found = await pages.port.run(lambda work: _read(pages, signed, work, asked, fields))
        by = dict(given).get("by", "")
        weekly = by == "week" or (by != "day" and len(found.days) > MOST_DAYS)
        phrases = any(len(phrase) > 1 for phrase in asked.words.phrases)
        return _page(pages, signed, fields, found=found, weekly=weekly, phrases=phrases)

    return routes


def _page(
    pages: StaffPages,
    signed: SignedIn,
    fields: Fields,
    *,
    found: Figures | None = None,
    bad: BadField | None = None,
    **context: Any,
) -> Response:
    return review_page(
        pages,
        signed,
        "review/figures.html",
        422 if bad else 200,
        found=found,
        bad=bad,
        links=Links(fields),
        chosen=dict(fields),
        fields=fields,
        full=found is not None and found.count == MOST,
        funnel=FUNNEL,
        measures=MEASURES,
        filters=FILTERS,
        groups=GROUPS,
        buckets=[name for name, _ in WAITS],
        timedelta=timedelta,
        range_of=range,
        **context,
    )


def _with_days(fields: Fields, now: datetime, signed: SignedIn) -> Fields:
    """The last thirty days, where no day was chosen."""
    if any(name in ("since", "until") for name, _ in fields):
        return fields
    today = now.astimezone(ZoneInfo(signed.staff.time_zone or "UTC")).date()
    since = today - timedelta(days=DAYS - 1)
    return [*fields, ("since", since.isoformat()), ("until", today.isoformat())]


def _read(pages: StaffPages, signed: SignedIn, work: StaffWork, asked: search.Asked, fields: Fields) -> Figures:
    """Count, and note who looked at what."""
    now, speakers = pages.clock.now(), voices(pages)
    work.audit.append("view_figures", "", signed.staff.id, {"query": urlencode(fields)}, now)
    wanted = search.sought(work, asked, signed.staff, speakers)
    rows = work.figures.rows(wanted, MOST) if wanted else ()
    return figures(rows, {speaker: voice.time_zone for speaker, voice in speakers.items()}, now.date())
