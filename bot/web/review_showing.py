"""What all pages of review show alike."""

from typing import Any

from fastapi.responses import HTMLResponse

from bot.web.desk_showing import speaker_names
from bot.web.guard import SignedIn
from bot.web.staff_pages import StaffPages


def review_page(
    pages: StaffPages, signed: SignedIn, template: str, status: int = 200, **context: Any
) -> HTMLResponse:
    html = pages.renderer.page(
        template,
        signed.staff.locale,
        pages.clock.now(),
        signed=signed.staff,
        csrf=signed.csrf,
        speakers=speaker_names(pages, signed.staff.locale),
        **context,
    )
    return HTMLResponse(html, status)
