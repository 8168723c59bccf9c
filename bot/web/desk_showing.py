"""How the desk is drawn: its page, the fragments that a script swaps in, what templates may speak of."""

from collections.abc import Mapping
from typing import Any

from fastapi.responses import HTMLResponse

from bot.desk import colleagues, handoffs
from bot.desk.store import CaseState
from bot.web.acting_views import acting_view
from bot.web.desk_panes import Pane
from bot.web.desk_queue import queue_context
from bot.web.desk_views import News, Opened, shown_state
from bot.web.guard import SignedIn
from bot.web.staff_pages import StaffPages
from bot.web.staff_showing import render, zone_of

# The parts of a case's page, by the id of the element that each fills.
PARTS = {
    "case-head": "desk/head.html",
    "compose": "desk/foot.html",
    "card": "desk/card.html",
    "acting": "desk/acting.html",
}


def fragments(
    pages: StaffPages,
    signed: SignedIn,
    news: News,
    parts: Mapping[str, str],
    more: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What a page that shows the case up to some event swaps in: `parts` anew, new lines beside the old."""
    context = case_context(pages, signed, news.state, news.names, card=news.card, **(more or {}))
    return {
        "case": news.state.id,
        "state": shown_state(news.state),
        "after": news.cursor,
        "lines": render(pages, signed, "desk/lines.html", **context, lines=news.lines) if news.lines else "",
        "marks": news.marks,
        "changed": news.changed,
        "fragments": {name: render(pages, signed, template, **context) for name, template in parts.items()},
    }


def page(pages: StaffPages, signed: SignedIn, pane: Pane, opened: Opened | None, **more: Any) -> HTMLResponse:
    selected = opened.card.case.id if opened else ""
    context: dict[str, Any] = {**queue_context(pages, signed, pane, selected), "opened": opened}
    if opened:
        state = opened.card.case
        context |= case_context(pages, signed, state, opened.names, card=opened.card, **more)
        context["lines"] = opened.lines
    html = render(pages, signed, "desk/desk.html", **context)
    return HTMLResponse(html, 409 if more.get("problem") else 200)


def case_context(
    pages: StaffPages, signed: SignedIn, state: CaseState, names: Mapping[str, str], **more: Any
) -> dict[str, Any]:
    """What the templates of a case may speak of, beside what `render` gives to all."""
    return {
        "case": state,
        "case_id": state.id,
        "mine": state.holder == signed.staff.id,
        "names": names,
        "state": shown_state(state),
        "zone": zone_of(pages, state.speaker),
        "outcomes": handoffs.OUTCOMES,
        "may_take": signed.staff.may(colleagues.TEAMS.get(state.reason, "desk.answer")),
        "acting": acting_view(pages.policies, signed.staff, more["card"]) if more.get("card") else None,
        **dict.fromkeys(("offer", "preview", "trouble", "promised")),
        "problem": None,
        "draft": {},
        "findings": (),
        **more,
    }
