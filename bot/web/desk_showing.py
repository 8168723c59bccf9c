"""How the desk answers: its page, a fragment of it, and what follows one act on a case."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from fastapi import Response
from fastapi.responses import HTMLResponse, RedirectResponse

from bot.desk import handoffs, settling
from bot.desk.cases import ImpossibleTransition
from bot.desk.store import CaseState, CaseTaken
from bot.desk.wording import Finding, WordingDoubtful, WordingStopped
from bot.web.desk_views import Opened, Queue, opened_case, queue_of, visible
from bot.web.signin import SignedIn, StaffPages
from bot.web.work import StaffWork

T = TypeVar("T")


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
    except WordingDoubtful as doubtful:
        return await show(pages, signed, case_id, "doubtful", draft, doubtful.findings)
    except WordingStopped as stopped:
        return await show(pages, signed, case_id, "stopped", draft, stopped.findings)
    except CaseTaken:
        return await show(pages, signed, case_id, "taken", draft)
    except (handoffs.NotHolding, ImpossibleTransition, settling.NotInForce):
        return await show(pages, signed, case_id, "not_holding", draft)
    except handoffs.UnfitAnswer:
        return await show(pages, signed, case_id, "unfit", draft)
    pages.changed(conversation_id)
    return RedirectResponse(f"/desk/cases/{case_id}", 303)


async def show(
    pages: StaffPages,
    signed: SignedIn,
    case_id: str,
    problem: str | None = None,
    draft: dict[str, str] | None = None,
    findings: tuple[Finding, ...] = (),
) -> Response:
    now = pages.clock.now()

    def read(work: StaffWork) -> tuple[Queue, Opened]:
        opened = opened_case(work, signed.staff, case_id, now)
        work.audit.append("view_case", f"case:{case_id}", signed.staff.id, {}, now)
        return queue_of(work, signed.staff), opened

    queue, opened = await pages.port.run(read)
    return page(pages, signed, queue, opened, problem=problem, draft=draft or {}, findings=findings)


def page(pages: StaffPages, signed: SignedIn, queue: Queue, opened: Opened | None, **more: Any) -> HTMLResponse:
    context: dict[str, Any] = {"problem": None, "draft": {}, "findings": (), **more}
    state = opened.card.case if opened else None
    html = render(
        pages,
        signed,
        "desk/desk.html",
        queue=queue,
        names=queue.names,
        selected=state.id if state else "",
        opened=opened,
        state=shown_state(state) if state else "",
        zone=zone_of(pages, state.speaker) if state else "UTC",
        outcomes=handoffs.OUTCOMES,
        may_take=state is not None and signed.staff.may(handoffs.TEAMS.get(state.reason, "desk.answer")),
        **context,
    )
    return HTMLResponse(html, 409 if context["problem"] else 200)


def render(pages: StaffPages, signed: SignedIn, template: str, **context: Any) -> str:
    return pages.renderer.page(
        template,
        signed.staff.locale,
        pages.clock.now(),
        signed=signed.staff,
        csrf=signed.csrf,
        speakers=speaker_names(pages, signed.staff.locale),
        **context,
    )


def speaker_names(pages: StaffPages, locale: str) -> dict[str, str]:
    """Each speaker's name in a language, English where it has none there."""
    return {
        speaker.id: speaker.names.get(locale) or speaker.names.get("en") or speaker.id
        for speaker in pages.policies.speakers()
    }


def zone_of(pages: StaffPages, speaker: str) -> str:
    return pages.policies.for_speaker(speaker).office_hours.time_zone


def shown_state(state: CaseState) -> str:
    """Changes when the page must be shown anew: somebody took, ended or raised the case."""
    return f"{state.status}:{state.holder or ''}:{state.reason}"
