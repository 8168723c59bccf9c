"""What an attacker would try at the staff's door and the borrower's: nothing gained, nothing told."""

import io
import zlib
from collections.abc import Iterator
from typing import Any

import anyio
import httpx
import pytest
from PIL import Image

from bot.clock import SystemClock
from bot.files.checks import FileRefused, media_type
from bot.web import staff as accounts
from tests.channels.memory import MemoryBackend
from tests.channels.site import application
from tests.desk.stage import PASSWORD
from tests.listening import listening
from tests.web.office import Office

ELSEWHERE = (
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "/%09/evil.example",
    "/\n/evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "/desk\r\nSet-Cookie: staff=x",
)


@pytest.fixture
def borrowers() -> Iterator[httpx.Client]:
    clock = SystemClock()
    app = application(MemoryBackend(clock), clock)
    with listening(app) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        yield client


def signed_in(office: Office, **fields: str) -> httpx.Response:
    """The answer to a right login, in a browser that the attacker prepared with a session of its own."""
    office.hired("collector")

    async def try_it() -> httpx.Response:
        browser = office.browser()
        first = await browser.get("/sign-in")
        token = first.cookies["sign_in"]
        browser.client.cookies.set("staff", "chosen-by-somebody-else")
        form = {"csrf": accounts.csrf_of(token), "login": "collector", "password": PASSWORD, **fields}
        return await browser.client.post("/sign-in", data=form)

    return anyio.run(try_it)


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_leads_nowhere_else(office: Office, target: str) -> None:
    answer = signed_in(office, next=target)
    assert answer.status_code == 303
    location = httpx.URL("http://bot.test").join(answer.headers["location"].replace("\t", ""))
    assert location.host == "bot.test"
    assert "set-cookie: staff=x" not in str(answer.headers).lower()


def test_a_session_that_was_there_before_is_not_taken_over(office: Office) -> None:
    answer = signed_in(office)
    cookies = answer.headers.get_list("set-cookie")
    staff = next(cookie for cookie in cookies if cookie.startswith("staff="))
    assert "chosen-by-somebody-else" not in staff
    for attribute in ("httponly", "samesite=lax", "path=/"):
        assert attribute in staff.lower()


def test_over_https_cookies_travel_by_nothing_else(office: Office) -> None:
    async def look() -> None:
        answer = await office.browser(app=office.app(secure=True)).get("/sign-in")
        assert "secure" in answer.headers["set-cookie"].lower()

    anyio.run(look)


def test_signing_in_asks_the_hash_whoever_asks(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown login costs one Argon2, as a known one does: time tells nothing."""
    right = accounts.password_fits
    asked: list[str | None] = []

    def fits(password: str, kept: str | None) -> bool:
        asked.append(kept)
        return right(password, kept)

    monkeypatch.setattr(accounts, "password_fits", fits)
    office.hired("collector")

    async def try_it(login: str) -> httpx.Response:
        browser = office.browser()
        token = (await browser.get("/sign-in")).cookies["sign_in"]
        form = {"csrf": accounts.csrf_of(token), "login": login, "password": "not the right one"}
        return await browser.client.post("/sign-in", data=form)

    known, unknown = anyio.run(try_it, "collector"), anyio.run(try_it, "nobody")
    assert len(asked) == 2
    assert known.status_code == unknown.status_code == 403
    # The pages differ by the login that they show again, and by tokens of one length.
    assert len(known.text) - len("collector") == len(unknown.text) - len("nobody")


def test_a_page_that_fails_tells_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("secret of the database")

    monkeypatch.setattr("bot.web.desk_panes.Panes.of", fail)
    staff = office.hired("collector")

    async def look() -> httpx.Response:
        app = office.app()
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        browser = office.browser(staff, app)
        async with httpx.AsyncClient(transport=transport, base_url="http://bot.test") as client:
            client.cookies.set("staff", browser.token)
            return await client.get("/desk")

    answer = anyio.run(look)
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


def test_a_strange_host_header_gets_into_no_page(office: Office) -> None:
    async def look() -> None:
        browser = office.browser(office.hired("admin"))
        for path in ("/sign-in", "/desk", "/review", "/staff"):
            answer = await browser.get(path, host="evil.example")
            assert "evil.example" not in answer.text + answer.headers.get("location", "")

    anyio.run(look)


def test_looking_at_a_link_never_burns_it(borrowers: httpx.Client) -> None:
    page = borrowers.get("/l/a-link-of-enough-length")
    assert page.status_code == 200
    assert borrowers.head("/l/a-link-of-enough-length").status_code in (200, 405)
    assert borrowers.get("/api/chat/links").status_code == 405
    assert page.headers["referrer-policy"] == "no-referrer"


def test_another_chats_token_opens_nothing_of_this_one(borrowers: httpx.Client) -> None:
    mine, other = (
        borrowers.post("/api/chat/sessions", json={"speaker": "harbour"}).json()["token"] for _ in range(2)
    )
    headers = {"Authorization": f"Bearer {mine}"}
    start = {"id": "0b0e6f0c-7e3a-4a63-9f2f-0d3f7a0b5b11", "start": True}
    assert borrowers.post("/api/chat/messages", json=start, headers=headers).status_code == 202
    theirs = borrowers.get("/api/chat/messages", headers={"Authorization": f"Bearer {other}"}).json()
    assert theirs["messages"] == []
    elsewhere = mine.replace("harbour", "swiftlend")
    moved = borrowers.get("/api/chat/messages", headers={"Authorization": f"Bearer {elsewhere}"}).json()
    assert moved["messages"] == []
    for bad in ("x", mine[:-1], mine + "x", mine.replace("harbour", "nobody"), mine.replace("harbour", "../x")):
        refused = borrowers.get("/api/chat/messages", headers={"Authorization": f"Bearer {bad}"})
        assert refused.status_code == 401


def bomb() -> bytes:
    """A PNG of a few kilobytes that says it has 400 million pixels."""
    header = b"IHDR" + (20_000).to_bytes(4) + (20_000).to_bytes(4) + b"\x08\x02\x00\x00\x00"
    data = b"IDAT" + zlib.compress(bytes(1_000_000))
    chunks = (header, data, b"IEND")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (len(chunk) - 4).to_bytes(4) + chunk + zlib.crc32(chunk).to_bytes(4) for chunk in chunks
    )


def gif_and_script() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "GIF")
    return out.getvalue() + b"<script>alert(1)</script>"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(bomb(), id="bomb"),
        pytest.param(gif_and_script(), id="gif"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", id="svg"),
        pytest.param(b"<html>%PDF-1.4 startxref 0 %%EOF", id="html with a PDF inside"),
        pytest.param(b"%PDF-1.4 /JavaScript (x) startxref 0 %%EOF", id="PDF that runs"),
        pytest.param(b"PK\x03\x04", id="zip"),
    ],
)
def test_what_is_no_plain_picture_or_pdf_is_refused(content: bytes) -> None:
    with pytest.raises(FileRefused):
        media_type(content)
