"""Review in an admin's browser: find, read masked, reveal for a reason, verify, export; all on the trail."""

import html
import json
import re
from datetime import timedelta

import anyio
import sqlalchemy as sa

from bot.record.chain import canonical, content_digest
from tests.desk.stage import NOW, chat
from tests.web.office import Office, text_of


def talked(office: Office, sender: str = "b", reference: str | None = "HB-1001", speaker: str = "harbour") -> str:
    with office.database.transaction() as work:
        return chat(work, sender=sender, reference=reference, speaker=speaker).id


def actions(office: Office) -> list[str]:
    with office.database.reading() as work:
        return [entry.action for entry in work.audit.newest() if entry.action not in ("sign_in", "add_staff")]


def test_found_by_reference_lender_language_and_day(office: Office) -> None:
    lin, aisha = talked(office), talked(office, "c", "TB-7001", "thames")

    async def find(browser_query: str) -> set[str]:
        page = await office.browser(admin).get(f"/review?{browser_query}")
        assert page.status_code == 200
        return {id for id in (lin, aisha) if f"/review/conversations/{id}" in page.text}

    async def look() -> None:
        assert await find("") == {lin, aisha}
        assert await find("reference=hb-1001") == {lin}
        assert await find("reference=HB-9999") == set()
        assert await find("speaker=thames") == {aisha}
        assert await find("speaker=harbour&reference=TB-7001") == set()
        assert await find("locale=zh_Hans") == set()
        assert await find("since=2026-11-21&until=2026-11-21") == {lin, aisha}
        assert await find("until=2026-11-20") == set()
        assert (await office.browser(admin).get("/review?since=yesterday")).status_code == 422
        assert (await office.browser(admin).get("/review?after=nonsense")).status_code == 422

    admin = office.hired("admin")
    anyio.run(look)


def test_pages_follow_each_other_without_gap_or_repetition(office: Office) -> None:
    ids = {talked(office, f"s{number}", None) for number in range(120)}

    async def turn_pages() -> None:
        browser, path = office.browser(office.hired("admin")), "/review"
        seen: list[str] = []
        while path:
            page = await browser.get(path)
            seen += re.findall(r'href="/review/conversations/(\w+)"', page.text)
            older = re.search(r'href="([^"]+)" rel="next"', page.text)
            path = html.unescape(older.group(1)) if older else ""
        assert len(seen) == 120
        assert set(seen) == ids

    anyio.run(turn_pages)


def test_personal_data_is_covered_until_revealed_for_a_reason(office: Office) -> None:
    path = f"/review/conversations/{talked(office)}"

    async def look() -> None:
        browser = office.browser(office.hired("reviewer"))
        masked = await browser.get(path)
        assert "HB-1001" not in masked.text
        assert "138 0013 8000" not in masked.text
        assert "call me on •••" in text_of(masked)
        assert (await browser.post(f"{path}/reveal", reason="short")).status_code == 422
        revealed = await browser.post(f"{path}/reveal", reason="complaint 77 of 20 November")
        assert "it is HB-1001" in text_of(revealed)
        assert "138 0013 8000" in revealed.text
        assert "HB-1001" not in (await browser.get(path)).text

    anyio.run(look)
    assert actions(office) == ["view_conversation", "reveal", "view_conversation"]
    with office.database.reading() as work:
        assert {"reason": "complaint 77 of 20 November"} in [dict(entry.detail) for entry in work.audit.newest()]


def test_verify_says_unaltered_and_names_the_first_altered_event(office: Office) -> None:
    conversation_id = talked(office)
    path = f"/review/conversations/{conversation_id}/verify"

    async def prove() -> None:
        browser = office.browser(office.hired("auditor"))
        assert "All 6 events were recomputed" in text_of(await browser.post(path))
        with office.database.engine.begin() as connection:
            alter(connection)
        assert "does not hold from event 2 on" in text_of(await browser.post(path))

    def alter(connection: sa.Connection) -> None:
        columns = {column["name"] for column in sa.inspect(connection).get_columns("events")}
        assert {"conversation_id", "seq", "digest"} <= columns
        forged = content_digest(b"salt", canonical({"text": "Pay double."}))
        statement = sa.text("UPDATE events SET digest = :digest WHERE conversation_id = :id AND seq = 2")
        connection.execute(statement, {"digest": forged, "id": conversation_id})

    anyio.run(prove)


def test_export_is_masked_unless_allowed_and_verifiable_when_not(office: Office) -> None:
    path = f"/review/conversations/{talked(office)}/export"

    async def export() -> None:
        browser = office.browser(office.hired("reviewer"))
        masked = await browser.post(path, reason="for the court")
        lines = [json.loads(line) for line in masked.text.splitlines()]
        assert [line["seq"] for line in lines] == [1, 2, 3, 4, 5, 6]
        assert "HB-1001" not in masked.text
        assert not any("salt" in line for line in lines)
        whole = await browser.post(path, reason="for the court", unmasked="true")
        for line in map(json.loads, whole.text.splitlines()):
            assert content_digest(bytes.fromhex(line["salt"]), canonical(line["body"])).hex() == line["digest"]
        assert "attachment" in whole.headers["content-disposition"]

    anyio.run(export)
    assert actions(office) == ["export", "export"]


def test_other_lenders_conversations_are_refused_and_not_listed(office: Office) -> None:
    mine, other = talked(office, "a", "TB-7001", "thames"), talked(office)

    async def look() -> None:
        browser = office.browser(office.hired("reviewer", speakers=("thames",)))
        page = await browser.get("/review")
        assert mine in page.text
        assert other not in page.text
        assert other not in (await browser.get("/review?speaker=harbour")).text
        assert (await browser.get(f"/review/conversations/{other}")).status_code == 403
        assert (await browser.get("/review/conversations/none")).status_code == 404

    anyio.run(look)


def test_the_trail_shows_who_and_verifies(office: Office) -> None:
    conversation_id = talked(office)

    async def look() -> None:
        await office.browser(office.hired("reviewer", "rita")).get(f"/review/conversations/{conversation_id}")
        browser = office.browser(office.hired("auditor"))
        said = text_of(await browser.get("/review/audit"))
        assert f"rita Read a conversation {conversation_id[:8]}" in said
        assert "entries were recomputed and fit together" in text_of(await browser.post("/review/audit/verify"))
        with office.database.engine.begin() as connection:
            connection.execute(
                sa.text("UPDATE audit SET subject = 'conversation:other' WHERE action = 'view_conversation'")
            )
        assert "does not hold from entry" in text_of(await browser.post("/review/audit/verify"))

    anyio.run(look)


def test_an_old_conversation_is_found_by_its_day(office: Office) -> None:
    talked(office)
    office.clock.set(NOW + timedelta(hours=1))

    async def look() -> None:
        page = await office.browser(office.hired("admin")).get("/review?since=2026-11-22")
        assert "No conversation matches." in text_of(page)

    anyio.run(look)
