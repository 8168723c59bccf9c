"""The page of figures: what it counts, that every figure leads to just its conversations, and who may see what."""

import html
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl

import anyio
import pytest

from bot.record.events import EventKind, NewEvent
from bot.review import search
from bot.review.indexing import Indexer
from bot.storage.engine import Database
from bot.storage.work import Work
from bot.web.review_showing import voices
from tests.desk.stage import NOW, ask_for_person, chat, move_in
from tests.web.office import Office, text_of

VERIFIED: tuple[EventKind, dict[str, Any]] = ("access", {"what": "verified", "borrower": "b"})
LOST = {
    "commands": [{"command": "CannotHandle"}],
    "understood": {"intents": [["check_balance", 0.3]], "band": "reject"},
}
HARDSHIP = {"trace": [{"event": "slot", "name": "hardship_reason", "value": "job_loss"}]}
BALANCE: tuple[EventKind, dict[str, Any]] = (
    "bot",
    {"response": "utter_debt_row", "text": "12,600.00", "locale": "en"},
)


def turn(**more: Any) -> tuple[EventKind, dict[str, Any]]:
    return "turn", {"input": 9, "commands": [], "trace": [], **more}


def say(work: Work, conversation_id: str, *told: tuple[EventKind, dict[str, Any]], minutes: int = 0) -> None:
    at = NOW + timedelta(minutes=minutes)
    work.record.append(conversation_id, [NewEvent(kind, body) for kind, body in told], at)


def held_in(database: Database) -> Office:
    """Four chats: a stranger's, one with an agreed plan, one that a person answered, and one of another lender."""
    move_in(database)
    with database.transaction() as work:
        say(work, chat(work, sender="a", reference=None).id, turn(**LOST))
        agreed = chat(work, sender="b", reference="HB-1001").id
        say(
            work,
            agreed,
            VERIFIED,
            BALANCE,
            turn(facts={"offers": [{}], "agreement": "p", "rule": "r"}),
            turn(**HARDSHIP),
        )
        held = chat(work, sender="c", reference="HB-1002")
        say(
            work,
            held.id,
            VERIFIED,
            turn(facts={"rights": {"dispute_debt": {"hold": "h"}, "request_human": {"case": "k"}}}),
        )
        ask_for_person(work, held, "dispute")
        opened = {"case": "k", "event": "opened", "reason": "request"}
        say(work, held.id, ("case", opened))
        say(work, held.id, ("case", {"case": "k", "event": "answered", "staff": "s"}), minutes=7)
        say(work, held.id, ("case", {"case": "k", "event": "scored", "score": 5}), minutes=9)
        chat(work, sender="d", reference="TB-7001", speaker="thames")
    Indexer(database).run_some()
    return Office(database)


@pytest.fixture
def office(sqlite_database: Database) -> Office:
    return held_in(sqlite_database)


ROW = re.compile(
    r'<th scope="row"><a href="(/review\?[^"]*)">[^<]*</a></th>\s*'
    r'(?:<td class="gauge".*?</td>\s*)?<td class="number">(\d+)</td>'
)


def rows(page: str) -> list[tuple[str, int]]:
    """Where each figure leads, and what it counts."""
    return [(html.unescape(href), int(count)) for href, count in ROW.findall(page)]


def test_every_figure_leads_to_just_the_conversations_that_it_counts(database: Database) -> None:
    office = held_in(database)
    admin = office.hired("admin")

    async def look() -> str:
        browser = office.browser(admin)
        page = (await browser.get("/review/figures")).text
        href, count = rows(page)[0]
        assert (await browser.get(href)).text.count('href="/review/conversations/') == count
        return page

    figures = set(rows(anyio.run(look)))
    queries = {href.partition("?")[2] for href, _ in figures}
    asked = {name for query in queries for name in parse_qs(query)}
    assert asked >= {
        "flag",
        "plan",
        "outcome",
        "case",
        "waited",
        "hardship",
        "unclear",
        "hour",
        "locale",
        "channel",
    }
    assert len(figures) > 30
    with office.database.reading() as work:
        for href, count in figures:
            wanted = search.asked(parse_qsl(href.partition("?")[2]))
            assert len(search.search(work, wanted, admin, voices(office.pages()), None).rows) == count, href


def test_times_rights_and_funnel_are_shown(office: Office) -> None:
    async def look() -> str:
        return text_of(await office.browser(office.hired("admin")).get("/review/figures"))

    text = re.sub(r"\s+", " ", anyio.run(look))
    assert "Conversations: 4" in text
    assert "Proved who they are 2 2 of 4 · 50%" in text
    assert "Saw what they owe 1 1 of 2 · 50%" in text
    assert "first word half within 7 min, nine in ten within 7 min (of 1)" in text
    assert "Asked for a person 1 0 0% half within 7 min" in text
    assert "Dispute 1 1 100% – 0" in text
    assert "Lost their job" in text


def test_any_search_has_its_figures_by_day_and_by_week(office: Office) -> None:
    async def look() -> None:
        browser = office.browser(office.hired("admin"))
        assert "Conversations: 1" in text_of(await browser.get("/review/figures?speaker=thames&by=week"))
        assert "Conversations: 1" in text_of(await browser.get("/review/figures?right=dispute_debt"))
        assert "Nothing was said" in text_of(await browser.get("/review/figures?words=unheard"))
        assert "Nothing was said" in text_of(await browser.get("/review/figures?since=2020-01-01&until=2020-02-01"))
        weekly = (await browser.get("/review/figures?by=week")).text
        assert "Week by week" in weekly
        assert "since=2026-11-16&amp;until=2026-11-21" in weekly, "never beyond the days that were asked for"
        assert (await browser.get("/review/figures?since=yesterday")).status_code == 422

    anyio.run(look)


def test_only_what_a_reader_may_see_is_counted(office: Office) -> None:
    async def look() -> None:
        bounded = office.browser(office.hired("reviewer", "narrow", ("thames",)))
        assert "Conversations: 1" in text_of(await bounded.get("/review/figures"))
        refused = office.browser(office.hired("collector"))
        assert (await refused.get("/review/figures")).status_code == 403

    anyio.run(look)
    with office.database.reading() as work:
        assert work.audit.newest(action="view_figures")


def test_whose_hardship_it_is_is_only_for_those_who_may_reveal(office: Office) -> None:
    async def look() -> None:
        auditor = office.browser(office.hired("auditor"))
        page = (await auditor.get("/review/figures")).text
        assert "Lost their job" in page
        assert "hardship=" not in page
        assert (await auditor.get("/review?hardship=job_loss")).status_code == 403
        assert (await auditor.get("/review/figures?hardship=job_loss")).status_code == 403

    anyio.run(look)


def test_what_cannot_be_read_in_the_address_is_told_beside_its_field(office: Office) -> None:
    async def look() -> None:
        browser = office.browser(office.hired("admin"))
        refused = await browser.get("/review/figures?since=2026-13-40&until=2026-11-21&speaker=harbour")
        assert refused.status_code == 422
        assert 'name="since" value="2026-13-40" aria-invalid="true" aria-describedby="wrong-since"' in refused.text
        assert "“2026-13-40” isn" in text_of(refused)
        assert 'value="2026-11-21"' in refused.text
        assert 'name="speaker" value="harbour"' in refused.text
        odd = await browser.get("/review/figures?outcome=agred")
        assert (odd.status_code, "<code>outcome</code>: “agred” is none of the choices" in odd.text) == (422, True)
        assert 'name="outcome"' not in odd.text, "the next try is without it"
        assert "Nothing was said" not in text_of(odd)
        address = await browser.get("/desk/team?days=soon")
        assert (address.status_code, "days" in text_of(address)) == (422, True)

    anyio.run(look)
