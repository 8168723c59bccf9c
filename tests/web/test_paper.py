"""Conversations on paper and as Rasa's events, as an admin gets them: masked, proved, bounded, on the trail."""

import hashlib
import json
import re

import anyio
import pypdfium2
import pytest

from bot.conversations.store import Conversation
from bot.dialogue.messages import Incoming
from bot.record.events import NewEvent
from bot.review import exporting
from bot.storage.engine import Database
from tests.desk.stage import NOW, ask_for_person, chat, move_in
from tests.web.office import Browser, Office

HOSTILE = "{nb} \x1f\x1e <i>pay</i> \u202e欠款 林伟 +86 138 0013 8000"
FACTS = {"rule": "cn#plans", "policy": "ab" * 16}
REASON = "for the court, 26 K 114"


@pytest.fixture
def office(sqlite_database: Database) -> Office:
    move_in(sqlite_database)
    with sqlite_database.transaction() as work:
        chat(work, sender="other", reference="TB-7001", speaker="thames")
    return Office(sqlite_database)


def talked(office: Office) -> Conversation:
    with office.database.transaction() as work:
        conversation = chat(work)
        ask_for_person(work, conversation, "dispute")
        events = [
            NewEvent("user", {"kind": "text", "input": 9, "update_id": "9", "text": HOSTILE}),
            NewEvent("turn", {"input": 9, "commands": [], "trace": [], "facts": FACTS}),
            NewEvent("bot", {"text": "贷款 / 貸款", "response": "utter_total", "locale": "zh_Hans", "args": {}}),
            NewEvent("agent", {"text": "Hello", "name": "Mei\u202e"}),
            NewEvent("case", {"event": "note", "case": "c", "staff": "s", "text": "call \x1f back"}),
            NewEvent("delivery", {"state": "failed", "seqs": [10], "why": "gone"}),
        ]  # fmt: skip
        work.record.append(conversation.id, events, NOW)
    return conversation


def text_of(content: bytes) -> str:
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content)]
    return re.sub(r"\s+", " ", " ".join(pages))


async def post(browser: Browser, path: str, **fields: str) -> bytes:
    answer = await browser.post(path, reason=REASON, **fields)
    assert answer.status_code == 200, answer.text
    return answer.content


def test_a_conversation_on_paper_is_whole_masked_and_can_be_proved(office: Office) -> None:
    conversation = talked(office)
    path = f"/review/conversations/{conversation.id}/export"

    async def get() -> bytes:
        return await post(office.browser(office.hired("reviewer")), path, form="pdf")

    masked = anyio.run(get)
    with office.database.reading() as work:
        length, head = work.record.head(conversation.id)
        sent = work.audit.newest(action="export_sent")
        begun = work.audit.newest(action="export")
    text = text_of(masked)
    assert all(f" {seq} · 21 Nov 2026 12:00:00 ·" in text for seq in range(1, length) if seq != 12)
    for told in (
        "Harbour", conversation.id, head.hex(), REASON, "Asia/Shanghai", "python -m bot review verify", "Reviewer",
        "{nb} [U+001F][U+001E] <i>pay</i> [U+202E right-to-left override]欠款 ••• •••", "贷款 / 貸款",
        "utter_total", "cn#plans", "ab" * 16,
        "Collector Mei[U+202E]", "call [U+001F] back", "Not delivered: gone", "[ Start ]",
    ):  # fmt: skip
        assert told in text, told
    assert "HB-1001" not in text
    assert [entry.detail["sha256"] for entry in sent] == [hashlib.sha256(masked).hexdigest()]
    assert [entry.detail["unmasked"] for entry in begun] == [False]


def test_a_search_on_paper_is_bounded_and_says_so(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MOST_ON_PAPER", 1)
    conversation = talked(office)

    async def get() -> tuple[bytes, int]:
        browser = office.browser(office.hired("admin"))
        found = await post(browser, "/review/export", form="pdf", unmasked="true")
        none = await browser.post("/review/export", reason=REASON, form="pdf", query="words=unheard")
        return found, none.status_code

    found, none = anyio.run(get)
    text = text_of(found)
    assert "Only the first 1 conversations" in text
    assert (conversation.id in text) == ("林伟 +86 138 0013 8000" in text)
    assert none == 404


def test_a_search_as_rasas_events_is_streamed_masked_and_counted_on_the_trail(office: Office) -> None:
    conversation = talked(office)

    async def get() -> tuple[str, str, str, int]:
        browser = office.browser(office.hired("admin"))
        masked = (await post(browser, "/review/export", form="jsonl")).decode()
        whole = (await post(browser, "/review/export", form="jsonl", unmasked="true")).decode()
        page = (await browser.get("/review/exports")).text
        refused = await browser.post("/review/export", reason=REASON, form="jsonl", query="since=yesterday")
        return masked, whole, page, refused.status_code

    masked, whole, page, refused = anyio.run(get)
    lines = [json.loads(line) for line in masked.splitlines()]
    assert {line["sender_id"] for line in lines} >= {conversation.id}
    assert len({line["sender_id"] for line in lines}) == 2
    assert ("林伟" in masked, "林伟" in whole) == (False, True)
    assert page.count("Finished") == 2
    assert f'<td class="number">2</td><td class="number">{len(lines)}</td>' in page
    assert refused == 422
    with office.database.reading() as work:
        assert {entry.detail["lines"] for entry in work.audit.newest(action="export_sent")} == {len(lines)}


def test_a_chat_in_which_nothing_was_handled_yet_is_an_empty_sheet(office: Office) -> None:
    with office.database.transaction() as work:
        received = work.inbox.receive(Incoming("web:harbour", "new", "new/1", "start"), "harbour", "en", NOW)

    async def get() -> bytes:
        path = f"/review/conversations/{received.conversation_id}/export"
        return await post(office.browser(office.hired("reviewer")), path, form="pdf")

    assert f"Events: 0 Fingerprint (SHA-256): {'0' * 64}" in text_of(anyio.run(get))


def test_who_may_not_reveal_gets_no_personal_data(office: Office) -> None:
    path = f"/review/conversations/{talked(office).id}/export"

    async def tried() -> set[int]:
        auditor = office.browser(office.hired("auditor"))
        bounded = office.browser(office.hired("reviewer", "narrow", ("thames",)))
        forms = [("pdf", auditor), ("rasa", auditor), ("pdf", bounded), ("rasa", bounded)]
        return {(await browser.post(path, reason=REASON, form=form)).status_code for form, browser in forms}

    assert anyio.run(tried) == {403}
    with office.database.reading() as work:
        assert not work.audit.newest(action="export")


def test_an_export_that_breaks_off_says_how_far_it_came(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    talked(office)

    def broken(*_: object, **__: object) -> list[str]:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(exporting, "rasa_lines", broken)

    async def get() -> str:
        browser = office.browser(office.hired("admin"))
        with pytest.raises(RuntimeError, match="disk"):
            await browser.post("/review/export", reason=REASON, form="jsonl")
        return (await browser.get("/review/exports")).text

    assert "Broken off" in anyio.run(get)
