"""How the desk answers: its page, the fragments that a script swaps in, and what follows one act on a case."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from fastapi import Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from bot.access import NotAllowed
from bot.desk import attachments, colleagues, handoffs, mentions, routing, settling, transfers
from bot.desk.cases import ImpossibleTransition
from bot.desk.queue_store import QueueFilter
from bot.desk.store import CaseState, CaseTaken
from bot.desk.wording import Finding, WordingDoubtful, WordingStopped
from bot.errors import BotError
from bot.web.acting_views import acting_view
from bot.web.desk_queue import queue_context
from bot.web.desk_views import News, Opened, Queue, news_of, opened_case, queue_of, shown_state, visible
from bot.web.guard import NotHere, SignedIn
from bot.web.staff_pages import StaffPages
from bot.web.work import StaffWork

T = TypeVar("T")

# What can go wrong with an act, and by which name templates/desk/problem.html speaks of it.
PROBLEMS: Mapping[type[BotError], str] = {
    WordingDoubtful: "doubtful",
    WordingStopped: "stopped",
    CaseTaken: "taken",
    handoffs.NotHolding: "not_holding",
    ImpossibleTransition: "not_holding",
    settling.NotInForce: "not_holding",
    handoffs.UnfitAnswer: "unfit",
    attachments.NobodyProved: "nobody_proved",
    mentions.CannotMention: "cannot_mention",
    colleagues.AtCapacity: "full",
    colleagues.KeptForColleague: "kept",
    transfers.Unsuitable: "unsuitable",
    transfers.NoSuchTeam: "unsuitable",
    transfers.SameHands: "same_hands",
}
EVERYTHING = QueueFilter()
# The parts of a case's page, by the id of the element that each fills.
PARTS = {
    "case-head": "desk/head.html",
    "compose": "desk/foot.html",
    "card": "desk/card.html",
    "acting": "desk/acting.html",
}


async def act(
    pages: StaffPages,
    signed: SignedIn,
    case_id: str,
    do: Callable[[StaffWork, datetime], T],
    draft: dict[str, str] | None = None,
) -> Response:
    """Do one thing with a case, then show it again; what went wrong is said beside what was typed."""

    def doing(work: StaffWork) -> str:
        _, conversation = visible(work, signed.staff, case_id)
        do(work, pages.clock.now())
        return conversation.id

    try:
        conversation_id = await pages.port.run(doing)
    except tuple(PROBLEMS) as error:
        problem = next(name for kind, name in PROBLEMS.items() if isinstance(error, kind))
        found: tuple[Finding, ...] = getattr(error, "findings", ())
        return await show(pages, signed, case_id, problem, draft, found)
    pages.changed(conversation_id)
    if not signed.fetching:
        return RedirectResponse(f"/desk/cases/{case_id}", 303)
    return await show(pages, signed, case_id)


async def show(
    pages: StaffPages,
    signed: SignedIn,
    case_id: str,
    problem: str | None = None,
    draft: dict[str, str] | None = None,
    findings: tuple[Finding, ...] = (),
    wanted: QueueFilter = EVERYTHING,
) -> Response:
    """The case as a page, or what a script's page lacks of it."""
    more: dict[str, Any] = {"problem": problem, "draft": draft or {}, "findings": findings}
    now = pages.clock.now()
    if signed.fetching and signed.after is not None:
        return await _news(pages, signed, case_id, signed.after, now, more)

    def read(work: StaffWork) -> tuple[Queue, Opened]:
        return queue_of(work, signed.staff, wanted, now), opened_case(work, signed.staff, case_id, now)

    await pages.port.run(lambda work: _note_view(work, signed, case_id, now))
    queue, opened = await pages.port.run(read, reading=True)
    if signed.fetching:
        return _whole(pages, signed, opened, queue.names, more)
    return page(pages, signed, queue, opened, **more)


def _note_view(work: StaffWork, signed: SignedIn, case_id: str, now: datetime) -> None:
    state, _ = visible(work, signed.staff, case_id)
    watching = state.holder is not None and state.holder != signed.staff.id
    work.audit.append("watch_case" if watching else "view_case", f"case:{case_id}", signed.staff.id, {}, now)
    work.mentions.read(signed.staff.id, case_id, now)


async def _news(
    pages: StaffPages, signed: SignedIn, case_id: str, after: int, now: datetime, more: Mapping[str, Any]
) -> Response:
    try:
        news = await pages.port.run(lambda work: news_of(work, signed.staff, case_id, after, now), reading=True)
    except (NotAllowed, NotHere):
        return JSONResponse({"gone": True})  # what was done put the case out of this reader's sight
    told = {**fragments(pages, signed, news, PARTS, more), "problem": more["problem"]}
    return JSONResponse(told, 409 if more["problem"] else 200)


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


def _whole(
    pages: StaffPages, signed: SignedIn, opened: Opened, names: Mapping[str, str], more: Mapping[str, Any]
) -> Response:
    state = opened.card.case
    context = case_context(pages, signed, state, names, card=opened.card, opened=opened, **more)
    html = render(pages, signed, "desk/case.html", **context, lines=opened.lines)
    return JSONResponse({"case": state.id, "html": html})


def page(pages: StaffPages, signed: SignedIn, queue: Queue, opened: Opened | None, **more: Any) -> HTMLResponse:
    context: dict[str, Any] = {**queue_context(pages, signed, queue, render), "opened": opened, "selected": ""}
    if opened:
        state = opened.card.case
        context |= case_context(pages, signed, state, queue.names, card=opened.card, **more)
        context |= {"selected": state.id, "lines": opened.lines}
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


def render(pages: StaffPages, signed: SignedIn, template: str, **context: Any) -> str:
    return pages.renderer.page(
        template,
        signed.staff.locale,
        pages.clock.now(),
        signed=signed.staff,
        csrf=signed.csrf,
        speakers=speaker_names(pages, signed.staff.locale),
        team_names=routing.team_names(pages.policies, signed.staff.locale),
        **context,
    )


def swapped(
    pages: StaffPages, signed: SignedIn, back: str, templates: Mapping[str, str], **context: Any
) -> Response:
    """After a form that belongs to no case: these templates by element id, or the way `back` for a plain form."""
    if not signed.fetching:
        return RedirectResponse(back, 303)
    html = {name: render(pages, signed, template, **context) for name, template in templates.items()}
    return JSONResponse({"fragments": html})


def speaker_names(pages: StaffPages, locale: str) -> dict[str, str]:
    """Each speaker's name in a language, English where it has none there."""
    return {
        speaker.id: speaker.names.get(locale) or speaker.names.get("en") or speaker.id
        for speaker in pages.policies.speakers()
    }


def zone_of(pages: StaffPages, speaker: str) -> str:
    return pages.policies.for_speaker(speaker).office_hours.time_zone
