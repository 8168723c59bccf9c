"""How any staff page is drawn: a template with who is signed in, and names for ids."""

from collections.abc import Mapping
from typing import Any

from fastapi import Response
from fastapi.responses import JSONResponse, RedirectResponse

from bot.desk.routing import team_names
from bot.web.guard import SignedIn
from bot.web.staff_pages import Ruled, StaffPages
from bot.web.work import StaffWork


def render(pages: StaffPages, signed: SignedIn, template: str, **context: Any) -> str:
    """A template as HTML in the reader's language, with what the frame of every staff page speaks of."""
    return pages.renderer.page(
        template,
        signed.staff.locale,
        pages.clock.now(),
        signed=signed.staff,
        csrf=signed.csrf,
        speakers=speaker_names(pages, signed.staff.locale),
        team_names=team_names(pages.policies, signed.staff.locale),
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


def speaker_names(pages: Ruled, locale: str) -> dict[str, str]:
    """Each speaker's name in a language, English where it has none there."""
    return {
        speaker.id: speaker.names.get(locale) or speaker.names.get("en") or speaker.id
        for speaker in pages.policies.speakers()
    }


def creditor_names(pages: Ruled, locale: str) -> dict[str, str]:
    """Each creditor's name in a language, English where it has none there."""
    return {
        id: creditor.names.get(locale) or creditor.names["en"] for id, creditor in pages.policies.creditors.items()
    }


def zone_of(pages: Ruled, speaker: str) -> str:
    return pages.policies.for_speaker(speaker).office_hours.time_zone


def logins_of(work: StaffWork) -> dict[str, str]:
    """By which login each member of staff signs in, by id."""
    return {colleague.id: colleague.login for colleague in work.staff.everyone()}
