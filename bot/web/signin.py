"""Signing in and out, and the guard before every staff page: session, permission, CSRF, headers."""

import secrets
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Protocol, TypeVar
from urllib.parse import quote

from anyio import to_thread
from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from markupsafe import Markup

from bot.access import ROUTES, NotAllowed, Staff
from bot.channels.web_session import accepted
from bot.clock import Clock
from bot.conversations.ports import Talk
from bot.conversations.wakeups import Wakeups
from bot.desk.canned import Replies
from bot.desk.handoffs import NoticeWords
from bot.desk.offers import OfferWords
from bot.errors import BotError
from bot.lending.policy import Policies
from bot.locale import SOURCE, negotiate
from bot.web import staff as accounts
from bot.web.headers import page_headers
from bot.web.rendering import Renderer
from bot.web.work import StaffWork

T = TypeVar("T")
COOKIE = "staff"
FIRST_COOKIE = "sign_in"  # before there is a session: ties the form to the browser that got it
HEADERS = page_headers()
LONGEST_CURSOR = 16  # digits
# Asked for by the page itself, not by the person: they don't keep a session alive.
QUIET = frozenset(
    {"GET /desk/queue", "GET /desk/stream", "GET /desk/cases/{case_id}/news", "GET /desk/mentions/count"}
)


class Port(Protocol):
    """The way to the database: `run` opens the transaction, calls `fn` in a thread, and commits."""

    async def run(self, fn: Callable[[StaffWork], T], *, reading: bool = False) -> T: ...


@dataclass(frozen=True, slots=True)
class StaffPages:
    """The parts that every staff page works with."""

    port: Port
    clock: Clock
    policies: Policies
    notices: NoticeWords
    offer_words: OfferWords  # what colleagues offer, in the borrower's language
    talk: Talk
    renderer: Renderer
    changed: Callable[[str], None]  # tells waiting chats that their conversation has changed
    replies: Replies = field(default_factory=Replies.shipped)
    wakeups: Wakeups = field(default_factory=Wakeups)  # what open pages wait for
    intents: Sequence[str] = ()  # that start something, for the filters of review
    tickets: dict[object, Markup] = field(default_factory=dict)  # drawn for the queue, see `desk_queue`
    secure: bool = False  # served by https, so that cookies travel by nothing else
    demo: Sequence[accounts.DemoSignIn] = ()


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


class NotHere(BotError):
    """What was asked for does not exist, or not for this member of staff."""


def staff_route(pages: StaffPages) -> type[APIRoute]:
    """Routes that answer what goes wrong with a page, and put the headers on every answer."""

    class StaffRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handler = super().get_route_handler()

            async def handle(request: Request) -> Response:
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
    except RequestValidationError:
        return _refused(pages, request, 422, "bad_request")
    except NotHere:
        return _refused(pages, request, 404, "not_here")


async def _note_refused(pages: StaffPages, request: Request, refused: NotAllowed) -> None:
    """Somebody signed in tried what is not theirs: that is on the trail as well."""
    subject, now = f"{request.method} {request.url.path}"[:200], pages.clock.now()
    detail = {"what": refused.what}
    await pages.port.run(lambda work: work.audit.append("refused", subject, refused.staff.id, detail, now))


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def _refused(pages: StaffPages, request: Request, status: int, why: str) -> HTMLResponse:
    locale = browser_locale(pages, request)
    return HTMLResponse(
        pages.renderer.page("staff/refused.html", locale, pages.clock.now(), why=why, signed=None), status
    )


def guard(pages: StaffPages) -> Callable[[Request], Awaitable[SignedIn]]:
    """The dependency of every staff route: who is signed in, and whether ROUTES lets them do this."""

    async def signed_in(request: Request) -> SignedIn:
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

    return signed_in


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


def router(pages: StaffPages) -> APIRouter:
    """Sign-in, sign-out, the way to one's own first page, and the choice of language."""
    routes = APIRouter(route_class=staff_route(pages), include_in_schema=False)
    _sign_in(routes, pages)
    _own(routes, pages)
    return routes


def _sign_in(routes: APIRouter, pages: StaffPages) -> None:
    @routes.get("/sign-in")
    async def form(request: Request, next: str = "/staff") -> Response:
        return _form(pages, request, next)

    @routes.post("/sign-in")
    async def sign_in(
        request: Request,
        csrf: Annotated[str, Form()],
        login: Annotated[str, Form(max_length=100)] = "",
        password: Annotated[str, Form(max_length=1000)] = "",
        next: Annotated[str, Form(max_length=500)] = "/staff",
    ) -> Response:
        if not accounts.csrf_fits(request.cookies.get(FIRST_COOKIE, ""), csrf):
            return _form(pages, request, next, problem="stale")
        try:
            token = await _try(pages, login, password, request)
        except accounts.SignInSlowed as slowed:
            return _form(pages, request, next, problem="slowed", wait=int(slowed.wait.total_seconds()) + 1)
        except accounts.SignInRefused:
            return _form(pages, request, next, problem="refused", login=login)
        response = RedirectResponse(_inside(next), 303)
        _put(pages, response, COOKIE, token)
        response.delete_cookie(FIRST_COOKIE)
        return response


async def _try(pages: StaffPages, login: str, password: str, request: Request) -> str:
    """A session's token for a login and password that fit."""
    login, network = login.strip(), network_of(request)
    agent = request.headers.get("user-agent", "")
    now = pages.clock.now()

    found = await pages.port.run(lambda work: accounts.begin_try(work, login, network, now))
    # Argon2 takes its time and memory: outside any transaction.
    fits = await to_thread.run_sync(accounts.password_fits, password, found[1] if found else None)
    if not fits or found is None or found[0].disabled:
        await pages.port.run(lambda work: accounts.failed(work, login, network, now))
        raise accounts.SignInRefused
    staff = found[0]
    return await pages.port.run(lambda work: accounts.start_session(work, staff, network, now, agent))


def _form(
    pages: StaffPages,
    request: Request,
    next: str,
    problem: str | None = None,
    login: str = "",
    wait: int = 0,
) -> HTMLResponse:
    token = request.cookies.get(FIRST_COOKIE) or secrets.token_urlsafe(16)
    page = pages.renderer.page(
        "signin/sign_in.html",
        browser_locale(pages, request),
        pages.clock.now(),
        signed=None,
        csrf=accounts.csrf_of(token),
        next=_inside(next),
        problem=problem,
        login=login,
        wait=wait,
        demo=pages.demo,
    )
    response = HTMLResponse(page, {"refused": 403, "slowed": 429, "stale": 403}.get(problem or "", 200))
    if wait:
        response.headers["Retry-After"] = str(wait)
    _put(pages, response, FIRST_COOKIE, token)
    return response


def _own(routes: APIRouter, pages: StaffPages) -> None:
    here = Annotated[SignedIn, Depends(guard(pages))]

    @routes.get("/staff")
    async def first_page(signed: here) -> Response:
        return RedirectResponse("/desk" if signed.staff.may("desk.view") else "/review", 303)

    @routes.post("/staff/sign-out")
    async def sign_out(signed: here) -> Response:
        now = pages.clock.now()
        await pages.port.run(lambda work: accounts.end_session(work, signed.token, signed.staff, now))
        response = RedirectResponse("/sign-in", 303)
        response.delete_cookie(COOKIE)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    @routes.post("/staff/language")
    async def language(
        signed: here, locale: Annotated[str, Form()], back: Annotated[str, Form()] = "/staff"
    ) -> Response:
        if locale in pages.renderer.languages:
            await pages.port.run(lambda work: _speak(work, signed.staff.id, locale))
        return RedirectResponse(_inside(back), 303)


def _speak(work: StaffWork, staff_id: str, locale: str) -> None:
    staff = work.staff.by_id(staff_id)
    if staff:
        work.staff.save(replace(staff, locale=locale))


def _inside(path: str) -> str:
    """A path on this site; anything that could lead elsewhere becomes the first page."""
    # Browsers take a backslash for a slash and leave out tabs.
    safe = path.startswith("/") and not path.startswith("//") and path.isprintable() and "\\" not in path
    return path if safe else "/staff"


def network_of(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _put(pages: StaffPages, response: Response, name: str, token: str) -> None:
    response.set_cookie(name, token, httponly=True, secure=pages.secure, samesite="lax", path="/")
