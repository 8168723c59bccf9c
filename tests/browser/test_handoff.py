"""A borrower and the staff in browsers of their own, at once, on the real demo application."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import APIResponse, Browser, Locator, Page, Route, expect

from bot.dialogue.understanding import Understanding
from bot.web.staff import demo_staff
from tests.browser.conftest import ARGUMENTS, CHROMIUM, PATIENCE
from tests.browser.staffed import Demo, demo_served
from tests.browser.test_chat import violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("handoff")]
Visit = Callable[..., Page]

TRICKS = "<script>document.title='x'</script> <b>my</b> \u202erebmun"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, model: Understanding) -> Iterator[Demo]:
    with demo_served(tmp_path_factory.mktemp("demo"), model) as served:
        yield served


@pytest.fixture(scope="module")
def second_browser(browser: Browser) -> Iterator[Browser]:
    launched = browser.browser_type.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
    yield launched
    launched.close()


@pytest.fixture
def visit(browser: Browser, second_browser: Browser, demo: Demo) -> Iterator[Visit]:
    """Opens a page in a profile of its own; staff and borrowers use different browsers."""
    contexts = []
    problems: list[str] = []

    def open_page(path: str, *, staff: bool = False, width: int = 1280, **options: Any) -> Page:
        options = {"locale": "en-GB", "viewport": {"width": width, "height": 800}, **options}
        context = (second_browser if staff else browser).new_context(base_url=demo.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda m: problems.append(m.text) if "Content Security Policy" in m.text else None)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


def sign_in(visit: Visit, login: str, path: str = "/desk", **options: Any) -> Page:
    """Sign in by the form that one is sent to, and land on the page that was asked for."""
    page = visit(path, staff=True, **options)
    password = next(person.password for person in demo_staff() if person.login == login)
    page.locator("#login").fill(login)
    page.locator("#password").fill(password)
    page.locator("main form button").click()
    page.wait_for_url(f"**{path}")
    return page


def write(page: Page, text: str) -> None:
    page.locator("#text").fill(text)
    page.keyboard.press("Enter")
    expect(page.locator(".message.user:not(.pending) .bubble").last).to_have_text(text, use_inner_text=True)


def heard(page: Page, text: str) -> None:
    """The borrower's page says this."""
    expect(page.locator("#messages > li", has_text=text).last).to_be_visible()


def talk(page: Page, text: str) -> str:
    """Write, and give the bot's whole answer."""
    bot = page.locator(".message.bot .bubble")
    before = bot.count()
    write(page, text)
    expect(bot).not_to_have_count(before)
    expect(page.locator("#typing")).to_be_hidden()
    return "\n".join(bot.all_inner_texts()[before:])


def press(page: Page, title: str) -> None:
    page.locator("#log").get_by_role("button", name=title, exact=True).click()


def verified(visit: Visit, reference: str, speaker: str, birth: str, digits: str, **options: Any) -> Page:
    """A borrower who has proved who they are."""
    page = visit(f"/chat/{speaker}", **options)
    press(page, "Start")
    heard(page, "What's your reference?")
    for answer in (reference, birth, digits):
        talk(page, answer)
    return page


def asking(visit: Visit, speaker: str) -> Page:
    """A borrower who waits for a person."""
    borrower = visit(f"/chat/{speaker}")
    expect(borrower.locator(".message.bot").first).to_be_visible()
    talk(borrower, "I want to talk to a person")
    return borrower


def open_ticket(desk: Page, shown: str) -> None:
    desk.locator(".ticket", has_text=shown).first.click()
    desk.wait_for_url("**/desk/cases/*")
    desk.wait_for_load_state()


def line(desk: Page, text: str) -> Locator:
    return desk.locator("#lines li", has_text=text)


def answer(desk: Page, text: str) -> None:
    desk.locator("#answer").fill(text)
    desk.keyboard.press("Control+Enter")


def test_from_the_bot_to_a_person_and_back(visit: Visit) -> None:
    borrower = verified(visit, "HB-1001", "harbour", "1990-05-17", "4417")
    talk(borrower, "I lost my job two months ago")
    assert "I've asked a colleague" in talk(borrower, "I want to talk to a person")
    desk = sign_in(visit, "collector")
    open_ticket(desk, "Asked for a person")
    card = desk.locator(".facts-pane")
    for fact in ("HB-1001", "Verified", "¥12,600.00", "Who they are: checked"):
        expect(card).to_contain_text(fact)
    expect(line(desk, "I lost my job two months ago")).to_have_count(1)
    desk.keyboard.press("t")
    heard(borrower, "Mei has joined the chat.")
    expect(borrower.locator("#role")).to_have_text("You're talking with a person")

    bot = borrower.locator(".message.bot .bubble")
    said = bot.count()
    write(borrower, TRICKS)
    expect(line(desk, "<script>document.title='x'</script> <b>my</b> [U+202E]rebmun")).to_be_visible()
    answer(desk, "Hello Wei, I have read everything. <b>How</b> can I help?")
    heard(borrower, "Hello Wei, I have read everything. <b>How</b> can I help?")
    write(borrower, "500 a month is what I can pay")
    expect(line(desk, "500 a month is what I can pay")).to_be_visible()
    borrower.wait_for_timeout(500)
    assert bot.all_inner_texts()[said:] == []
    assert "x" not in (borrower.title(), desk.title())

    desk.reload()
    borrower.reload()
    for page in (desk.locator("#lines"), borrower.locator("#messages")):
        expect(page.get_by_text("500 a month is what I can pay")).to_have_count(1)
        expect(page.get_by_text("I have read everything")).to_have_count(1)

    desk.locator("#compose").get_by_text("Hand back to the bot").click()
    desk.locator("#agreed").fill("500 a month from 10 December")
    desk.get_by_role("button", name="Hand back", exact=True).click()
    heard(borrower, "What you agreed: 500 a month from 10 December. The automated assistant is back.")
    expect(borrower.locator("#role")).to_have_text("Automated assistant")
    expect(desk.locator(".chat-title .badge")).to_have_text("Handed back")
    assert "¥12,600.00" in talk(borrower, "how much do I owe?")


def test_an_offer_is_looked_at_sent_accepted_and_known_to_the_bot(visit: Visit) -> None:
    borrower = verified(visit, "SL-2001", "swiftlend", "1998-03-21", "309X")
    talk(borrower, "I want to talk to a person")
    desk = sign_in(visit, "collector")
    open_ticket(desk, "Swiftlend")
    desk.keyboard.press("t")
    heard(borrower, "Mei has joined the chat.")
    pane = desk.locator("#acting")
    pane.get_by_text("Make an offer").click()
    pane.get_by_label("Payments").fill("10")
    pane.get_by_role("button", name="See the schedule").click()
    expect(pane.locator("#offer-preview")).to_contain_text("They will read:")
    pane.get_by_role("button", name="Send to the borrower").click()
    heard(borrower, "Mei can offer you this")
    expect(pane).to_contain_text("sent, no answer yet")
    answer(desk, "Take your time, and ask me anything.")
    heard(borrower, "Take your time, and ask me anything.")
    press(borrower, "Accept")
    heard(borrower, "Do you agree to this?")
    press(borrower, "I agree")
    heard(borrower, "Done, your plan is recorded.")
    expect(pane).to_contain_text("accepted")
    expect(desk.locator("#card")).to_contain_text("Under way")
    desk.locator("#compose").get_by_text("Hand back to the bot").click()
    desk.get_by_role("button", name="Hand back", exact=True).click()
    heard(borrower, "the automated assistant is back")
    assert "620.00 × 9" in talk(borrower, "show me my plan")


def test_rights_and_language_are_served_while_a_person_has_the_chat(visit: Visit) -> None:
    borrower = verified(visit, "TB-7001", "thames", "1991-02-11", "9027")
    talk(borrower, "I want to talk to a person")
    desk = sign_in(visit, "collector")
    open_ticket(desk, "Thames")
    desk.keyboard.press("t")
    heard(borrower, "Mei has joined the chat.")
    talk(borrower, "stop messaging me")
    expect(line(desk, "stop messaging me")).to_be_visible()
    expect(desk.locator("#card")).to_contain_text("Asked for no contact")
    assert "中文" in talk(borrower, "请说中文")
    expect(desk.locator("#card")).to_contain_text("简体中文")


def test_words_that_threaten_are_stopped_before_they_are_sent(visit: Visit) -> None:
    borrower = asking(visit, "swiftlend")
    desk = sign_in(visit, "supervisor")
    open_ticket(desk, "Swiftlend")
    expect(desk.locator(".facts-pane")).to_contain_text("Say nothing about a debt")
    desk.get_by_role("button", name="Take over").click()
    threat = "Pay today or we will have you arrested."
    answer(desk, threat)
    expect(desk.get_by_role("alert")).to_contain_text("Not sent.")
    expect(desk.locator("#answer")).to_have_value(threat)
    answer(desk, "Could you tell me your reference?")
    heard(borrower, "Could you tell me your reference?")
    assert threat not in borrower.locator("#messages").inner_text()


def test_an_answer_that_comes_late_leaves_the_question_before_the_collector(visit: Visit) -> None:
    """What was asked before the words were refused, and comes after, doesn't take the refusal off the page."""
    borrower = asking(visit, "swiftlend")
    desk = sign_in(visit, "supervisor")
    open_ticket(desk, "Swiftlend")
    late: dict[str, tuple[Route, APIResponse]] = {}

    def hold(what: str) -> Callable[[Route], None]:
        def handle(route: Route) -> None:
            if what in late:
                route.continue_()
            else:
                late[what] = route, route.fetch()

        return handle

    desk.route("**/take", hold("take"))
    desk.get_by_role("button", name="Take over").click()
    expect(desk.locator("#answer")).to_be_visible()
    desk.route("**/news?*", hold("news"))
    with desk.expect_request("**/news?*"):
        write(borrower, "Are you there?")
    answer(desk, "Pay today or we will have you arrested.")
    expect(desk.get_by_role("alert")).to_contain_text("Not sent.")
    assert set(late) == {"take", "news"}
    for route, told in late.values():
        with desk.expect_response(route.request.url):
            route.fulfill(response=told)
    expect(line(desk, "Are you there?")).to_be_visible()
    expect(desk.get_by_role("alert")).to_contain_text("Not sent.")


def test_two_collectors_race_for_one_chat(visit: Visit) -> None:
    asking(visit, "prairie")
    mei, daniel = sign_in(visit, "collector"), sign_in(visit, "supervisor")
    for desk in (mei, daniel):
        open_ticket(desk, "Prairie")
        expect(desk.get_by_role("button", name="Take over")).to_be_visible()
    for address in ("**/news?*", "**/stream?*"):  # Daniel's page doesn't learn of it in time
        daniel.route(address, lambda route: route.abort())
    daniel.reload()
    mei.get_by_role("button", name="Take over").click()
    expect(mei.locator(".chat-title .badge")).to_have_text("Yours")
    daniel.get_by_role("button", name="Take over").click()
    expect(daniel.get_by_role("alert")).to_contain_text("Mei was faster")
    expect(daniel.locator("#answer")).to_have_count(0)
    expect(mei.locator(".chat-title .badge")).to_have_text("Yours")


def test_distress_stands_above_everybody_else(visit: Visit) -> None:
    borrower = visit("/chat/chuntian")
    expect(borrower.locator(".message.bot").first).to_be_visible()
    desk = sign_in(visit, "collector")
    talk(borrower, "I don't want to live any more")
    first = desk.locator(".ticket").first
    expect(first).to_contain_text("Distress")
    expect(desk).to_have_title(re.compile(r"^\(\d+\) "))
    desk.keyboard.press("j")
    expect(first).to_be_focused()


def test_an_admin_finds_reads_reveals_verifies_and_leaves_a_trail(visit: Visit) -> None:
    borrower = verified(visit, "HB-1002", "harbour", "1985-11-02", "2026")
    talk(borrower, "my number is 138 0013 8000")
    admin = sign_in(visit, "admin", "/review")
    admin.locator("#reference").fill("hb-1002")
    admin.get_by_role("button", name="Find").click()
    admin.locator("tbody a").first.click()
    assert "138 0013 8000" not in admin.content()
    admin.get_by_role("button", name="Verify").click()
    expect(admin.get_by_role("status")).to_contain_text("Unaltered.")
    admin.get_by_text("Reveal personal data").click()
    admin.locator("#reason").fill("complaint of 23 November")
    admin.get_by_role("button", name="Reveal", exact=True).click()
    expect(admin.get_by_text("138 0013 8000").first).to_be_visible()
    admin.goto("/review/audit")
    newest = " ".join(admin.locator("tbody tr").all_inner_texts()[:8])
    for shown in (
        "Revealed personal data",
        "complaint of 23 November",
        "Verified",
        "Read a conversation",
        "Searched",
    ):
        assert shown in newest


def faults(page: Page) -> list[str]:
    """What axe finds, light and dark."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += violations(page)
    return found


def test_staff_pages_have_no_accessibility_violation(visit: Visit) -> None:
    borrower = visit("/chat/sagar")
    talk(borrower, "I want to talk to a person")
    assert faults(visit("/sign-in", staff=True)) == []
    desk = sign_in(visit, "supervisor")
    assert faults(desk) == []
    open_ticket(desk, "Sagar")
    desk.get_by_role("button", name="Take over").click()
    answer(desk, "You will be arrested.")
    expect(desk.get_by_role("alert")).to_be_visible()
    assert faults(desk) == []
    admin = sign_in(visit, "admin", "/review")
    assert faults(admin) == []
    admin.locator("tbody a").first.click()
    assert faults(admin) == []
    admin.goto("/review/audit")
    assert faults(admin) == []


def test_a_reply_is_found_by_a_key_checked_while_written_and_a_file_is_saved(visit: Visit, tmp_path: Path) -> None:
    borrower = verified(visit, "HB-1002", "harbour", "1985-11-02", "2026", accept_downloads=True)
    talk(borrower, "I want to talk to a person")
    desk = sign_in(visit, "collector")
    open_ticket(desk, "Harbour")
    desk.keyboard.press("t")
    field = desk.locator("#answer")
    field.fill("We will tell your boss.")
    expect(desk.locator("#check")).to_contain_text("Nobody but the borrower may learn")
    field.fill("")
    expect(desk.locator("#check")).to_be_empty()
    field.press("/")
    expect(desk.locator("#replies-search")).to_be_focused()
    desk.locator("#replies-search").fill("stay in the chat")
    expect(desk.locator("#replies-list [role=option]")).to_have_count(1)
    desk.keyboard.press("Enter")
    expect(field).to_be_focused()
    expect(field).to_have_value(re.compile("I'll ask and answer you here"))
    field.press("Control+Enter")
    heard(borrower, "I'll ask and answer you here")
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.4\nstartxref 0 %%EOF")
    desk.locator("#attach summary").click()
    desk.locator("#attachment").set_input_files(letter)
    desk.locator("#caption").fill("The next step would be court.")
    desk.get_by_role("button", name="Send file").click()
    expect(desk.get_by_role("alert")).to_contain_text("Not sent yet.")
    desk.get_by_role("button", name="Send anyway").click()  # the file that was chosen is still there
    heard(borrower, "letter.pdf")
    with borrower.expect_download() as saved:
        borrower.get_by_role("button", name="Save this file").click()
    assert saved.value.suggested_filename == "letter.pdf"
    expect(line(desk, "File: letter.pdf")).to_be_visible()


def test_whoever_writes_proves_it_to_the_bot_while_the_collector_stays(visit: Visit) -> None:
    borrower = asking(visit, "harbour")
    desk = sign_in(visit, "collector")
    open_ticket(desk, "Harbour")
    desk.keyboard.press("t")
    heard(borrower, "Mei has joined the chat.")
    desk.locator("#card").get_by_role("button", name="Ask them to prove who they are").click()
    heard(borrower, "Mei would like to be sure that it's you.")
    press(borrower, "Confirm it's me")
    heard(borrower, "What's your reference?")
    expect(borrower.locator("#log").get_by_role("button", name="I don't have it")).to_be_enabled()
    for told in ("HB-1003", "1979-08-30", "8844"):
        talk(borrower, told)
    heard(borrower, "I've confirmed it's you")
    expect(desk.locator("#card")).to_contain_text("✓ Verified")
    expect(line(desk, "Who they are: verified")).to_have_count(1)
    expect(line(desk, "An answer that proves who they are")).to_have_count(2)
    assert all(secret not in desk.content() for secret in ("1979-08-30", "8844"))
    expect(desk.locator(".chat-title .badge")).to_have_text("Yours")
