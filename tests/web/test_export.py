"""Search results as a file: a row a conversation, bounded, noted, and harmless in a spreadsheet."""

import csv
import io

import anyio
import pytest

from bot.files.spreadsheets import harmless
from bot.review.indexing import Indexer
from bot.storage.engine import Database
from tests.desk.stage import chat, move_in
from tests.web.office import Office


@pytest.fixture
def office(database: Database) -> Office:
    move_in(database)
    with database.transaction() as work:
        for number in range(70):  # more than two pages
            chat(work, sender=f"s{number}", reference=None)
        chat(work, sender="c", reference="TB-7001", speaker="thames")
    Indexer(database).run_some()
    return Office(database)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_every_conversation_that_is_found_has_one_row(office: Office) -> None:
    async def look() -> None:
        browser = office.browser(office.hired("admin"))
        everything = await browser.post("/review/export", reason="asked by the regulator", query="")
        found = rows(everything.text)
        assert len({row["conversation"] for row in found}) == len(found) == 71
        assert {row["speaker"] for row in found} == {"harbour", "thames"}
        assert "TB-7001" not in everything.text
        thames = await browser.post("/review/export", reason="asked by the regulator", query="speaker=thames")
        assert [row["speaker"] for row in rows(thames.text)] == ["thames"]
        assert (await browser.post("/review/export", reason="short", query="")).status_code == 422
        bounded = office.browser(office.hired("reviewer", "narrow", ("thames",)))
        assert len(rows((await bounded.post("/review/export", reason="asked by the regulator")).text)) == 1
        refused = await office.browser(office.hired("auditor")).post(
            "/review/export", reason="asked by the regulator"
        )
        assert refused.status_code == 403

    anyio.run(look)
    with office.database.reading() as work:
        assert work.audit.newest(action="export")[0].detail["reason"] == "asked by the regulator"


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", " =1", "\t=1", "\r\n=1", "＝1", "|x", "%x"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert harmless("owes 5 - half = 3") == "owes 5 - half = 3"
