"""The queue's pane is read and drawn once for everybody who sees the same, and never shows an old state."""

import re
from datetime import timedelta
from typing import Any

import anyio
import pytest

from bot.access import Staff
from bot.desk import handoffs
from bot.desk.queue_store import QueueFilter
from bot.storage.engine import Database
from bot.web.desk_panes import ON_TICKET, Panes
from bot.web.templating import TEMPLATES
from tests.desk.stage import NOW, ask_for_person, chat, move_in, notice
from tests.web.office import Browser, Office


@pytest.fixture
def office(database: Database) -> Office:
    move_in(database)
    return Office(database)


def waiting(office: Office, sender: str = "borrower-1") -> str:
    with office.database.transaction() as work:
        return ask_for_person(work, chat(work, sender=sender, reference=None))


def take(office: Office, case: str, staff: Staff) -> None:
    with office.database.transaction() as work:
        handoffs.take(work, case, staff, NOW, notice)


async def asked(browser: Browser, shown: str = "") -> Any:
    return (await browser.get(f"/desk/queue?shown={shown}")).raise_for_status().json()


def test_readers_of_one_queue_share_what_was_read_until_it_changes(office: Office) -> None:
    waiting(office)
    mei, ana = office.hired("collector", "mei"), office.hired("collector", "ana")
    panes = Panes()
    everything = QueueFilter()
    with office.database.reading() as work:
        first = panes.of(work, mei, everything, NOW)
        assert panes.of(work, ana, everything, NOW) is first
    waiting(office, "borrower-2")
    with office.database.reading() as work:
        assert len(panes.of(work, ana, everything, NOW).cases) == 2


def test_what_is_ones_own_is_marked_for_nobody_else(office: Office) -> None:
    case = waiting(office)
    mei, ana = office.hired("collector", "mei"), office.hired("collector", "ana")
    take(office, case, mei)
    app = office.app()

    async def look() -> None:
        for staff, own, badge in ((ana, False, "Mei"), (mei, True, "You"), (ana, False, "Mei")):
            told = await asked(office.browser(staff, app))
            assert ("data-mine" in told["fragments"]["queue"]) is own
            assert f">{badge}</span>" in told["fragments"]["queue"]
            assert re.search(rf"Mine <b>{int(own)}</b>", told["fragments"]["queue-filter"])

    anyio.run(look)


def test_an_unchanged_pane_is_not_sent_again_and_a_taken_case_is_seen_at_once(office: Office) -> None:
    case = waiting(office)
    mei = office.hired("collector", "mei")
    app = office.app()

    async def look() -> None:
        browser = office.browser(office.hired("collector", "ana"), app)
        told = await asked(browser)
        assert (await asked(browser, told["version"]))["fragments"] == {}
        with office.database.transaction() as work:  # what shows on no ticket
            conversation = work.conversations.lock(work.desk.lock(case).conversation_id)
            handoffs.Desk().deliver(work, conversation, 1, NOW)
        assert (await asked(browser, told["version"]))["fragments"] == {}
        take(office, case, mei)
        assert "Mei" in (await asked(browser, told["version"]))["fragments"]["queue"]

    anyio.run(look)


def test_a_case_that_replaces_another_changes_the_pulse(office: Office) -> None:
    case = waiting(office)
    with office.database.reading() as work:
        before = work.pulse.queues()
    with office.database.transaction() as work:
        handoffs.add_event(work.desk, work.desk.lock(case), "superseded", None, {}, NOW)
        ask_for_person(work, chat(work, sender="borrower-2"), at=NOW + timedelta(seconds=1))
    with office.database.reading() as work:
        after = work.pulse.queues()
    # As many cases with as many events as before.
    assert [token.split("-")[:2] for token in after.values()] == [token.split("-")[:2] for token in before.values()]
    assert after != before


def test_whatever_a_ticket_shows_makes_another_pane() -> None:
    used = set(re.findall(r"\bcase\.(\w+)", (TEMPLATES / "desk" / "ticket.html").read_text("utf-8")))
    assert used <= set(ON_TICKET)
