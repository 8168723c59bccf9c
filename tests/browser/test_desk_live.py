"""The desk as a page that stays open: nothing reloads, nothing is missed or doubled, all goes by keyboard."""

import re

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.staffed import Demo
from tests.browser.test_handoff import (
    Visit,
    answer,
    asking,
    demo,
    heard,
    line,
    open_ticket,
    press,
    second_browser,
    sign_in,
    talk,
    visit,
    write,
)

__all__ = ["demo", "second_browser", "visit"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("desk_live")]


@pytest.fixture
def loads() -> list[str]:
    """Addresses of documents that a desk loaded; fill it by `counting`."""
    return []


def counting(desk: Page, loads: list[str]) -> Page:
    desk.on("request", lambda request: loads.append(request.url) if request.is_navigation_request() else None)
    return desk


def says(desk: Page, text: str) -> None:
    """The transcript has this line once."""
    expect(line(desk, text)).to_have_count(1)


def test_a_talk_without_a_reload_over_a_cut_and_with_signs_of_writing(visit: Visit, loads: list[str]) -> None:
    borrower = asking(visit, "harbour")
    desk = counting(sign_in(visit, "collector"), loads)
    open_ticket(desk, "Harbour")
    desk.keyboard.press("t")
    heard(borrower, "Mei has joined the chat.")

    desk.locator("#answer").press_sequentially("I am")
    expect(borrower.locator("#typing")).to_contain_text("The person is writing")
    borrower.locator("#text").press_sequentially("good")
    expect(desk.locator("#typing")).to_have_text("The borrower is writing …")
    write(borrower, "said before the cut")
    says(desk, "said before the cut")
    expect(desk.locator("#typing")).to_have_text("")

    desk.context.set_offline(True)
    desk.evaluate("window.dispatchEvent(new Event('online'))")  # the stream breaks off at once
    write(borrower, "said during the cut, one")
    write(borrower, "said during the cut, two")
    answer(desk, "an answer without a connection")
    expect(desk.locator("#toast")).to_contain_text("No connection")
    expect(desk.locator("#answer")).to_have_value("an answer without a connection")
    desk.context.set_offline(False)
    for text in ("one", "two"):
        says(desk, f"said during the cut, {text}")
    desk.locator("#answer").focus()
    desk.keyboard.press("Control+Enter")
    heard(borrower, "an answer without a connection")
    expect(desk.locator("#answer")).to_have_value("")
    says(desk, "an answer without a connection")
    expect(line(desk, "an answer without a connection").locator(".got")).to_be_visible()
    assert loads == []


def test_the_next_case_is_taken_by_a_key_and_passed_on_to_a_colleague(visit: Visit, loads: list[str]) -> None:
    borrower = asking(visit, "swiftlend")
    mei, ana = counting(sign_in(visit, "collector"), loads), counting(sign_in(visit, "hardship"), loads)
    mei.keyboard.press("g")
    expect(mei.locator(".chat-title .badge")).to_have_text("Yours")
    heard(borrower, "Mei has joined the chat.")
    mei.keyboard.press("p")
    colleague = mei.locator("#transfer-to option", has_text="Ana").get_attribute("value")
    mei.locator("#transfer-to").select_option(colleague)
    mei.locator("#transfer-line").fill("knows the branch")
    mei.locator("#transfer-form").get_by_role("button", name="Pass on").click()
    heard(borrower, "Ana is with you in this chat now")
    expect(mei.locator("#answer")).to_have_count(0)

    passed = ana.locator(".ticket[data-mine]")
    expect(passed).to_have_count(1)
    passed.click()
    expect(ana.locator("#lines")).to_contain_text("knows the branch")
    answer(ana, "Ana here, I have read it all.")
    heard(borrower, "Ana here, I have read it all.")
    says(mei, "Ana here, I have read it all.")
    assert "knows the branch" not in borrower.locator("#messages").inner_text()
    assert loads == []


def outside_hours(visit: Visit) -> Page:
    """A borrower who asks for a person at two at night in London, and hears when there is one."""
    borrower = visit("/chat/thames")
    expect(borrower.locator(".message.bot").first).to_be_visible()
    said = talk(borrower, "I want to talk to a person")
    assert "outside our hours now. A colleague is here from 08:00" in said
    return borrower


def test_outside_the_hours_a_message_is_left_or_a_time_is_chosen(visit: Visit) -> None:
    writes, chooses = outside_hours(visit), outside_hours(visit)
    press(writes, "Leave a message")
    heard(writes, "What should my colleague know?")
    assert "who is here from 08:00" in talk(writes, "My wages come on the 12th")
    press(chooses, "Choose a time")
    heard(chooses, "On which day?")
    press(chooses, "Today")
    heard(chooses, "which time?")
    press(chooses, "09:00")
    heard(chooses, "It's set: today at 09:00")
    expect(chooses.locator("#role")).to_have_text("Automated assistant")

    desk = sign_in(visit, "supervisor")
    open_ticket(desk, "Call back")
    expect(desk.locator("#compose")).to_contain_text("The borrower expects a colleague 23 Nov 09:00.")
    desk.locator(".ticket", has_text="Thames").filter(has_not_text="Call back").click()
    expect(line(desk, "My wages come on the 12th").first).to_be_visible()


@pytest.mark.slow
def test_cases_are_opened_and_left_by_keyboard_and_the_back_button(visit: Visit, loads: list[str]) -> None:
    for speaker in ("thames", "prairie"):
        asking(visit, speaker)
    desk = counting(sign_in(visit, "supervisor"), loads)
    desk.keyboard.press("j")
    expect(desk.locator(".ticket").first).to_be_focused()
    open_ticket(desk, "Thames")
    desk.keyboard.press("n")
    expect(desk.locator("#note")).to_be_focused()
    desk.keyboard.type("half a thought")
    desk.keyboard.press("Escape")
    open_ticket(desk, "Prairie")
    expect(desk.locator("#card")).to_contain_text("Prairie")
    desk.go_back()
    expect(desk.locator(".ticket[aria-current]")).to_contain_text("Thames")
    expect(desk.locator("#card")).to_contain_text("Thames")
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog")).to_contain_text("Hand back to the bot")
    desk.keyboard.press("Escape")
    desk.keyboard.press("u")
    expect(desk.get_by_text("Choose a chat")).to_be_visible()
    assert desk.url.endswith("/desk")
    assert loads == []


@pytest.mark.slow
def test_the_queue_is_narrowed_by_the_address_and_stays_so(visit: Visit, demo: Demo) -> None:
    borrower = visit("/chat/sagar")
    expect(borrower.locator(".message.bot").first).to_be_visible()
    talk(borrower, "I don't want to live any more")
    asking(visit, "chuntian")
    desk = sign_in(visit, "supervisor")
    everybody = desk.locator(".ticket")
    desk.keyboard.press("f")
    desk.locator("#filter-reason").select_option("distress")
    expect(everybody).to_have_count(1)
    expect(everybody).to_contain_text("Distress")
    assert "reason=distress" in desk.url
    open_ticket(desk, "Sagar")
    assert "reason=distress" in desk.url
    desk.reload()
    expect(everybody).to_have_count(1)
    expect(desk.locator("#filter-reason")).to_have_value("distress")
    desk.get_by_role("button", name="Take over").click()
    expect(everybody).to_contain_text("You")
    desk.keyboard.press("3")
    expect(everybody).to_have_count(0)
    expect(desk.locator("#queue")).to_contain_text("Nothing fits this filter.")
    desk.keyboard.press("2")
    expect(everybody).to_have_count(1)
    expect(desk).to_have_title(re.compile(r"^\(\d+\) Desk"))


def heap(tools: CDPSession) -> tuple[int, int]:
    """Nodes and listeners of the page, after a collection."""
    tools.send("HeapProfiler.collectGarbage")
    counted = tools.send("Memory.getDOMCounters")
    return counted["nodes"], counted["jsEventListeners"]


@pytest.mark.slow
def test_hours_of_work_leave_nothing_behind_in_the_page(visit: Visit) -> None:
    borrower = asking(visit, "swiftlend")
    desk = sign_in(visit, "collector")
    open_ticket(desk, "Swiftlend")
    desk.get_by_role("button", name="Take over").click()
    heard(borrower, "Mei has joined the chat.")
    tools = desk.context.new_cdp_session(desk)
    case = desk.locator("[data-case]").get_attribute("data-case")

    def busy(times: int) -> None:
        """Open and leave the case, swap the queue, hear that nothing is new."""
        desk.evaluate(
            """async ([id, times]) => {
                for (let i = 0; i < times; i += 1) {
                    await desk.open(id, false);
                    await desk.refreshQueue();
                    desk.close(false);
                }
                await desk.open(id, false);
            }""",
            [case, times],
        )

    busy(3)
    nodes, listeners = heap(tools)
    busy(15)
    after = heap(tools)
    assert after[0] < nodes * 1.2 + 200
    assert after[1] <= listeners + 10


@pytest.mark.slow
def test_a_long_talk_keeps_some_hundreds_of_lines_and_the_older_ones_within_reach(visit: Visit, demo: Demo) -> None:
    asking(visit, "fairway")
    desk = sign_in(visit, "supervisor")
    open_ticket(desk, "Fairway")
    lines = desk.locator("#lines [data-seq]")
    first = lines.first.get_attribute("data-seq")
    desk.evaluate(
        """() => {
            const made = (n) => `<li class="line borrower" data-seq="${n}"><p class="said">line ${n}</p></li>`;
            const chat = document.querySelector("[data-case]");
            const all = Array.from({ length: 700 }, (_, n) => made(10000 + n)).join("");
            const { case: id, state } = chat.dataset;
            desk.take({ case: id, state, after: 10700, lines: all, marks: {}, changed: {} });
        }"""
    )
    expect(lines).to_have_count(300)
    expect(lines.last).to_have_text("line 10699")
    older = desk.get_by_role("button", name="Earlier messages")
    older.click()
    expect(desk.locator(f'#lines [data-seq="{first}"]')).to_have_count(1)
    expect(older).to_be_hidden()
