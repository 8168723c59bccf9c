"""The page of figures: what it counts, where its links lead, and what bounded staff see of it."""

import anyio
import pytest

from bot.review.indexing import Indexer
from bot.storage.engine import Database
from tests.desk.stage import chat, move_in
from tests.web.office import Office, text_of


@pytest.fixture
def office(database: Database) -> Office:
    move_in(database)
    with database.transaction() as work:
        chat(work, sender="a", reference=None)
        chat(work, sender="b", reference="HB-1001")
        chat(work, sender="c", reference="TB-7001", speaker="thames")
    Indexer(database).run_some()
    return Office(database)


def test_what_is_shown_leads_to_its_conversations(office: Office) -> None:
    async def look() -> None:
        browser = office.browser(office.hired("admin"))
        page = await browser.get("/review/figures")
        assert "Conversations: 3" in text_of(page)
        link = "/review?since=2026-10-23&until=2026-11-21&channel=web"
        assert link.replace("&", "&amp;") in page.text
        found = await browser.get(link)
        assert found.text.count('href="/review/conversations/') == 3
        assert "Nothing was said" in text_of(await browser.get("/review/figures?since=2020-01-01&until=2020-02-01"))
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
