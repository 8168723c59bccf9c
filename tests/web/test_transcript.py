"""Transcript and card as a collector reads them: what became of each line, what is hostile, what is personal."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from statistics import median
from time import perf_counter

import anyio
from fastapi import FastAPI

from bot.access import Role, Staff
from bot.lending.hardship import SENSITIVE
from bot.record.events import NewEvent
from bot.storage.work import Work
from bot.web.desk_views import opened_case
from bot.web.transcript import PAGE, Line, page_of
from tests.desk.stage import NOW, ask_for_person, chat, hire
from tests.web.office import Office

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</li></ol><script>alert(1)</script>",
    "{{ 7 * 7 }} {% raw %} &lt;b&gt;",
    "pay \u202e0001 ot\u202c me",  # turns the direction of writing
    "ze\u200bro\u2060wi\ufeffdth\U000e0041",
    "nul\x00\x1b[31m",
    "漢" * 10_000,
)
PLANS = {
    "type": "plans",
    "plans": [{"label": "A", "amount": "¥700.00", "count": 18, "first": "10 Dec", "last": "10 May"}],
}


def said(number: int, text: str | None = None, **body: object) -> NewEvent:
    return NewEvent("user", {"kind": "text", "input": number, "text": text, **body})


def turn(number: int, *commands: Mapping[str, object], **facts: object) -> NewEvent:
    return NewEvent(
        "turn", {"input": number, "turn": number, "commands": list(commands), "trace": [], "facts": facts}
    )


def bot(text: str, **body: object) -> NewEvent:
    return NewEvent("bot", {"text": text, "response": "utter_x", "locale": "en", "args": {}, **body})


def told(office: Office, *events: NewEvent, role: Role = "collector") -> tuple[str, dict[int, Line], int]:
    """Record events in a chat; the case, its lines by seq, and the seq of the first event."""
    with office.database.transaction() as work:
        conversation = chat(work)
        case = ask_for_person(work, conversation)
        first = work.record.append(conversation.id, list(events), NOW)[0].seq
        reader = hire(work, role)
        page = page_of(work.record, conversation.id, reader)
    return case, {line.seq: line for line in page.lines}, first


async def lines_of(office: Office, reader: Staff, case: str, app: FastAPI | None = None) -> str:
    """The transcript's lines as the page fetches them."""
    news = await office.browser(reader, app).get(f"/desk/cases/{case}/news?after=0")
    return str(news.json()["lines"])


def test_what_became_of_each_line_stands_on_it(office: Office) -> None:
    with office.database.transaction() as work:
        start = work.record.head(chat(work, sender="measure").id)[0] + 1
    offered = bot(
        "choose", buttons=[{"title": "Yes", "payload": "/a"}, {"title": "No", "payload": "/b"}], card=PLANS
    )
    case, lines, first = told(
        office,
        offered,
        said(8, "Yes", kind="button", choice=f"{start + 1}-1"),
        said(9, "No", kind="button", choice=f"{start + 1}-2"),
        turn(9, {"command": "StartFlow", "flow": "pattern_stale_button"}),
        said(10, "I pay 300"),
        said(11, "I pay 200", kind="edited", edits=start + 5),
        said(12, kind="deleted", edits=start + 6),
        bot("不", locale="zh_Hans"),
        NewEvent("delivery", {"state": "delivered", "seqs": [start + 1]}),
        NewEvent("delivery", {"state": "failed", "seqs": [start + 8], "why": "blocked"}),
    )
    assert first == start + 1  # the case's own event comes before
    assert [button.pressed for button in lines[first].buttons] == [True, True]
    assert (lines[first].mark, lines[first + 7].mark) == ("delivered", "failed")
    assert (lines[first + 1].stale, lines[first + 2].stale) == (False, True)
    assert (lines[first + 4].changed, lines[first + 5].changed) == ("edited", "deleted")
    assert (lines[first + 5].about, lines[first + 2].about) == (first + 4, first)

    async def look() -> None:
        shown = await lines_of(office, office.hired("collector", "ann"), case)
        for words in ("no longer valid", "Changed an earlier message to:", "Deleted an earlier message", "× 18"):
            assert words in shown
        assert "From here in 简体中文" in shown
        assert "⚠ Not delivered" in shown

    anyio.run(look)


def test_hostile_words_show_as_words(office: Office) -> None:
    events = [said(20 + number, text) for number, text in enumerate(HOSTILE)]
    case, _, _ = told(office, *events, NewEvent("agent", {"text": HOSTILE[1], "name": "<b>Mei</b>"}))

    async def look() -> None:
        page = await lines_of(office, office.hired("collector", "ann"), case)
        for alive in (
            "<img src=x",
            "<script>alert",
            "</li></ol><script",
            "<b>Mei",
            "\u202e",
            "\u200b",
            "\x00",
            "\x1b",
        ):
            assert alive not in page
        for shown in (
            "{{ 7 * 7 }}",
            "[U+202E]",
            "[U+200B]",
            "[U+2060]",
            "[U+FEFF]",
            "[U+E0041]",
            "[U+0000]",
            "漢" * 10_000,
        ):
            assert shown in page

    anyio.run(look)


def sensitive() -> list[NewEvent]:
    slot = {"command": "SetSlot", "name": "hardship_reason", "value": "illness"}
    needs = {"command": "StartFlow", "flow": "disclose_vulnerability"}
    label = {"reason": {"label": {"response": "utter_reason_illness", "args": {}}}}
    return [
        said(30, "I am in hospital"), turn(30, slot), bot("Sorry about your illness", args=label),
        said(31, "I hear voices"), turn(31, needs),
        said(32, "I lost my job"), turn(32, {**slot, "value": "job_loss"}),
    ]  # fmt: skip


READERS: tuple[tuple[Role, tuple[str, ...] | None, bool], ...] = (
    ("collector", None, False),
    ("collector", ("general", "fraud"), False),
    ("collector", ("hardship", "general"), True),
    ("supervisor", None, True),
    ("admin", None, False),
)


def test_what_is_personal_shows_to_those_whose_work_it_is(office: Office) -> None:
    case, _, _ = told(office, *sensitive(), role="auditor")
    app = office.app()

    async def look() -> None:
        for number, (role, teams, sees) in enumerate(READERS):
            with office.database.transaction() as work:
                reader = replace(hire(work, role, f"reader-{number}"), teams=teams)
                work.staff.save(reader)
            page = await lines_of(office, reader, case, app)
            for words in ("I am in hospital", "Sorry about your illness", "I hear voices"):
                assert (words in page) == sees, (role, teams)
            assert "I lost my job" in page
            assert ("Something personal" in page) != sees

    anyio.run(look)
    assert "illness" in SENSITIVE


def long_chat(work: Work, length: int) -> tuple[str, str]:
    conversation = chat(work)
    facts = {"offers": ["700.00 CNY × 18, 2026-12-10 – 2028-05-10"]}
    steps = {"steps": {"label": {"response": "utter_step_court", "args": {}}}}
    for start in range(0, length, 500):
        batch = [bot(f"line {start + number}") for number in range(500)]
        work.record.append(conversation.id, batch, NOW)
    explained = bot("From 6 Feb …", response="utter_waiting_steps", args=steps)
    answer = {"command": "SetSlot", "name": "plan_choice", "value": "a"}
    work.record.append(conversation.id, [explained, turn(90, **facts), turn(91, answer)], NOW + timedelta(hours=1))
    return conversation.id, ask_for_person(work, conversation)


def test_a_long_chat_opens_as_fast_and_is_read_back_to_its_beginning(office: Office) -> None:
    with office.database.transaction() as work:
        conversation_id, case = long_chat(work, 10_000)
        reader: Staff = hire(work, "collector")
    times = []
    with office.database.reading() as work:
        for _ in range(7):
            begun = perf_counter()
            opened = opened_case(work, reader, case, NOW)
            times.append(perf_counter() - begun)
        assert median(times) < 0.1, times
        assert [one.topic for one in opened.card.explained] == ["cost_of_waiting", "next_steps", "court"]
        (offered,) = opened.card.rounds
        assert (offered.answer, offered.chosen, offered.terms[0].count) == ("chosen", "A", 18)
        earlier, seqs = opened.earlier, [line.seq for line in opened.lines]
        while earlier is not None:
            page = page_of(work.record, conversation_id, reader, earlier)
            assert len(page.lines) <= PAGE
            seqs, earlier = [line.seq for line in page.lines] + seqs, page.earlier
    assert seqs == sorted(set(seqs))
    assert (seqs[0], len(seqs)) == (1, len(seqs))
    assert len(seqs) > 10_000
