"""The queue's pane: each ticket is drawn once for all pages that show it alike, since many ask at once."""

from typing import Any

from markupsafe import Markup

from bot.desk import routing
from bot.desk.store import CaseState
from bot.web.desk_panes import Pane, on_ticket
from bot.web.guard import SignedIn
from bot.web.staff_pages import StaffPages
from bot.web.staff_showing import render

KEPT = 5000  # drawn tickets; then all are drawn anew
FRESH = 60  # seconds for which the times of a drawn ticket do; a page's script runs them on by itself


def queue_context(pages: StaffPages, signed: SignedIn, pane: Pane, selected: str = "") -> dict[str, Any]:
    """What the templates of the pane may speak of."""
    counts = pane.counts_of(signed.staff.id)
    return {
        "wanted": pane.wanted,
        "counts": counts,
        "more": pane.more,
        "tickets": _tickets(pages, signed, pane, selected),
        "selected": selected,
    }


def version_of(signed: SignedIn, pane: Pane) -> str:
    """Another one whenever the pane shows this reader something else."""
    return f"{pane.version}-{pane.held.get(signed.staff.id, 0)}-{signed.staff.locale}"


def fragments(pages: StaffPages, signed: SignedIn, pane: Pane) -> dict[str, str]:
    """The pane's parts by the id of the element that each fills; its filter is drawn once for all alike."""
    context = queue_context(pages, signed, pane)
    alike = ("filter", signed.staff.locale, context["counts"].mine)
    if alike not in pane.drawn:
        html = render(pages, signed, "desk/filter.html", **context)
        pane.drawn[alike] = (Markup(html),)  # noqa: S704 - made and escaped by the template
    return {
        "queue": render(pages, signed, "desk/queue.html", **context),
        "queue-filter": str(pane.drawn[alike][0]),
    }


def _tickets(pages: StaffPages, signed: SignedIn, pane: Pane, selected: str) -> list[Markup]:
    """The tickets as anybody sees them, with those of the reader's own cases and of the selected one put in."""
    now, staff = pages.clock.now(), signed.staff
    alike = ("tickets", staff.locale, staff.time_zone, int(now.timestamp()) // FRESH)
    if alike not in pane.drawn:
        pane.drawn[alike] = tuple(_ticket(pages, signed, pane, case) for case in pane.cases)
    tickets = list(pane.drawn[alike])
    for place, case in enumerate(pane.cases):
        if case.holder == staff.id or case.id == selected:
            mine = case.holder == staff.id
            tickets[place] = _ticket(pages, signed, pane, case, mine=mine, selected=case.id == selected)
    return tickets


def _ticket(
    pages: StaffPages,
    signed: SignedIn,
    pane: Pane,
    case: CaseState,
    *,
    mine: bool = False,
    selected: bool = False,
) -> Markup:
    now, staff = pages.clock.now(), signed.staff
    late, holder = routing.lateness(case, now), pane.names.get(case.holder or "", "–")
    age = int(now.timestamp()) // FRESH
    key = (on_ticket(case), staff.locale, staff.time_zone, mine, late, holder, selected, age)
    drawn = pages.tickets.get(key)
    if drawn is None:
        if len(pages.tickets) >= KEPT:
            pages.tickets.clear()
        context = {"case": case, "late": late, "holder": holder, "mine": mine, "selected": selected}
        html = render(pages, signed, "desk/ticket.html", **context)
        drawn = pages.tickets[key] = Markup(html)  # noqa: S704 - made and escaped by the template
    return drawn
