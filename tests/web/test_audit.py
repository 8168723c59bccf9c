"""Search over the trail: by who, what, to whom and when, page after page; and the list of what may stand in it."""

import re
from datetime import timedelta
from pathlib import Path

import anyio
import pytest

from bot.review.trail import ACTIONS
from bot.storage.engine import Database
from tests.desk.stage import NOW, ask_for_person, chat, move_in
from tests.web.office import Office, text_of

PAGE = "/review/audit"
BOT = Path(__file__).resolve().parents[2] / "bot"
DAY = timedelta(days=1)


@pytest.fixture
def office(database: Database) -> Office:
    move_in(database)
    return Office(database)


def numbers(html: str) -> list[int]:
    return [int(found) for found in re.findall(r'<td class="number mono">(\d+)</td>', html)]


def test_found_by_who_what_whom_and_when(office: Office) -> None:
    admin, ana = office.hired("admin", "rosa"), office.hired("collector", "ana")
    with office.database.transaction() as work:
        talked = chat(work, sender="one")
        case = ask_for_person(work, talked)
        alone = chat(work, sender="two", reference=None)
        start = work.audit.append("sign_in_failed", "", None, {}, NOW - 9 * DAY).number
        for action, subject, staff, days in (
            ("view_conversation", f"conversation:{talked.id}", admin.id, 5),
            ("view_case", f"case:{case}", ana.id, 4),
            ("legal_hold", f"borrower:{talked.borrower_id}", None, 3),
            ("view_conversation", f"conversation:{alone.id}", ana.id, 2),
        ):
            work.audit.append(action, subject, staff, {}, NOW - days * DAY)
    day = {days: (NOW - days * DAY).date().isoformat() for days in range(10)}

    async def look() -> None:
        browser = office.browser(admin)

        async def found(**wanted: str) -> list[int]:
            query = "&".join(f"{name}={value}" for name, value in wanted.items())
            shown = numbers((await browser.get(f"{PAGE}?{query}&until={wanted.get('until', day[1])}")).text)
            return [number - start for number in shown]

        assert await found() == [4, 3, 2, 1, 0]
        assert await found(who=ana.id) == [4, 2]
        assert await found(who="-", since=day[9]) == [3, 0]
        assert await found(action="view_conversation") == [4, 1]
        assert await found(whom="HB-1001") == [3, 2, 1]
        assert await found(whom=alone.id) == [4]
        assert await found(whom="HB-1001", who=ana.id, action="view_case") == [2]
        assert await found(since=day[4], until=day[3]) == [3, 2]
        assert await found(since=day[9], until=day[6]) == [0]
        assert await found(since="", until="", who=ana.id, whom="") == [4, 2]
        nobody = await browser.get(f"{PAGE}?whom=HB-0000")
        assert "No borrower has this reference" in text_of(nobody)
        assert "No entry matches." in text_of(await browser.get(f"{PAGE}?action=erase"))
        for wrong, told in (
            ("since=yesterday", 'id="wrong-since" role="alert">“yesterday” isn'),
            ("until=9999-12-31", 'id="wrong-until" role="alert">“9999-12-31” isn'),
            ("action=raed", 'id="wrong-action" role="alert">“raed” is none'),
            ("before=0", "not where a page ended"),
        ):
            refused = await browser.get(f"{PAGE}?{wrong}")
            assert (refused.status_code, told in refused.text) == (422, True), wrong

    anyio.run(look)
    with office.database.reading() as work:
        looked = work.audit.newest(action="view_audit", limit=1)
    assert looked[0].detail == {"action": "erase", "before": None, "verified": False}


def test_pages_of_a_search_go_on_where_the_last_one_ended(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.audit_pages.PAGE", 2)
    with office.database.transaction() as work:
        for number in range(5):
            work.audit.append("deposit" if number % 4 else "erase", f"checkpoint:{number}", None, {}, NOW)

    async def walk() -> list[list[int]]:
        browser, found = office.browser(office.hired("auditor")), []
        path = f"{PAGE}?action=deposit&who=-"
        while path:
            page = (await browser.get(path)).text
            found.append(numbers(page))
            older = re.search(r'href="([^"]+)" rel="next"', page)
            path = older[1].replace("&amp;", "&") if older else ""
        return found

    pages = anyio.run(walk)
    assert [len(page) for page in pages] == [2, 1]
    followed = [number for page in pages for number in page]
    assert followed == sorted(followed, reverse=True)


def test_everything_that_the_program_writes_there_can_be_looked_for_and_has_its_words(office: Office) -> None:
    written = {
        action
        for path in BOT.rglob("*.py")
        for action in re.findall(r'audit\.append\(\s*"([a-z_]+)"', path.read_text("utf-8"))
    }
    assert len(written) > 20
    assert written <= set(ACTIONS)
    template = office.renderer().templates.from_string(
        '{% import "staff/labels.html" as label with context %}{{ label.action(code) }}'
    )
    for locale in ("en", "zh_Hans", "zh_Hant"):
        helpers = office.renderer().helpers(locale, NOW)
        said = [template.render(**helpers, code=code) for code in ACTIONS]
        assert not set(said) & set(ACTIONS)
        assert len(set(said)) == len(said)


def test_details_are_named_and_a_search_that_found_nothing_says_so(office: Office) -> None:
    admin = office.hired("admin")
    with office.database.transaction() as work:
        work.audit.append("search", "", admin.id, {"words": "bakery", "flag": ["safety"], "found": 0}, NOW)
        work.audit.append("export", "", admin.id, {"reason": "a complaint", "unmasked": False}, NOW)

    async def look() -> None:
        page = text_of(await office.browser(admin).get(PAGE))
        assert all(told in page for told in ("Words bakery", "Only with safety", "Conversations 0"))
        assert "Reason a complaint" in page
        assert "Personal data" not in page, "it stayed masked"

    anyio.run(look)
