import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from bot.channels.backend import Address
from bot.clock import SystemClock
from tests.browser.conftest import Open
from tests.channels.memory import MemoryBackend
from tests.channels.site import Site, application
from tests.listening import listening

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("chat")]

WORDS = {
    "en-GB": ("Start", "See plans", "A person", "Write a message"),
    "zh-CN": ("开始", "看方案", "转人工", "请输入消息"),
    "zh-TW": ("開始", "看方案", "找真人", "輸入訊息"),
}


def press(page: Page, name: str) -> None:
    page.get_by_role("log").get_by_role("button", name=name, exact=True).click()


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox").fill(text)
    page.keyboard.press("Enter")


def bubbles(page: Page) -> list[str]:
    return page.locator(".bubble").all_inner_texts()


def address(site: Site) -> Address:
    (found,) = site.backend.rooms
    return found


@pytest.mark.parametrize("locale", WORDS)
def test_a_whole_chat_in_the_browsers_language(open_chat: Open, locale: str) -> None:
    start, plans, person, label = WORDS[locale]
    page = open_chat(locale=locale, width=360)
    expect(page.locator(".bubble")).to_have_count(3)
    expect(page.get_by_role("textbox", name=label)).to_be_visible()
    expect(page.locator("header").get_by_role("button", name=person)).to_be_visible()
    press(page, start)
    expect(page.locator(".message.user .bubble")).to_have_text(start)
    expect(page.get_by_role("button", name=start, exact=True)).to_have_count(0)
    press(page, plans)
    expect(page.locator(".plan")).to_have_count(3)
    expect(page.locator(".plan .amount").first).to_have_text("¥700.00")
    page.locator(".plan button").nth(1).click()
    expect(page.locator(".message.user .bubble").last).to_have_text("B")
    expect(page.locator(".plan button")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    ("path", "width"), [("/chat/harbour", 360), ("/chat/swiftlend", 1280), ("/chat/harbour?demo=HB-1001", 360)]
)
def test_the_chat_has_no_accessibility_violation(open_chat: Open, path: str, width: int, scheme: str) -> None:
    page = open_chat(path, width=width, color_scheme=scheme, reduced_motion="reduce", locale="en-GB")
    page.locator(".chip").first.wait_for()
    assert violations(page) == []
    page.locator(".chip").first.click()
    page.locator(".chips").get_by_role("button").nth(2).click()
    page.locator(".plan").first.wait_for()
    assert violations(page) == []


@pytest.mark.parametrize("path", ["/", "/verify/harbour", "/l/some-link-of-length", "/docs"])
def test_the_other_pages_have_none_either(open_chat: Open, path: str) -> None:
    assert violations(open_chat(path, width=360)) == []


def violations(page: Page) -> list[str]:
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = Axe().run(page, options={"runOnly": tags}).response["violations"]
    return [f"{v['id']}: {[node['html'][:120] for node in v['nodes']]}" for v in found]


@pytest.mark.parametrize("path", ["/chat/harbour", "/", "/verify/harbour", "/docs"])
def test_nothing_is_wider_than_a_small_phone(open_chat: Open, path: str) -> None:
    page = open_chat(path, width=360)
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_reload_shows_the_whole_chat_once(open_chat: Open) -> None:
    page = open_chat()
    press(page, "Start")
    expect(page.locator(".bubble")).to_have_count(7)
    before = bubbles(page)
    page.reload()
    expect(page.locator(".bubble")).to_have_count(7)
    assert bubbles(page) == before
    expect(page.locator(".chip").first).to_be_visible()


def test_what_is_written_offline_is_kept_over_a_reload_and_sent_once(open_chat: Open, site: Site) -> None:
    page = open_chat()
    page.locator(".chip").first.wait_for()
    page.context.set_offline(True)
    write(page, "first, offline")
    write(page, "second, offline")
    expect(page.locator("#connection")).to_contain_text("offline")
    expect(page.locator(".message.user.pending")).to_have_count(2)
    page.context.set_offline(False)
    page.reload()
    expect(page.locator(".message.user:not(.pending)")).to_have_count(2)
    assert [i.text for i in site.backend.rooms[address(site)].inputs] == [None, "first, offline", "second, offline"]


def test_a_server_that_dies_and_comes_back_loses_and_repeats_nothing(open_chat: Open) -> None:
    clock = SystemClock()
    backend = MemoryBackend(clock)
    with listening(application(backend, clock)) as port:
        page = open_chat(f"http://127.0.0.1:{port}/chat/harbour")
        expect(page.locator(".bubble")).to_have_count(3)
    write(page, "while it was away")
    expect(page.locator("#connection")).to_contain_text("Nothing is lost")
    with listening(application(backend, clock), port):
        expect(page.locator(".bubble")).to_have_count(5)
        expect(page.locator(".message.user")).to_have_count(1)
        expect(page.locator(".message.user .bubble")).to_have_text("while it was away")


def test_an_answer_that_was_lost_on_its_way_is_asked_again_with_the_same_id(open_chat: Open, site: Site) -> None:
    page = open_chat()
    page.locator(".chip").first.wait_for()
    lost: list[object] = []

    def lose_one(route: object) -> None:
        if not lost:
            lost.append(route.fetch())  # type: ignore[attr-defined]
            route.abort()  # type: ignore[attr-defined]
        else:
            route.continue_()  # type: ignore[attr-defined]

    page.route("**/api/chat/messages", lose_one)
    write(page, "only once")
    expect(page.locator(".message.user:not(.pending)")).to_have_count(1)
    page.wait_for_timeout(1500)
    assert [i.text for i in site.backend.rooms[address(site)].inputs] == [None, "only once"]


@pytest.mark.parametrize(
    "text",
    [
        "<img src=x onerror=document.title='gone'>",
        "</p><script>document.title='gone'</script>",
        "\u202eesrever \u2067 mixed",
        "&lt;b&gt; ${1+1} {{ 7*7 }}",
        "https://evil.example/ javascript:alert(1)",
    ],
)
def test_the_borrowers_text_is_only_text(open_chat: Open, text: str) -> None:
    page = open_chat()
    page.locator(".chip").first.wait_for()
    write(page, text)
    own = page.locator(".message.user .bubble")
    expect(own).to_have_text(text)
    assert own.evaluate("e => [e.children.length, getComputedStyle(e).unicodeBidi, e.dir]") == [
        0,
        "isolate",
        "auto",
    ]
    assert page.title() != "gone"


def test_the_chat_is_used_by_keyboard_alone(open_chat: Open) -> None:
    page = open_chat()
    page.locator(".chip").first.wait_for()
    expect(page.get_by_role("textbox")).to_be_focused()
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.textContent") == "Start":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("log")).to_be_focused()
    expect(page.get_by_role("button", name="See plans")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator(".chip").first).to_be_focused()
    page.get_by_role("textbox").focus()
    page.keyboard.type("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    page.keyboard.press("Enter")
    expect(page.locator(".message.user .bubble").last).to_have_text("one\ntwo", use_inner_text=True)


def test_the_language_is_switched_at_any_time(open_chat: Open) -> None:
    page = open_chat()
    page.locator(".chip").first.wait_for()
    page.get_by_label("Language").select_option("zh_Hant")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hant")
    expect(page.get_by_role("heading", level=1)).to_have_text("海港銀行")
    expect(page.locator(".bubble").last).to_contain_text("查證我們")


def test_a_person_joins_writes_and_leaves(open_chat: Open, site: Site) -> None:
    page = open_chat()
    page.locator(".chip").first.wait_for()
    site.backend.say(address(site), "notice", {"notice": "joined"})
    site.backend.say(address(site), "agent", {"text": "Hello, this is Li Na.", "name": "Li Na"})
    write(page, "hello")
    expect(page.locator("#role")).to_have_text("You're talking with a person")
    expect(page.locator(".notice")).to_have_text("A person has joined the chat.")
    expect(page.locator(".message.agent")).to_contain_text("Li Na")
    expect(page.locator(".chip")).to_have_count(0)


def test_a_photo_is_sent_and_another_kind_is_refused_kindly(open_chat: Open, site: Site) -> None:
    page = open_chat()
    page.locator(".chip").first.wait_for()
    chooser = page.locator("input[type=file]")
    chooser.set_input_files({"name": "payslip.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n0000"})
    expect(page.locator(".message.user .file")).to_contain_text("payslip.png")
    expect(page.locator(".bubble").last).to_contain_text("Thank you")
    chooser.set_input_files({"name": "x.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"})
    expect(page.locator(".failed .meta")).to_contain_text("This is something else")
    chooser.set_input_files({"name": "lie.png", "mimeType": "image/png", "buffer": b"MZ"})
    expect(page.locator(".failed .meta")).to_have_count(2)
    page.locator(".failed").first.get_by_role("button", name="Remove").click()
    expect(page.locator(".failed")).to_have_count(1)
    assert len(site.backend.files) == 1


def test_a_link_opens_the_chat_by_a_press(open_chat: Open, site: Site) -> None:
    site.backend.links["a-link-of-enough-length"] = "harbour"
    page = open_chat("/l/a-link-of-enough-length")
    page.get_by_role("button", name="Open the chat").click()
    page.wait_for_url("**/chat/harbour")
    page.locator(".chip").first.wait_for()
    page.goto("/l/a-link-of-enough-length")
    page.get_by_role("button", name="Open the chat").click()
    expect(page.get_by_role("alert")).to_contain_text("has been used")


def test_a_code_is_checked(open_chat: Open, site: Site) -> None:
    site.backend.codes.add(("harbour", "K7M2"))
    page = open_chat("/verify/harbour")
    page.get_by_label("The code from the chat").fill("k7 m2")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("status")).to_contain_text("Yes")
    page.get_by_label("The code from the chat").fill("XXXX")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("alert")).to_contain_text("don't know")


def test_the_start_page_introduces_people_and_their_details_go_along(open_chat: Open) -> None:
    page = open_chat("/")
    page.get_by_role("link", name=re.compile("林伟")).click()
    page.locator(".chip").first.wait_for()
    page.locator("details.demo summary").click()
    expect(page.locator("details.demo")).to_contain_text("1990-05-17")
