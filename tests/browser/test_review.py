"""An admin's review in a browser, on the real demo application: find, read, reveal, prove, export, print, erase."""

import csv
import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_handoff import (
    Visit,
    demo,
    faults,
    heard,
    second_browser,
    sign_in,
    talk,
    verified,
    visit,
    write,
)

__all__ = ["demo", "second_browser", "visit"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("review")]
REASON = "complaint 77 of 20 November"
INDEXED_WITHIN = 15  # seconds


def said(visit: Visit, word: str, speaker: str = "harbour") -> None:
    """Somebody unknown says a word that nobody else says."""
    borrower = visit(f"/chat/{speaker}")
    expect(borrower.locator(".message.bot").first).to_be_visible()
    talk(borrower, f"why is there a {word} in your letter?")
    borrower.context.close()


def find(page: Page, word: str) -> None:
    """Search by the form until the index has caught up."""
    page.goto("/review")
    page.locator("#words").fill(word)
    page.locator("#words").press("Enter")
    page.wait_for_url(f"**/review?*words={word}*")
    until = time.monotonic() + INDEXED_WITHIN
    while not page.locator(".snippets mark").count() and time.monotonic() < until:
        page.wait_for_timeout(300)
        page.reload()
    expect(page.locator(".snippets mark").first).to_have_text(word)


def open_found(page: Page) -> str:
    """Open the first hit; gives the id of its conversation."""
    page.locator(".found tbody tr").first.get_by_role("link").click()
    page.wait_for_url("**/review/conversations/*")
    return page.url.split("/")[-1].split("#")[0]


def test_found_by_a_word_read_revealed_and_verified(visit: Visit) -> None:
    borrower = verified(visit, "HB-1001", "harbour", "1990-05-17", "4417")
    talk(borrower, "is it about the lighthouse?")
    write(borrower, "what happens next?")
    heard(borrower, "court")
    page = sign_in(visit, "admin", "/review")
    find(page, "lighthouse")
    open_found(page)

    events = page.locator(".events")
    expect(events).not_to_contain_text("HB-1001")
    consequence = events.locator(".event.bot", has_text="action_explain_consequences").first
    for beside in ("Understood as", "step explain", "Policy version", "yml#consequences", "Template", "English"):
        expect(consequence).to_contain_text(beside)
    expect(events.locator(".event.bot", has_text="court").last).to_contain_text("as event")
    expect(consequence.locator(".got")).to_contain_text("Delivered")
    expect(events).to_contain_text("Proved who they are: reference, date of birth, document")
    assert faults(page) == []

    page.get_by_text("Reveal personal data").click()
    page.locator("#reason").fill(REASON)
    page.get_by_role("button", name="Reveal", exact=True).click()
    expect(page.get_by_text("Personal data shown")).to_be_visible()
    expect(events).to_contain_text("HB-1001")
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_role("status")).to_contain_text("Unaltered.")
    expect(events).not_to_contain_text("HB-1001")
    page.goto("/review/audit")
    expect(page.locator("tbody")).to_contain_text(REASON)


@pytest.mark.slow
def test_printed_without_what_only_a_screen_needs(visit: Visit) -> None:
    said(visit, "windmill")
    page = sign_in(visit, "admin", "/review")
    find(page, "windmill")
    open_found(page)
    page.evaluate("window.print = () => { document.title = 'printed'; }")
    page.get_by_role("button", name="Print").click()
    expect(page).to_have_title("printed")
    page.emulate_media(media="print")
    for hidden in (".bar", ".raw", "[data-print]", "text=Reveal personal data"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.get_by_text("Personal data masked")).to_be_visible()
    expect(page.locator(".event.user", has_text="windmill")).to_be_visible()
    assert page.locator(".event").first.evaluate("one => getComputedStyle(one).breakInside") == "avoid"


def downloaded(page: Page) -> bytes:
    with page.expect_download() as coming:
        page.get_by_role("button", name="Export", exact=True).click()
    return Path(coming.value.path()).read_bytes()


def test_what_a_search_found_is_exported_and_counted(visit: Visit) -> None:
    said(visit, "heron", "thames")
    page = sign_in(visit, "admin", "/review")
    find(page, "heron")
    page.locator("summary", has_text="Export").click()
    page.locator("#export-reason").fill(REASON)
    rows = list(csv.DictReader(downloaded(page).decode("utf-8-sig").splitlines()))
    assert len(rows) == 1
    assert "thames" in rows[0].values()
    page.locator("#export-form").select_option("pdf")
    assert downloaded(page).startswith(b"%PDF-")
    assert faults(page) == []
    page.get_by_role("link", name="How far exports are").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody tr").first).to_contain_text("Finished")
    assert faults(page) == []
    page.goto("/review/figures?since=2026-11-23&until=2026-11-23")
    expect(page.get_by_role("link", name=re.compile(r"^Conversations: [1-9]"))).to_be_visible()
    expect(page.get_by_role("row", name="Proved who they are").first).to_be_visible()
    assert faults(page) == []


@pytest.mark.slow
def test_everything_is_proven_unaltered(visit: Visit) -> None:
    said(visit, "granite")
    page = sign_in(visit, "admin", "/review/proof")
    page.get_by_role("button", name="Verify everything").click()
    expect(page.locator("tbody tr").first).to_contain_text("Unaltered.")
    assert faults(page) == []


def test_an_erased_conversation_says_so_is_not_found_and_still_verifies(visit: Visit) -> None:
    said(visit, "marigold")
    page = sign_in(visit, "admin", "/review")
    find(page, "marigold")
    conversation_id = open_found(page)
    page.goto("/review/protection")
    page.locator("#erase-whom").fill(conversation_id)
    page.locator("#erase-why").fill(REASON)
    page.get_by_role("button", name="Show what would go").click()
    expect(page.locator(".asked")).to_contain_text("Conversations that lose every word, file and address: 1.")
    assert faults(page) == []
    page.get_by_role("button", name="Propose to erase it for good").click()
    expect(page.get_by_role("status")).to_contain_text("Nothing is erased or lifted until another admin agrees.")
    other = sign_in(visit, "second", "/review/two-people")
    expect(other.locator(".proposal")).to_contain_text(f"Erasure of {conversation_id[:8]}")
    assert faults(other) == []
    other.get_by_role("button", name="Agree and do it").click()
    expect(other.get_by_role("status")).to_contain_text("Agreed, and done.")
    page.goto(f"/review/conversations/{conversation_id}")
    expect(page.locator(".events")).not_to_contain_text("marigold")
    expect(page.locator(".event.user").last).to_contain_text("Erased; its place in the chain is kept.")
    expect(page.locator(".event").last).to_contain_text("The conversation was erased")
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_role("status")).to_contain_text("Unaltered.")
    page.goto("/review?words=marigold")
    expect(page.locator(".found")).to_contain_text("No conversation matches.")
