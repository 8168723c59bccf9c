"""The acting pane over HTTP: previewed, sent, approved, recorded; refused beside what was typed."""

import re
from dataclasses import dataclass

import anyio
import pytest

from bot.access import Staff
from bot.desk import handoffs
from bot.storage.engine import Database
from tests.desk.stage import NOW, ask_for_person, chat, move_in, notice
from tests.web.office import Browser, Office, text_of

TERMS = {"count": "30", "frequency": "monthly", "first_due": "2026-12-10", "amount": "", "down": ""}


@dataclass
class Desk:
    office: Office
    case: str
    borrower: str
    account: str
    collector: Staff

    def form(self, **more: str) -> dict[str, str]:
        return {"account_id": self.account, **TERMS, **more}

    def path(self, rest: str) -> str:
        return f"/desk/cases/{self.case}/{rest}"


@pytest.fixture
def desk(database: Database) -> Desk:
    move_in(database)
    office = Office(database)
    collector = office.hired("collector")
    with database.transaction() as work:
        conversation = chat(work)
        case = ask_for_person(work, conversation)
        handoffs.take(work, case, collector, NOW, notice)
        assert conversation.borrower_id
        [(account, _)] = work.lending.accounts(conversation.borrower_id)
    return Desk(office, case, conversation.borrower_id, account.id, collector)


def check_in(page: str) -> str:
    found = re.search(r'name="check" value="([^"]+)"', page)
    assert found
    return found[1]


async def previewed(browser: Browser, desk: Desk, **more: str) -> str:
    shown = await browser.post(desk.path("offers/preview"), **desk.form(**more))
    assert shown.status_code == 200
    return shown.text


def test_an_offer_is_looked_at_then_sent_by_plain_forms(desk: Desk) -> None:
    async def go() -> None:
        browser = desk.office.browser(desk.collector)
        page = await previewed(browser, desk, fees="60.00")
        assert page.count("<tr><td>") == 30
        assert "¥12,540.00" in page
        assert "Collector offers [en]" in page
        moved = await browser.post(desk.path("offers"), **desk.form(fees="60.00", check="another"))
        assert (moved.status_code, "have changed" in moved.text) == (409, True)
        sent = await browser.post(desk.path("offers"), **desk.form(fees="60.00", check=check_in(page)))
        assert sent.status_code == 303
        pane = text_of(await browser.get(f"/desk/cases/{desk.case}"))
        assert "sent, no answer yet" in pane

    anyio.run(go)
    with desk.office.database.reading() as work:
        [offer] = work.acting.offers(desk.borrower)
    assert (offer.status, str(offer.waiver.fees)) == ("sent", "60.00 CNY")
    assert desk.office.changed == [offer.conversation_id], "the waiting chat is told"


def test_what_is_above_the_limit_is_approved_on_the_supervisors_page(desk: Desk) -> None:
    async def go() -> None:
        browser, app = desk.office.browser(desk.collector), desk.office.app()
        page = await previewed(browser, desk, fees="120.00")
        assert "Ask for approval" in page
        form = desk.form(fees="120.00", check=check_in(page))
        assert (await browser.post(desk.path("offers"), **form)).status_code == 409, "without a line"
        assert (await browser.post(desk.path("offers"), **form, line="Fees were our mistake")).status_code == 303
        over = desk.office.browser(desk.office.hired("supervisor"), app)
        waiting = await over.get("/desk/approvals")
        assert "Fees were our mistake" in text_of(waiting)
        found = re.search(r"/desk/approvals/(\w+)", waiting.text)
        assert found
        answer = {"answer": "approve", "line": "agreed"}
        assert (await over.post(f"/desk/approvals/{found[1]}", **answer)).status_code == 303
        assert (await over.post(f"/desk/approvals/{found[1]}", **answer)).status_code == 409
        assert "Nothing waits" in text_of(await over.get("/desk/approvals"))
        send = re.search(r'action="([^"]+/send)"', (await browser.get(f"/desk/cases/{desk.case}")).text)
        assert send
        assert (await browser.post(send[1])).status_code == 303

    anyio.run(go)
    with desk.office.database.reading() as work:
        [offer] = work.acting.offers(desk.borrower)
    assert offer.status == "sent"


def test_a_script_gets_the_pane_and_what_was_typed_back(desk: Desk) -> None:
    async def go() -> None:
        browser = desk.office.browser(desk.collector)
        browser.client.headers["accept"] = "application/json"
        refused = await browser.post(desk.path("offers/preview"), **desk.form(count="37", frequency="monthly"))
        told = refused.json()
        assert (refused.status_code, told["problem"]) == (409, "too_long")
        assert 'value="37"' in told["fragments"]["acting"]
        assert "longer than the policy allows" in told["fragments"]["acting"]
        promise = {"account_id": desk.account, "amount": "99999", "due": "2026-11-30", "line": "said so"}
        refused = await browser.post(desk.path("promise"), **promise)
        assert (refused.status_code, refused.json()["problem"]) == (409, "more_than_owed")
        assert 'value="99999"' in refused.json()["fragments"]["acting"]

    anyio.run(go)


def test_every_record_of_the_pane_stands_on_the_card_after(desk: Desk) -> None:
    async def go() -> None:
        browser = desk.office.browser(desk.collector)
        account = {"account_id": desk.account}
        for rest, fields in {
            "promise": {**account, "amount": "500", "due": "2026-11-30", "line": "payday"},
            "preference": {"opens": "10:00", "closes": "12:00", "days": "mon", "line": "asked"},
            "referrals": {**account, "kind": "insurer", "line": "has cover"},
            "hold": {"account_id": "", "reason": "hardship", "line": "lost the job"},
            "dispute": {**account, "kind": "fees", "words": "charged <b>twice</b>"},
        }.items():
            done = await browser.post(desk.path(rest), **fields)
            assert done.status_code == 303, (rest, done.status_code)
        page = await browser.get(f"/desk/cases/{desk.case}")
        shown = text_of(page)
        for words in ("¥500.00", "10:00", "Insurer", "Hardship", "charged"):
            assert words in shown
        assert "<b>twice</b>" not in page.text
        for wrong in ({"opens": "12:00", "closes": "10:00"}, {"opens": "12:00"}):
            assert (await browser.post(desk.path("preference"), **wrong, line="?")).status_code == 409

    anyio.run(go)


def test_the_export_is_for_whoever_may_and_on_the_trail(desk: Desk) -> None:
    async def go() -> None:
        app = desk.office.app()
        over = desk.office.browser(desk.office.hired("supervisor"), app)
        got = await over.get("/desk/referrals.csv")
        assert got.headers["content-type"].startswith("text/csv")
        assert got.text.startswith("\ufeffid,kind,status")

    anyio.run(go)
    with desk.office.database.reading() as work:
        assert work.audit.newest(limit=1)[0].action == "export_referrals"
