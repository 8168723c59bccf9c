"""The guard before every staff page: session, permission, CSRF, headers, and a page for what goes wrong."""

from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute

from bot.access import ROUTES, NotAllowed, Staff
from bot.channels.web_session import accepted
from bot.errors import BadInput, BotError
from bot.locale import SOURCE, negotiate
from bot.web import staff as accounts
from bot.web.headers import page_headers
from bot.web.staff_pages import StaffPages

COOKIE = "staff"
HEADERS = page_headers()
LONGEST_CURSOR = 16  # digits
# Asked for by the page itself, not by the person: they don't keep a session alive.
QUIET = frozenset(
    {"GET /desk/queue", "GET /desk/stream", "GET /desk/cases/{case_id}/news", "GET /desk/mentions/count"}
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who asks. `after`: the newest event that the page shows already, of a page that wants only what it lacks."""

    staff: Staff
    token: str
    fetching: bool = False  # the page's script asks, which takes fragments
    after: int | None = None

    @property
    def csrf(self) -> str:
        return accounts.csrf_of(self.token)


class SignInNeeded(BotError):
    """Nobody is signed in, or the session has ended."""


class ForeignForm(BotError):
    """A form without the token of the session: it was not one of ours."""


class BadField(BadInput):
    """A field of an address or a form has a value that cannot be read, or that is none of its choices."""

    def __init__(self, field: str, value: str) -> None:
        super().__init__(field, f"{value!r} cannot be read here")
        self.value = value


class NotHere(BotError):
    """What was asked for does not exist, or not for this member of staff."""


def staff_router(pages: StaffPages) -> APIRouter:
    """A router for staff pages, whose routes take `Here`."""
    return APIRouter(route_class=_staff_route(pages), include_in_schema=False)


def _staff_route(pages: StaffPages) -> type[APIRoute]:
    """Routes that answer what goes wrong with a page, and put the headers on every answer."""

    class StaffRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handler = super().get_route_handler()

            async def handle(request: Request) -> Response:
                request.state.staff_pages = pages
                response = await _answered(pages, handler, request)
                for name, value in HEADERS.items():  # a file has a stricter policy of its own
                    response.headers.setdefault(name, value)
                return response

            return handle

    return StaffRoute


async def _answered(
    pages: StaffPages, handler: Callable[[Request], Awaitable[Response]], request: Request
) -> Response:
    try:
        return await handler(request)
    except SignInNeeded:
        if request.method == "GET" and not _wants_json(request):
            return RedirectResponse(f"/sign-in?next={quote(request.url.path)}", 303)
        return _refused(pages, request, 401, "signed_out")
    except NotAllowed as refused:
        await _note_refused(pages, request, refused)
        return _refused(pages, request, 403, "not_allowed")
    except ForeignForm:
        return _refused(pages, request, 403, "foreign_form")
    except RequestValidationError as bad:
        return _unreadable(pages, request, {str(error["loc"][-1]) for error in bad.errors()})
    except BadField as bad:
        return _unreadable(pages, request, {bad.place})
    except NotHere:
        return _refused(pages, request, 404, "not_here")


async def _note_refused(pages: StaffPages, request: Request, refused: NotAllowed) -> None:
    """Somebody signed in tried what is not theirs: that is on the trail as well."""
    subject, now = f"{request.method} {request.url.path}"[:200], pages.clock.now()
    detail = {"what": refused.what}
    await pages.port.run(lambda work: work.audit.append("refused", subject, refused.staff.id, detail, now))


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def _unreadable(pages: StaffPages, request: Request, fields: Collection[str]) -> HTMLResponse:
    """A form says by itself what it needs; of an address, the page names what cannot be read in it."""
    if request.method == "GET":
        return _refused(pages, request, 422, "bad_address", sorted(fields))
    return _refused(pages, request, 422, "bad_request")


def _refused(
    pages: StaffPages, request: Request, status: int, why: str, fields: Sequence[str] = ()
) -> HTMLResponse:
    locale, now = browser_locale(pages, request), pages.clock.now()
    html = pages.renderer.page("staff/refused.html", locale, now, why=why, fields=fields, signed=None)
    return HTMLResponse(html, status)


def pages_of(request: Request) -> StaffPages:
    """What the router of this request was made with."""
    pages: StaffPages = request.state.staff_pages
    return pages


async def signed_in(request: Request, pages: Annotated[StaffPages, Depends(pages_of)]) -> SignedIn:
    """The dependency of every staff route: who is signed in, and whether ROUTES lets them do this."""
    key = f"{request.method} {request.scope['route'].path}"
    token = request.cookies.get(COOKIE)
    if not token:
        raise SignInNeeded
    staff = await _session(pages, token, quiet=key in QUIET)
    if request.method != "GET":
        await _own_form(request, token)
    permission = ROUTES.get(key)
    if permission is None:
        raise NotAllowed(staff, key)
    staff.require(permission)
    shown = request.headers.get("x-after", "")
    after = int(shown) if shown.isdecimal() and len(shown) < LONGEST_CURSOR else None
    return SignedIn(staff, token, _wants_json(request), after)


Here = Annotated[SignedIn, Depends(signed_in)]


async def _session(pages: StaffPages, token: str, *, quiet: bool) -> Staff:
    now = pages.clock.now()
    found = await pages.port.run(lambda work: accounts.staff_of(work, token, now), reading=True)
    if found is None:
        raise SignInNeeded
    staff, session = found
    if not quiet and accounts.needs_touch(session, now):
        await pages.port.run(lambda work: work.staff.touch_session(session.digest, now))
    return staff


async def _own_form(request: Request, token: str) -> None:
    given = (await request.form()).get("csrf")
    if not isinstance(given, str) or not accounts.csrf_fits(token, given):
        raise ForeignForm


def browser_locale(pages: StaffPages, request: Request) -> str:
    """The staff language nearest to the browser's wishes."""
    return negotiate(accepted(request.headers.get("accept-language")), pages.renderer.languages) or SOURCE
