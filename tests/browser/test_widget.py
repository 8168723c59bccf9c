import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.channels.site import Site
from tests.listening import listening

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("widget")]

LENDER = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Bank</title><h1>A bank</h1>
<script src="{url}/widget.js" data-speaker="harbour" async></script>"""


@pytest.mark.parametrize("width", [360, 1280])
def test_the_widget_opens_by_keyboard_closes_by_escape_and_traps_nobody(
    open_chat: Open, site: Site, width: int
) -> None:
    page = open_chat("about:blank", width=width)
    page.route(
        "**/lender.html", lambda route: route.fulfill(body=LENDER.format(url=site.url), content_type="text/html")
    )
    page.goto("/lender.html")
    bubble = page.get_by_role("button", name="Open the chat")
    bubble.focus()
    page.keyboard.press("Enter")
    chat = page.frame_locator("iframe")
    chat.locator(".chip").first.wait_for()
    expect(chat.get_by_role("textbox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("iframe")).to_be_hidden()
    expect(bubble).to_be_focused()
    bubble.click()
    chat.get_by_role("button", name="Close the chat").click()
    expect(page.locator("iframe")).to_be_hidden()


def test_a_page_that_is_not_allowed_cant_frame_the_chat(open_chat: Open, site: Site) -> None:
    elsewhere = FastAPI()

    @elsewhere.get("/")
    async def lender() -> HTMLResponse:
        return HTMLResponse(LENDER.format(url=site.url))

    with listening(elsewhere) as port:
        page = open_chat(f"http://127.0.0.1:{port}/")
        with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
            page.get_by_role("button", name="Open the chat").click()
        assert page.frame_locator("iframe").locator(".chip").count() == 0
