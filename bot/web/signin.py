"""Signing in and out, the way to one's own first page, and the choice of language."""

import secrets
from dataclasses import replace
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from bot.web import staff as accounts
from bot.web.guard import COOKIE, Here, browser_locale, staff_router
from bot.web.staff_pages import StaffPages
from bot.web.work import StaffWork

FIRST_COOKIE = "sign_in"  # before there is a session: ties the form to the browser that got it


def router(pages: StaffPages) -> APIRouter:
    """Sign-in, sign-out, the way to one's own first page, and the choice of language."""
    routes = staff_router(pages)
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
    @routes.get("/staff")
    async def first_page(signed: Here) -> Response:
        return RedirectResponse("/desk" if signed.staff.may("desk.view") else "/review", 303)

    @routes.post("/staff/sign-out")
    async def sign_out(signed: Here) -> Response:
        now = pages.clock.now()
        await pages.port.run(lambda work: accounts.end_session(work, signed.token, signed.staff, now))
        response = RedirectResponse("/sign-in", 303)
        response.delete_cookie(COOKIE)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    @routes.post("/staff/language")
    async def language(
        signed: Here, locale: Annotated[str, Form()], back: Annotated[str, Form()] = "/staff"
    ) -> Response:
        if locale in pages.renderer.languages:
            await pages.port.run(lambda work: _speak(work, signed.staff.id, locale))
        return RedirectResponse(_inside(back), 303)


def _speak(work: StaffWork, staff_id: str, locale: str) -> None:
    staff = work.staff.lock(staff_id)
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
