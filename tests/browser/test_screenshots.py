"""Pictures of the real demo application for the README, taken while its stories are played."""

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from bot.dialogue.understanding import Understanding
from bot.web.staff import demo_staff
from tests.browser.conftest import PATIENCE
from tests.browser.staffed import Demo, demo_served

FOLDER = os.environ.get("SCREENSHOTS")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("screenshots"),
    pytest.mark.skipif(not FOLDER, reason="pictures are taken only when asked for: SCREENSHOTS=docs/images"),
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
LEAST_BYTES, MOST_BYTES = 10_000, 150_000

LENDER = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Harbour Bank</title>
<style>body{{margin:0;font:17px/1.5 system-ui,sans-serif;color:#1d2a30;background:#fff}}
header{{background:#0b5a6f;color:#fff;padding:18px 40px;font-weight:600}}main{{max-width:520px;padding:40px}}
h1{{font-size:32px;line-height:1.2;margin:0 0 12px}}</style>
<header>Harbour Bank</header><main><h1>Behind on your card?</h1>
<p>See what you owe and why, and agree a plan that you can keep. Day or night, without a call.</p></main>
<script src="{url}/widget.js" data-speaker="harbour" async></script>"""

Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, model: Understanding) -> Iterator[Demo]:
    with demo_served(tmp_path_factory.mktemp("pictured"), model) as served:
        yield served


@pytest.fixture
def visit(browser: Browser, demo: Demo) -> Iterator[Visit]:
    """Opens a page in a profile of its own, drawn as on a sharp screen and without animations."""
    contexts = []

    def open_page(path: str, size: dict[str, int], locale: str = "en-GB", **options: Any) -> Page:
        context = browser.new_context(
            base_url=demo.url,
            viewport=size,  # type: ignore[arg-type]
            locale=locale,
            reduced_motion="reduce",
            device_scale_factor=2 if size["width"] < 400 else 1.5,
            timezone_id="Asia/Shanghai",
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def picture(page: Page, name: str) -> list[str]:
    """Keep what the page shows, in 256 colours: a screenshot needs no more, and the file is a third.

    Returns what is wrong with the picture.
    """
    assert FOLDER
    page.mouse.move(0, 0)
    page.wait_for_timeout(400)
    taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    path = Path(FOLDER) / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    taken.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    window, sharpness = page.viewport_size, page.evaluate("devicePixelRatio")
    assert window
    size = (int(window["width"] * sharpness), int(window["height"] * sharpness))
    with Image.open(path) as kept:
        faults = {
            "not a PNG": kept.format != "PNG",
            "not of the window's size": kept.size != size,
            "an empty page": path.stat().st_size <= LEAST_BYTES,
            "too large for the README": path.stat().st_size >= MOST_BYTES,
            "cut off at the side": page.evaluate("document.documentElement.scrollWidth > innerWidth"),
        }
    return [fault for fault, found in faults.items() if found]


def settled(page: Page, before: int) -> None:
    """Wait until the bot has answered and says nothing more."""
    bubbles = page.locator(".message.bot .bubble")
    expect(bubbles.nth(before)).to_be_visible()
    expect(page.locator("#typing")).to_be_hidden()
    page.wait_for_timeout(300)


def talk(page: Page, *texts: str) -> None:
    for text in texts:
        before = page.locator(".message.bot .bubble").count()
        page.locator("#text").fill(text)
        page.keyboard.press("Enter")
        settled(page, before)


def press(page: Page, title: str) -> None:
    before = page.locator(".message.bot .bubble").count()
    page.locator("#log").get_by_role("button", name=title, exact=True).last.click()
    settled(page, before)


def newest(page: Page) -> Locator:
    """What the bot said last."""
    return page.locator(".message.bot .bubble").last


def greeted(page: Page) -> Page:
    page.locator(".chip").first.wait_for()
    return page


def verified(page: Page, start: str, *details: str) -> Page:
    press(greeted(page), start)
    talk(page, *details)
    return page


def test_the_start_page(visit: Visit) -> None:
    page = visit("/", DESK)
    expect(page.locator("main h1")).to_be_in_viewport()
    assert picture(page, "start") == []


@pytest.mark.parametrize(
    ("name", "locale", "speaker"),
    [("en", "en-GB", "harbour"), ("zh-hans", "zh-CN", "harbour"), ("zh-hant", "zh-TW", "chuntian")],
)
def test_first_contact(visit: Visit, name: str, locale: str, speaker: str) -> None:
    page = greeted(visit(f"/chat/{speaker}", PHONE, locale))
    expect(page.locator(".chip").first).to_be_in_viewport()
    assert picture(page, f"first-contact-{name}") == []


def test_from_the_balance_to_an_agreement(visit: Visit) -> None:
    page = verified(visit("/chat/harbour", PHONE), "Start", "HB-1001", "1990-05-17", "4417")
    talk(page, "why is it so much?")
    expect(newest(page)).to_be_in_viewport()
    assert picture(page, "why-so-much") == []
    talk(page, "what happens next?")
    expect(newest(page)).to_be_in_viewport()
    assert picture(page, "consequences") == []
    talk(page, "I lost my job")
    press(page, "One to three months")
    talk(page, "5000 on the 8th", "3500", "400", "800 to 1000")
    expect(page.locator(".plan").first).to_be_in_viewport()
    assert picture(page, "plans") == []
    before = page.locator(".message.bot .bubble").count()
    page.locator(".plan button").nth(1).click()
    settled(page, before)
    talk(page, "yes")
    expect(newest(page)).to_be_in_viewport()
    assert picture(page, "agreed") == []


def test_despair_in_the_middle(visit: Visit) -> None:
    page = verified(visit("/chat/swiftlend", PHONE, "zh-CN"), "开始", "SL-2001", "1998-03-21", "309X")
    talk(page, "想分期", "我真的撑不下去了，不想活了")
    expect(newest(page)).to_be_in_viewport()
    assert picture(page, "despair") == []


def test_plans_in_the_dark(visit: Visit) -> None:
    page = visit("/chat/chuntian", PHONE, "zh-TW", color_scheme="dark")
    verified(page, "開始", "CT-3001", "1992-07-09", "5512")
    talk(page, "想分期", "3000")
    expect(page.locator(".plan").first).to_be_in_viewport()
    assert picture(page, "plans-dark") == []


def test_the_widget_on_a_lenders_page(visit: Visit, demo: Demo) -> None:
    page = visit("about:blank", {"width": 1280, "height": 720})
    page.route(
        "**/lender.html", lambda route: route.fulfill(body=LENDER.format(url=demo.url), content_type="text/html")
    )
    page.goto("/lender.html")
    page.get_by_role("button", name="Open the chat").click()
    expect(page.frame_locator("iframe").locator(".chip").first).to_be_in_viewport()
    assert picture(page, "widget") == []


def sign_in(visit: Visit, login: str, path: str) -> Page:
    page = visit(path, DESK)
    page.locator("#login").fill(login)
    page.locator("#password").fill(next(one.password for one in demo_staff() if one.login == login))
    page.locator("main form button").click()
    page.wait_for_url(f"**{path}")
    return page


def test_the_desk_and_review(visit: Visit) -> None:
    borrower = verified(visit("/chat/prairie", PHONE), "Start", "PC-4001", "1976-12-14", "6203")
    talk(borrower, "I lost my job")
    press(borrower, "One to three months")
    talk(borrower, "900", "800", "none", "80")
    desk = sign_in(visit, "collector", "/desk")
    desk.locator(".ticket", has_text="Prairie").first.click()
    expect(desk.locator("#lines .line").last).to_be_in_viewport()
    assert picture(desk, "desk") == []
    team = sign_in(visit, "supervisor", "/desk/team")
    expect(team.locator("#team .tiles")).to_be_in_viewport()
    assert picture(team, "team") == []
    # Search for what was said, read why the bot offered its plans, look at figures and proof.
    admin = sign_in(visit, "admin", "/review")
    marked = admin.locator(".snippets mark")
    for _ in range(30):  # until the index has caught up
        admin.goto("/review?words=job")
        if marked.count():
            break
        admin.wait_for_timeout(500)
    expect(marked.first).to_be_in_viewport()
    assert picture(admin, "review") == []
    admin.locator(".found tbody tr", has_text="Prairie").get_by_role("link").first.click()
    admin.wait_for_url("**/review/conversations/*")
    admin.get_by_role("button", name="Verify").click()
    expect(admin.get_by_role("status")).to_contain_text("Unaltered")
    offered = admin.locator(".event.bot", has_text="Policy version").first
    offered.evaluate("one => one.scrollIntoView({block: 'center'})")
    expect(offered).to_be_in_viewport()
    assert picture(admin, "review-conversation") == []
    admin.goto("/review/figures?since=2026-11-23&until=2026-11-23")
    expect(admin.locator("main h1")).to_be_in_viewport()
    assert picture(admin, "review-figures") == []
    admin.goto("/review/proof")
    admin.get_by_role("button", name="Verify everything").click()
    expect(admin.locator("tbody tr").first).to_contain_text("Unaltered.")
    assert picture(admin, "review-proof") == []
