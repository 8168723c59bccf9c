import asyncio
import json
import re
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI

from bot.clock import FixedClock
from bot.web.colours import DARK_SURFACES, LIGHT_SURFACES, accents, contrast
from bot.web.templating import STATIC
from tests.channels.memory import MemoryBackend
from tests.channels.site import application

PAGES = ["/", "/chat/harbour", "/chat/harbour?demo=HB-1001", "/verify/harbour", "/l/some-link", "/docs"]


class Client:
    """Asks the application for pages, in process."""

    def __init__(self, app: FastAPI) -> None:
        self._transport = httpx.ASGITransport(app)

    def get(self, path: str) -> httpx.Response:
        async def run() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url="http://chat.test") as asking:
                return await asking.get(path)

        return asyncio.run(run())


def client() -> Client:
    clock = FixedClock(datetime(2026, 11, 21, 4, tzinfo=UTC))
    return Client(application(MemoryBackend(clock), clock, demo=True, ancestors=("https://bank.example",)))


def test_the_whole_chat_page_is_under_60_kb() -> None:
    browser = client()
    page = browser.get("/chat/harbour")
    addresses = re.findall(r'(?:src|href)="(/(?:static|chat)/[^"]+)"', page.text)
    assert len(addresses) >= 4
    sizes = [len(browser.get(address.replace("&amp;", "&")).content) for address in addresses]
    assert len(page.content) + sum(sizes) + len(browser.get("/widget.js").content) < 60 * 1024


@pytest.mark.parametrize("path", PAGES)
def test_no_page_runs_inline_script_or_style(path: str) -> None:
    page = client().get(path)
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert not re.search(r"\son\w+=|\sstyle=|<style|javascript:", page.text)
    scripts = re.findall(r"<script([^>]*)>", page.text)
    assert all("src=" in script or 'type="application/json"' in script for script in scripts)


def test_only_the_chat_may_be_framed_and_only_where_configured() -> None:
    browser = client()
    assert (
        "frame-ancestors 'self' https://bank.example"
        in browser.get("/chat/harbour").headers["content-security-policy"]
    )
    for path in ("/", "/verify/harbour", "/l/x", "/docs"):
        assert "frame-ancestors 'none'" in browser.get(path).headers["content-security-policy"]


def test_a_static_file_is_kept_for_long_only_under_its_hash() -> None:
    browser = client()
    page = browser.get("/chat/harbour").text
    (address,) = re.findall(r'"(/static/chat\.js\?v=[0-9a-f]+)"', page)
    assert "immutable" in browser.get(address).headers["cache-control"]
    assert "immutable" not in browser.get("/static/chat.js").headers["cache-control"]
    assert browser.get("/static/../chat_pages.py").status_code == 404
    assert browser.get("/static/%2e%2e%2fheaders.py").status_code == 404


def test_every_word_that_a_script_uses_is_there_in_every_language() -> None:
    page = client().get("/chat/harbour").text
    used = set(re.findall(r"\bt\('(\w+)'", (STATIC / "chat.js").read_text("utf-8")))
    used |= set(re.findall(r'data-t="(\w+)"', page))
    words = json.loads(page.split('id="data">')[1].split("</script>")[0])["words"]
    assert len(used) > 20
    for locale in ("en", "zh_Hans", "zh_Hant"):
        assert used - set(words[locale]) == set()
    assert not {key for key, text in words["en"].items() if text in (words["zh_Hans"][key], words["zh_Hant"][key])}


def test_an_unknown_lender_is_not_found() -> None:
    assert client().get("/chat/nobody").status_code == 404
    assert client().get("/verify/nobody").status_code == 404


@pytest.mark.parametrize("brand", ["#0b5d6b", "#ffb000", "#ffffff", "#000000", "#ff0000", "#7f7f7f", "no colour"])
def test_any_brand_colour_becomes_one_that_can_be_read(brand: str) -> None:
    light, dark = accents(brand)
    assert contrast(light.on, light.colour) >= 4.5
    assert contrast(dark.on, dark.colour) >= 4.5
    assert all(contrast(light.colour, surface) >= 4.5 for surface in LIGHT_SURFACES)
    assert all(contrast(dark.colour, surface) >= 4.5 for surface in DARK_SURFACES)
