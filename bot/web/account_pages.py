"""One's own account: language and clock, password, where one is signed in, and signing out of everywhere."""

from dataclasses import replace
from functools import cache
from typing import Annotated, Literal

from anyio import to_thread
from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from bot.access import Session
from bot.clock import time_zones
from bot.review.roles import given_password
from bot.web import staff as accounts
from bot.web.guard import Here, SignedIn, staff_router
from bot.web.signin import network_of
from bot.web.staff_pages import StaffPages
from bot.web.staff_showing import render
from bot.web.work import StaffWork

PATH = "/staff/account"
Done = Literal["", "saved", "password", "signed_out"]
Problem = Literal["", "zone", "refused", "weak", "unlike", "slowed"]
_STATUS = {"zone": 422, "refused": 422, "weak": 422, "unlike": 422, "slowed": 429}
Secret = Annotated[str, Form(max_length=1000)]


@cache
def zones() -> tuple[str, ...]:
    """The places of the IANA database, without its aliases for machines."""
    places = (zone for zone in time_zones() if "/" in zone)
    return tuple(sorted(zone for zone in places if not zone.startswith(("Etc/", "posix/", "right/", "SystemV/"))))


def router(pages: StaffPages) -> APIRouter:
    routes = staff_router(pages)
    _settings(routes, pages)
    _password(routes, pages)
    return routes


def _settings(routes: APIRouter, pages: StaffPages) -> None:
    @routes.get(PATH)
    async def account(signed: Here, done: Annotated[Done, Query()] = "") -> Response:
        return await _page(pages, signed, done=done)

    @routes.post(PATH)
    async def save(
        signed: Here, locale: Annotated[str, Form()], time_zone: Annotated[str, Form()] = ""
    ) -> Response:
        if locale not in pages.renderer.languages or (time_zone and time_zone not in zones()):
            return await _page(pages, signed, problem="zone")

        def keep(work: StaffWork) -> None:
            known = work.staff.lock(signed.staff.id)
            if known:
                work.staff.save(replace(known, locale=locale, time_zone=time_zone or None))

        await pages.port.run(keep)
        return _done("saved")

    @routes.post(f"{PATH}/sign-out")
    async def sign_out_elsewhere(signed: Here) -> Response:
        staff, kept, now = signed.staff, accounts.digest_of(signed.token), pages.clock.now()
        await pages.port.run(lambda work: accounts.sign_out_everywhere(work, staff, staff.id, now, kept))
        return _done("signed_out")


def _password(routes: APIRouter, pages: StaffPages) -> None:
    @routes.post(f"{PATH}/password")
    async def password(
        request: Request, signed: Here, old: Secret = "", new: Secret = "", again: Secret = ""
    ) -> Response:
        if new != again:
            return await _page(pages, signed, problem="unlike")
        try:
            await _change(pages, signed, network_of(request), old, new)
        except accounts.SignInSlowed as slowed:
            return await _page(pages, signed, problem="slowed", wait=int(slowed.wait.total_seconds()) + 1)
        except accounts.SignInRefused:
            return await _page(pages, signed, problem="refused")
        except accounts.WeakPassword:
            return await _page(pages, signed, problem="weak")
        return _done("password")


async def _change(pages: StaffPages, signed: SignedIn, network: str, old: str, new: str) -> None:
    """Take a new password from whoever knows the old one; tries are counted and slowed like those of signing in."""
    staff, now = signed.staff, pages.clock.now()
    found = await pages.port.run(lambda work: accounts.begin_try(work, staff.login, network, now))
    fits = await to_thread.run_sync(accounts.password_fits, old, found[1] if found else None)
    if not fits:
        await pages.port.run(lambda work: accounts.failed(work, staff.login, network, now))
        raise accounts.SignInRefused
    made = await to_thread.run_sync(accounts.hash_password, new)

    def keep(work: StaffWork) -> None:
        accounts.forgive(work, staff.login)
        given_password(work, staff.id, made, staff.id, now, accounts.digest_of(signed.token))

    await pages.port.run(keep)


def _done(what: Done) -> Response:
    return RedirectResponse(f"{PATH}?done={what}", 303)


async def _page(
    pages: StaffPages, signed: SignedIn, *, done: Done = "", problem: Problem = "", wait: int = 0
) -> Response:
    now = pages.clock.now()

    def read(work: StaffWork) -> list[Session]:
        sessions = work.staff.sessions(signed.staff.id, now)
        return [session for session in sessions if now - session.seen_at < accounts.IDLE]

    sessions = await pages.port.run(read, reading=True)
    html = render(
        pages,
        signed,
        "staff/account.html",
        sessions=sessions,
        own=accounts.digest_of(signed.token),
        zones=zones(),
        zone=signed.staff.time_zone or "UTC",
        least=accounts.LEAST_PASSWORD,
        done=done,
        problem=problem,
        wait=wait,
    )
    return HTMLResponse(html, _STATUS.get(problem, 200))
