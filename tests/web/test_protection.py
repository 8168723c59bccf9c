"""The page of data protection: deadlines, what would go, erasure that a legal hold stops, who may do which."""

from datetime import timedelta

import anyio
import pytest

from bot.lending.disputes import Dispute
from bot.lending.support import Support
from bot.review import erasure
from bot.review.erasure import Subject
from bot.review.retention import UnderLegalHold
from bot.review.verification import verify_conversation
from bot.storage.engine import Database
from tests.desk.stage import NOW, chat, move_in, nothing_owed
from tests.web.office import Office, text_of

PAGE = "/review/protection"
WHY = "asked by letter on 3 May"
BORROWER = "HB-1001"


@pytest.fixture
def office(database: Database) -> Office:
    move_in(database)
    return Office(database)


def talked(office: Office, *senders: str) -> tuple[str, list[str]]:
    """A borrower's id and their conversations."""
    with office.database.transaction() as work:
        found = [chat(work, sender=sender, reference=BORROWER) for sender in senders]
        return str(found[0].borrower_id), [one.id for one in found]


def request(borrower: str | None, sender: str, days: int) -> Dispute:
    by = NOW.date() + timedelta(days=days)
    return Dispute(
        sender,
        borrower,
        None,
        "data_request",
        f"delete {BORROWER} please",
        NOW,
        by,
        address=f"web:harbour/{sender}",
    )


def test_who_waits_is_shown_by_deadline_and_masked(office: Office) -> None:
    borrower, (first, second) = talked(office, "one", "two")
    with office.database.transaction() as work:
        work.lending.add_dispute(request(borrower, "one", 12))
        work.lending.add_dispute(request(None, "two", -2))

    async def look() -> None:
        page = await office.browser(office.hired("reviewer")).get(PAGE)
        words = text_of(page)
        assert words.index("Days late: 2") < words.index("Days left: 12")
        assert page.text.index(f"/conversations/{second}") < page.text.index(f"/conversations/{first}")
        assert "delete ••• please" in words
        assert "<form" not in page.text.partition("<main")[2]
        elsewhere = await office.browser(office.hired("admin", "narrow", ("thames",))).get(PAGE)
        assert "Nobody waits." in text_of(elsewhere)

    anyio.run(look)


def test_a_borrower_is_erased_once_nothing_keeps_them(office: Office) -> None:
    borrower, chats = talked(office, "one", "two")
    with office.database.transaction() as work:
        work.lending.add_dispute(request(borrower, "one", 12))
        work.lending.note_support(Support(borrower, ("health",), None, NOW))
    fields = {"whom": BORROWER, "reason": WHY}

    async def walk() -> None:
        browser = office.browser(office.hired("admin", "rosa"))
        assert "Money is still owed." in text_of(await browser.post(f"{PAGE}/erasures", **fields))
        owed = await browser.post(f"{PAGE}/erasures", confirmed="true", **fields)
        assert (owed.status_code, "is not over" in text_of(owed)) == (409, True)
        nothing_owed(office.database)
        assert (await browser.post(f"{PAGE}/holds", **fields)).headers["location"] == f"{PAGE}?done=held"
        held = await browser.post(f"{PAGE}/erasures", **fields)
        assert "A legal hold stands. It cannot be erased now." in text_of(held)
        assert "Erase for good" not in held.text
        stopped = await browser.post(f"{PAGE}/erasures", confirmed="true", **fields)
        assert (stopped.status_code, "Nothing was erased." in text_of(stopped)) == (409, True)
        assert "harbour •••001" in text_of(await browser.get(PAGE))
        lifted = await browser.post(f"{PAGE}/holds/lift", kind="borrower", subject=borrower, reason=WHY)
        assert lifted.headers["location"] == f"{PAGE}?done=lifted"
        assert "file and address: 2." in text_of(await browser.post(f"{PAGE}/erasures", **fields))
        done = await browser.post(f"{PAGE}/erasures", confirmed="true", **fields)
        assert done.headers["location"] == f"{PAGE}?done=erased"
        assert "Nobody waits." in text_of(await browser.get(PAGE))
        assert "No conversation is left" in text_of(await browser.post(f"{PAGE}/erasures", **fields))

    anyio.run(walk)
    with office.database.reading() as work:
        assert work.lending.support(borrower) is None
        assert [one.words for one in work.lending.disputes(borrower)] == [""]
        for conversation_id in chats:
            assert verify_conversation(work, conversation_id).broken is None
            assert {event.kind for event in work.record.events(conversation_id) if event.body} <= {
                "access",
                "delivery",
            }
        trail = [(entry.action, entry.detail.get("reason")) for entry in work.audit.newest() if entry.staff]
    steps = [step for step in trail if step[0] in ("erase", "legal_hold", "legal_hold_lifted")]
    assert steps == [("erase", WHY), ("legal_hold_lifted", WHY), ("legal_hold", WHY)]


def test_a_hold_on_one_conversation_keeps_its_borrower_and_one_is_erased_alone(office: Office) -> None:
    borrower, (first, second) = talked(office, "one", "two")
    nothing_owed(office.database)

    async def walk() -> None:
        browser = office.browser(office.hired("admin", "rosa"))
        await browser.post(f"{PAGE}/holds", whom=first, reason=WHY)
        held = await browser.post(f"{PAGE}/erasures", whom=BORROWER, reason=WHY)
        assert "A legal hold stands." in text_of(held)
        alone = await browser.post(f"{PAGE}/erasures", whom=second, reason=WHY, confirmed="true")
        assert alone.headers["location"] == f"{PAGE}?done=erased"
        nobody = await browser.post(f"{PAGE}/holds", whom="HB-0000", reason=WHY)
        assert (nobody.status_code, "No borrower has this reference" in text_of(nobody)) == (409, True)
        assert (await browser.post(f"{PAGE}/holds", whom=first, reason="short")).status_code == 422

    anyio.run(walk)
    with office.database.transaction() as work:
        with pytest.raises(UnderLegalHold):
            erasure.erase(work, Subject("borrower", borrower), WHY, NOW)
        assert work.protection.conversations_of(borrower) == [first]


def test_bounds_hold_for_what_is_erased_and_held(office: Office) -> None:
    borrower, (conversation, _) = talked(office, "one", "two")
    nothing_owed(office.database)

    async def walk() -> None:
        browser = office.browser(office.hired("admin", "narrow", ("thames",)))
        for whom in (BORROWER, conversation):
            for path in ("holds", "erasures"):
                assert (await browser.post(f"{PAGE}/{path}", whom=whom, reason=WHY)).status_code == 403
        lift = {"kind": "borrower", "subject": borrower, "reason": WHY}
        assert (await browser.post(f"{PAGE}/holds/lift", **lift)).status_code == 403
        assert (await browser.get(f"{PAGE}/retention")).status_code == 403
        reviewer = office.browser(office.hired("reviewer"))
        assert (await reviewer.post(f"{PAGE}/holds", whom=BORROWER, reason=WHY)).status_code == 403

    anyio.run(walk)


def test_a_dry_run_counts_what_would_go_and_touches_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    borrower, chats = talked(office, "one", "two")
    office.clock.advance(timedelta(days=9 * 366))

    async def look(told: str) -> str:
        page = text_of(await office.browser(office.hired("reviewer", told)).get(f"{PAGE}/retention"))
        assert "harbour" in page.partition("How long it is kept")[2]
        return page.partition("How long it is kept")[0]

    assert "Nothing." in anyio.run(look, "owing")
    nothing_owed(office.database)
    assert "harbour Conversations 2" in anyio.run(look, "nothing")
    monkeypatch.setattr("bot.web.protection_pages.MOST_LOOKED_AT", 1)
    bounded = anyio.run(look, "bounded")
    assert "harbour Conversations 1" in bounded
    assert "Only the first 1 that are old enough" in bounded
    with office.database.reading() as work:
        assert work.protection.conversations_of(borrower) == sorted(chats)
