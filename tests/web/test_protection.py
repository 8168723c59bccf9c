"""The page of data protection: deadlines, what would go, erasure that a legal hold stops, who may do which."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import anyio
import pytest

from bot.lending.disputes import Dispute
from bot.lending.support import Support
from bot.review import erasure, protecting, retention, two_people
from bot.review.agreed import APPLY
from bot.review.erasure import Subject
from bot.review.protection_store import LegalHold
from bot.review.retention import UnderLegalHold
from bot.review.two_people import Asking, NotOpen
from bot.review.two_people_store import Proposal
from bot.review.verification import verify_conversation
from bot.storage.engine import Database
from tests.desk.stage import NOW, chat, move_in, nothing_owed
from tests.web.office import Browser, Office, text_of

PAGE = "/review/protection"
TWO_PEOPLE = "/review/two-people"
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


def together(office: Office) -> tuple[Browser, Callable[[], Awaitable[str]]]:
    """One admin's browser, and another's agreement to what waits; it gives what was read before."""
    app = office.app()
    one = office.browser(office.hired("admin", "rosa"), app)
    other = office.browser(office.hired("admin", "priya"), app)

    async def agree() -> str:
        page = await other.get(TWO_PEOPLE)
        [proposal] = re.findall(r'id="proposal-(\w{32})"', page.text)
        agreed = await other.post(f"{TWO_PEOPLE}/{proposal}", answer="agree")
        assert agreed.headers["location"] == f"{TWO_PEOPLE}?done=agreed"
        return text_of(page)

    return one, agree


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
        browser, agree = together(office)
        assert "Money is still owed." in text_of(await browser.post(f"{PAGE}/erasures", **fields))
        owed = await browser.post(f"{PAGE}/erasures", confirmed="true", **fields)
        assert (owed.status_code, "is not over" in text_of(owed)) == (409, True)
        nothing_owed(office.database)
        assert (await browser.post(f"{PAGE}/holds", **fields)).headers["location"] == f"{PAGE}?done=held"
        held = await browser.post(f"{PAGE}/erasures", **fields)
        assert "A legal hold stands. It cannot be erased now." in text_of(held)
        assert "Propose to erase" not in held.text
        stopped = await browser.post(f"{PAGE}/erasures", confirmed="true", **fields)
        assert (stopped.status_code, "Nothing was erased." in text_of(stopped)) == (409, True)
        assert "harbour •••001" in text_of(await browser.get(PAGE))
        lifted = await browser.post(f"{PAGE}/holds/lift", kind="borrower", subject=borrower, reason=WHY)
        assert lifted.headers["location"] == f"{PAGE}?done=proposed"
        assert "Proposed; another admin decides." in text_of(await browser.get(PAGE))
        assert "Lifting the legal hold on harbour •••001 Legal holds 1 → 0" in await agree()
        assert "file and address: 2." in text_of(await browser.post(f"{PAGE}/erasures", **fields))
        done = await browser.post(f"{PAGE}/erasures", confirmed="true", **fields)
        assert done.headers["location"] == f"{PAGE}?done=proposed"
        twice = await browser.post(f"{PAGE}/erasures", confirmed="true", **fields)
        assert (twice.status_code, "waits for its answer already" in text_of(twice)) == (409, True)
        assert "Nobody waits." not in text_of(await browser.get(PAGE)), "nothing is erased by one alone"
        assert "Erasure of harbour •••001 Conversations 2 → 0" in await agree()
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
        browser, agree = together(office)
        await browser.post(f"{PAGE}/holds", whom=first, reason=WHY)
        held = await browser.post(f"{PAGE}/erasures", whom=BORROWER, reason=WHY)
        assert "A legal hold stands." in text_of(held)
        alone = await browser.post(f"{PAGE}/erasures", whom=second, reason=WHY, confirmed="true")
        assert alone.headers["location"] == f"{PAGE}?done=proposed"
        assert f"Erasure of {second[:8]}" in await agree()
        nobody = await browser.post(f"{PAGE}/holds", whom="HB-0000", reason=WHY)
        assert (nobody.status_code, "No borrower has this reference" in text_of(nobody)) == (409, True)
        assert re.search(r'<input id="hold-whom"[^>]* value="HB-0000" aria-invalid="true"', nobody.text)
        assert f'value="{WHY}"' in nobody.text, "nobody types it twice"
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
        assert "is proposed by an admin of the whole installation" in text_of(await browser.get(PAGE))
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
        assert "Harbour Bank" in page.partition("How long it is kept")[2]
        return page.partition("How long it is kept")[0]

    assert "Nothing." in anyio.run(look, "owing")
    nothing_owed(office.database)
    assert "Harbour Bank Conversations 2" in anyio.run(look, "nothing")
    monkeypatch.setattr("bot.web.protection_pages.MOST_LOOKED_AT", 1)
    bounded = anyio.run(look, "bounded")
    assert "Harbour Bank Conversations 1" in bounded
    assert "Only the first 1 that are old enough" in bounded
    with office.database.reading() as work:
        assert work.protection.conversations_of(borrower) == sorted(chats)


def test_one_admin_erases_nothing_alone_on_the_page_and_bounds_keep_from_proposing(office: Office) -> None:
    _, (first, _) = talked(office, "one", "two")
    nothing_owed(office.database)

    async def walk() -> None:
        browser = office.browser(office.hired("admin", "rosa"))
        alone = await browser.post(f"{PAGE}/erasures", whom=first, reason=WHY, confirmed="true")
        assert (alone.status_code, "no second admin" in text_of(alone)) == (409, True)
        office.hired("admin", "priya")
        narrow = office.browser(office.hired("admin", "narrow", ("harbour",)))
        refused = await narrow.post(f"{PAGE}/erasures", whom=first, reason=WHY, confirmed="true")
        assert refused.status_code == 403

    anyio.run(walk)
    with office.database.reading() as work:
        assert not work.protection.is_erased(first)


def test_what_has_come_to_stand_since_the_proposal_stops_the_erasure(office: Office) -> None:
    borrower, (first, _) = talked(office, "one", "two")
    nothing_owed(office.database)
    rosa, priya = office.hired("admin", "rosa"), office.hired("admin", "priya")
    whom = Subject("borrower", borrower)

    def agreeing(proposal: Proposal) -> None:
        with office.database.transaction() as work:
            two_people.agree(work, proposal.id, priya, NOW, APPLY)

    def proposed() -> Proposal:
        with office.database.transaction() as work:
            made = protecting.erase(work, whom, Asking(rosa, WHY, NOW))
            assert isinstance(made, Proposal)
            return made

    one = proposed()
    talked(office, "three")
    with pytest.raises(NotOpen):
        agreeing(one)
    with office.database.transaction() as work:
        two_people.refuse(work, one.id, rosa, "there is more", NOW)
    two = proposed()
    with office.database.transaction() as work:
        retention.hold(work, LegalHold("h1", "conversation", first, "a claim", None, NOW))
    with pytest.raises(UnderLegalHold):
        agreeing(two)
    with office.database.reading() as work:
        assert len(work.protection.conversations_of(borrower)) == 3
        assert [proposal.status for proposal in work.two_people.waiting()] == ["open"]
