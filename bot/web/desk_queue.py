"""The queue's pane: each ticket is drawn once for all pages that show it alike, since many ask at once."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from bot.desk import routing
from bot.desk.store import CaseState
from bot.web.desk_views import Queue
from bot.web.guard import SignedIn
from bot.web.staff_pages import StaffPages

Render = Callable[..., str]  # desk_showing.render
KEPT = 5000  # drawn tickets; then all are drawn anew
FRESH = 60  # seconds for which the times of a drawn ticket do; a page's script runs them on by itself


def queue_context(pages: StaffPages, signed: SignedIn, queue: Queue, render: Render) -> dict[str, Any]:
    """What the templates of the pane may speak of."""

    def ticket(case: CaseState, selected: str) -> Markup:
        return _ticket(pages, signed, queue, case, case.id == selected, render)

    return {"queue": queue, "ticket": ticket}


def _ticket(
    pages: StaffPages, signed: SignedIn, queue: Queue, case: CaseState, selected: bool, render: Render
) -> Markup:
    now, staff = pages.clock.now(), signed.staff
    late, holder = routing.lateness(case, now), queue.names.get(case.holder or "", "–")
    mine = case.holder == staff.id
    age = int(now.timestamp()) // FRESH
    key = (case.id, case.number, staff.locale, staff.time_zone, mine, late, holder, selected, age)
    drawn = pages.tickets.get(key)
    if drawn is None:
        if len(pages.tickets) >= KEPT:
            pages.tickets.clear()
        html = render(pages, signed, "desk/ticket.html", case=case, late=late, holder=holder, selected=selected)
        drawn = pages.tickets[key] = Markup(html)  # noqa: S704 - made and escaped by the template
    return drawn
