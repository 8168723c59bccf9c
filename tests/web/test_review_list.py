"""The list of review in a browser: words marked, filters in the address, searches saved and shared."""

import html
import re

import anyio
import pytest

from bot.record.events import NewEvent
from bot.storage.engine import Database
from tests.desk.stage import NOW, chat, move_in
from tests.web.office import Office, text_of


@pytest.fixture
def office(database: Database) -> Office:
    move_in(database)
    with database.transaction() as work:
        said = [
            NewEvent(
                "user", {"kind": "text", "input": 90, "text": "The <b>bakery</b> let me go, call 13800138000"}
            ),
            NewEvent("turn", {"input": 90, "commands": [{"command": "CannotHandle"}], "trace": []}),
        ]
        work.record.append(chat(work).id, said, NOW)
        chat(work, sender="c", reference="TB-7001", speaker="thames")
    return Office(database)


def found(page: str) -> int:
    return len(re.findall(r'<tr><td><a href="/review/conversations/', page))


def test_words_are_found_and_marked_and_what_is_masked_is_not(office: Office) -> None:
    async def look() -> None:
        browser = office.browser(office.hired("reviewer"))
        page = await browser.get("/review?words=bakery+%22let+me%22&flag=not_understood&speaker=harbour")
        assert found(page.text) == 1
        assert "<mark>bakery</mark>" in page.text
        assert "<mark>let me</mark>" in page.text
        assert "<b>bakery" not in page.text
        assert "13800138000" not in text_of(page)
        assert found((await browser.get("/review?words=13800138000")).text) == 0
        assert found((await browser.get("/review?words=bakery&speaker=thames")).text) == 0
        assert found((await browser.get("/review?flag=safety")).text) == 0
        for name, value, told in (
            ("words", "%E5%A4%B1", "two Chinese characters or more."),
            ("since", "yesterday", "Dates look like 2026-11-21."),
            ("until", "9999-01-01", "“9999-01-01” isn"),
            ("outcome", "agreed&outcome=agred", "“agred” is none of the choices here."),
        ):
            refused = await browser.get(f"/review?{name}={value}")
            assert (refused.status_code, told in text_of(refused)) == (422, True)
            assert re.search(
                rf' name="{name}"[^>]* aria-invalid="true" aria-describedby="wrong-{name}"', refused.text
            )
            assert "/review/export" not in refused.text, "what cannot be read cannot be exported"
            assert "No conversation matches." not in text_of(refused), "nothing was looked for"
        assert "not where a page ended" in text_of(await browser.get("/review?after=x"))
        former = await browser.get("/review?intent=of_yore")
        assert '<option value="of_yore" selected>' in former.text, "a filter that narrows the list is to be seen"
        assert found((await browser.get("/review?words=%00%27%22%29+AND&unknown=1")).text) == 0

    anyio.run(look)


def test_a_search_is_saved_under_a_name_shared_as_a_link_and_removed(office: Office) -> None:
    async def keep() -> None:
        rita, ruth = (
            office.browser(office.hired("reviewer", "rita")),
            office.browser(office.hired("reviewer", "ruth")),
        )
        query = "words=bakery&flag=not_understood"
        saved = await rita.post("/review/searches", name="Bakers <3", query=query + "&after=x&other=1")
        assert saved.headers["location"] == f"/review?{query}"
        page = await rita.get(f"/review?{query}")
        links = [html.unescape(link) for link in re.findall(r'href="(/review\?[^"]+)"', page.text)]
        assert links.count(f"/review?{query}") == 2  # the saved one, and the link to share
        assert "Bakers <3" in html.unescape(page.text)
        assert "Bakers" not in (await ruth.get("/review")).text
        removal = re.search(r'action="(/review/searches/\w+/remove)"', page.text)
        assert removal
        await ruth.post(removal[1])
        assert "Bakers" in (await rita.get("/review")).text
        await rita.post(removal[1])
        assert "Bakers" not in (await rita.get("/review")).text

    anyio.run(keep)


@pytest.mark.parametrize("locale", ["en", "zh_Hans", "zh_Hant"])
def test_every_filter_has_a_label_and_nothing_runs_inline(office: Office, locale: str) -> None:
    async def look() -> None:
        staff = office.hired("admin")
        browser = office.browser(staff)
        await browser.post("/staff/language", locale=locale)
        page = (await browser.get("/review?hold=death&lateness=31-60")).text
        form = page.partition('role="search"')[2].partition("</form>")[0]
        fields = set(re.findall(r'<(?:input|select)[^>]* id="([^"]+)"', form))
        assert fields <= set(re.findall(r'<label for="([^"]+)"', form))
        assert {"words", "f-hold", "f-lateness", "f-collector", "f-satisfaction"} <= fields
        assert not re.search(r"<script(?![^>]* src=)|style=|\son\w+=", page)
        assert re.search(r"<details open><summary>", page)

    anyio.run(look)
