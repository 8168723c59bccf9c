"""Signing in: paced, locked, ended; cookies and forms that belong to one browser."""

import re
from dataclasses import replace
from datetime import timedelta

import anyio
import httpx
import pytest

from bot.review.verification import verify_audit
from bot.storage.engine import Database
from bot.web import staff as accounts
from tests.desk.stage import NOW, PASSWORD
from tests.web.office import Browser, Office, text_of


async def sign_in(browser: Browser, login: str, password: str, next: str = "/staff") -> httpx.Response:
    form = (await browser.get("/sign-in")).text
    found = re.search(r'name="csrf" value="(\w+)"', form)
    assert found
    fields = {"csrf": found.group(1), "login": login, "password": password, "next": next}
    return await browser.client.post("/sign-in", data=fields)


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


def test_in_and_out(office: Office) -> None:
    office.hired("collector", "Ann")

    async def go() -> None:
        browser = office.browser(app=office.app(secure=True))
        browser.client.base_url = httpx.URL("https://bot.test")
        response = await sign_in(browser, " ann ", PASSWORD, "/desk")
        assert (response.status_code, response.headers["location"]) == (303, "/desk")
        cookie = next(line for line in response.headers.get_list("set-cookie") if line.startswith("staff="))
        for part in ("HttpOnly", "SameSite=lax", "Secure", "Path=/"):
            assert part in cookie
        browser.token = browser.client.cookies["staff"]
        assert (await browser.get("/desk")).status_code == 200
        assert (await browser.post("/staff/sign-out")).status_code == 303
        browser.client.cookies.set("staff", browser.token)
        assert (await browser.get("/desk")).status_code == 303  # the old token opens nothing

    anyio.run(go)


def test_failures_slow_down_and_the_right_password_must_wait_too(office: Office) -> None:
    office.hired("collector", "ann")

    async def go() -> None:
        browser = office.browser()
        for _ in range(accounts.FREE_TRIES):
            assert (await sign_in(browser, "ann", "wrong")).status_code == 403
        slowed = await sign_in(browser, "ann", PASSWORD)
        assert (slowed.status_code, slowed.headers["retry-after"]) == (429, "6")
        office.clock.advance(timedelta(seconds=6))
        assert (await sign_in(browser, "ann", PASSWORD)).status_code == 303

    anyio.run(go)


def test_an_unknown_login_is_answered_like_a_wrong_password(office: Office) -> None:
    office.hired("collector", "ann")

    async def go() -> None:
        wrong = await sign_in(office.browser(), "ann", "wrong")
        unknown = await sign_in(office.browser(), "bob", "wrong")
        assert wrong.status_code == unknown.status_code == 403
        assert text_of(wrong) == text_of(unknown)

    anyio.run(go)


def test_sessions_end_when_idle_and_in_any_case(office: Office) -> None:
    staff = office.hired("collector")

    async def go() -> None:
        browser = office.browser(staff)
        for _ in range(13):
            assert (await browser.get("/desk")).status_code == 200
            office.clock.advance(accounts.IDLE - timedelta(minutes=1))
        assert (await browser.get("/desk")).status_code == 303  # twelve hours are over
        idle = office.browser(staff)
        office.clock.advance(timedelta(minutes=40))
        assert (await idle.get("/desk/queue")).status_code == 200  # the page's own polling
        office.clock.advance(timedelta(minutes=21))
        assert (await idle.get("/desk")).status_code == 303

    anyio.run(go)


def test_a_disabled_account_is_out_at_once(office: Office) -> None:
    staff = office.hired("collector", "ann")

    async def go() -> None:
        browser = office.browser(staff)
        with office.database.transaction() as work:
            work.staff.save(replace(staff, disabled=True))
        assert (await browser.get("/desk")).status_code == 303
        assert (await sign_in(office.browser(), "ann", PASSWORD)).status_code == 403

    anyio.run(go)


@pytest.mark.parametrize("elsewhere", ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)"])
def test_signing_in_leads_nowhere_else(office: Office, elsewhere: str) -> None:
    office.hired("collector", "ann")

    async def go() -> None:
        response = await sign_in(office.browser(), "ann", PASSWORD, elsewhere)
        assert response.headers["location"] == "/staff"

    anyio.run(go)


def test_the_form_belongs_to_the_browser_that_got_it(office: Office) -> None:
    office.hired("collector", "ann")

    async def go() -> None:
        fields = {"csrf": accounts.csrf_of("somebody else's"), "login": "ann", "password": PASSWORD}
        response = await office.browser().client.post("/sign-in", data=fields)
        assert response.status_code == 403
        assert "staff" not in response.cookies

    anyio.run(go)


def test_tries_are_on_the_trail_without_what_was_typed(office: Office) -> None:
    office.hired("collector", "ann")

    async def go() -> None:
        await sign_in(office.browser(), "hunter2 my password", "x")
        await sign_in(office.browser(), "ann", PASSWORD)

    anyio.run(go)
    with office.database.reading() as work:
        entries = work.audit.newest()
        assert [entry.action for entry in entries] == ["sign_in", "sign_in_failed", "add_staff"]
        assert "hunter2" not in str(entries)
        assert verify_audit(work).broken is None


def test_waits_double_up_to_a_limit() -> None:
    def wait(count: int) -> float:
        return accounts.wait_for([NOW] * count, NOW).total_seconds()

    assert [wait(count) for count in (0, 2, 3, 4, 5, 9, 11, 50)] == [0, 0, 5, 10, 20, 320, 900, 900]
    assert accounts.wait_for([NOW] * 50, NOW + accounts.REMEMBERED).total_seconds() == 0


def test_passwords_have_a_least_length() -> None:
    with pytest.raises(accounts.WeakPassword):
        accounts.hash_password("short")


def test_demo_sign_ins_fit_and_are_made_once(database: Database) -> None:
    for _ in range(2):
        with database.transaction() as work:
            accounts.add_demo_staff(work, NOW)
    with database.reading() as work:
        assert {staff.role for staff in work.staff.everyone()} == {"collector", "supervisor", "admin"}
        for demo in accounts.demo_staff():
            found = work.staff.by_login(demo.login)
            assert found is not None
            assert accounts.password_fits(demo.password, found[1])
