"""Erasure takes every word away everywhere and leaves proof; retention asks the policy and what still stands."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import data_commands
from bot.access import Staff
from bot.assembly import App
from bot.clock import FixedClock
from bot.desk import handoffs
from bot.desk.cases import fold
from bot.dialogue.understanding import Understanding
from bot.lending.disputes import Dispute
from bot.lending.payments import Promise
from bot.lending.support import Support
from bot.money import Money
from bot.record.chain import verify
from bot.review import erasure, retention
from bot.review.erasure import Subject
from bot.review.indexing import Indexer
from bot.review.protection_store import LegalHold
from bot.review.verification import verify_conversation
from bot.two_people_commands import Who
from tests.conversations.driver import Chat, demo_app
from tests.desk.stage import nothing_owed
from tests.storage.samples import agreement

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
YEARS = timedelta(days=3 * 366)
SECRET = "zanzibarquux"  # a word that nothing but this chat can hold
CJK_SECRET = "鬱龘靐齉"


@pytest.fixture
def app(database_url: str, tmp_path: Path, model: Understanding) -> Iterator[App]:
    app = demo_app(database_url, tmp_path, NOW, model)
    yield app
    app.close()


def told_everything(app: App) -> Chat:
    """A chat that left words wherever words are left."""
    chat = Chat(app)
    chat.start()
    chat.verify("HB-1001")
    chat.type(f"{SECRET} {CJK_SECRET} I lost my job")
    chat.upload(b"\x89PNG\r\n\x1a\n" + SECRET.encode(), f"{SECRET}.png")
    chat.type(f"I dispute this, {SECRET} {CJK_SECRET}")
    chat.press("/request_human")
    mei = Staff(id=uuid.uuid4().hex, login="mei", name="Mei", role="supervisor")
    with app.database.transaction() as work:
        work.staff.add(mei, "no password fits this")
        case = work.desk.open_case(chat.conversation_id)
        assert case is not None
        handoffs.take(work, case.id, mei, NOW, app.responses.text)
        handoffs.note(work, case.id, mei, f"sounded {SECRET} {CJK_SECRET}", NOW)
        handoffs.answer(work, case.id, mei, f"Thank you for {SECRET}.", NOW, sure=True)
    chat.type(f"more {SECRET} for the person")
    with app.database.transaction() as work:
        handoffs.resolve(
            work, case.id, mei, "informed", f"about {SECRET} {CJK_SECRET}", NOW, app.responses.text, app.dialogue
        )
    return chat


def owing_nothing(app: App, borrower_id: str) -> None:
    """The lender's newest statement says that all is paid, and every dispute is answered."""
    with app.database.transaction() as work:
        for dispute in work.lending.disputes(borrower_id):
            work.lending.settle_dispute(dispute.id, "upheld", NOW)
    nothing_owed(app.database)


def borrower_of(app: App, chat: Chat) -> str:
    with app.database.reading() as work:
        conversation = work.conversations.get(chat.conversation_id)
    assert conversation is not None
    return str(conversation.borrower_id)


def places(app: App) -> set[str]:
    """Every table and column in which one of the words stands, in the clear or as JSON escapes it."""
    needles = [SECRET.encode(), CJK_SECRET.encode(), CJK_SECRET.encode("unicode_escape")]
    found = set()
    with app.database.engine.connect() as connection:
        tables = sa.MetaData()
        tables.reflect(connection)
        for table in tables.tables.values():
            for row in connection.execute(sa.select(table)).mappings():
                for name, value in row.items():
                    kept = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    if any(needle in kept for needle in needles):
                        found.add(f"{table.name}.{name}")
    return found


def test_erasure_leaves_no_word_anywhere_and_a_chain_that_verifies(app: App) -> None:
    chat = told_everything(app)
    owing_nothing(app, borrower_of(app, chat))
    list(Indexer(app.database).run_all())
    with app.database.reading() as work:
        assert work.search.facets([chat.conversation_id])
    before = places(app)
    assert {"events.body", "inbox.incoming", "case_events.body"} <= before
    with app.database.reading() as work:
        length, head = work.record.head(chat.conversation_id)
        states = work.desk.cases(chat.conversation_id)
    told = data_commands.erase(app.settings, chat.conversation_id, Who(why="asked on 3 May"))
    assert "lost their content" in told
    assert places(app) == set()
    with app.database.reading() as work:
        assert work.search.facets([chat.conversation_id]) == {}
        assert verify_conversation(work, chat.conversation_id).broken is None
        events = work.record.events(chat.conversation_id)
        assert (events[length - 1].hash, len(events)) == (head, length + 1), "every link is where it was"
        assert all(event.body is None or event.kind in ("delivery", "access") for event in events)
        assert work.files.files(chat.conversation_id) == []
        assert work.audit.newest(limit=1)[0].action == "erase"
        after = work.desk.cases(chat.conversation_id)
        assert [(one.status, one.outcome, one.reason) for one in after] == [
            (one.status, one.outcome, one.reason) for one in states
        ]
        assert [fold(work.desk.events(one.id)) for one in after] == after, "the rows are still the folds"
    again = Chat(app, sender=chat.sender)
    again.start()
    assert again.conversation_id != chat.conversation_id, "whoever comes back is met as a stranger"


@pytest.mark.parametrize("what", ["debt", "plan", "promise", "dispute", "hold", "nothing"])
def test_what_still_stands_keeps_it(app: App, what: str) -> None:
    chat = Chat(app)
    chat.start()
    chat.verify("HB-1001")
    borrower = borrower_of(app, chat)
    if what != "debt":
        owing_nothing(app, borrower)
    with app.database.transaction() as work:
        (account, _), *_ = work.lending.accounts(borrower)
        if what == "plan":
            work.lending.add_agreement(agreement("p1", account.id, borrower))
        elif what == "promise":
            some = Money.of("5.00", "CNY")
            work.lending.add_promise(Promise("p1", account.id, borrower, some, date(2026, 12, 1), NOW))
        elif what == "dispute":
            raised = Dispute("d1", borrower, account.id, "fees", "wrong", NOW, date(2026, 12, 1))
            work.lending.add_dispute(raised)
        elif what == "hold":
            retention.hold(work, LegalHold("h1", "borrower", borrower, "a claim", None, NOW))
    with app.database.reading() as work:
        due = {one.kept.subject for one in retention.due(work, app.policies, NOW + YEARS)}
    assert (chat.conversation_id in due) == (what == "nothing")
    with app.database.transaction() as work:
        if what == "nothing":
            assert erasure.erase(work, Subject("conversation", chat.conversation_id), "asked", NOW).events > 0
        else:
            kept = retention.UnderLegalHold if what == "hold" else retention.StillNeeded
            with pytest.raises(kept):
                erasure.erase(work, Subject("conversation", chat.conversation_id), "asked", NOW)


def test_each_kind_goes_in_its_own_time_and_the_dry_run_says_so(app: App) -> None:
    chat = Chat(app)
    chat.start()
    chat.verify("HB-1001")
    chat.upload(b"\x89PNG\r\n\x1a\n" + bytes(64), "proof.png")
    borrower = borrower_of(app, chat)
    owing_nothing(app, borrower)
    with app.database.transaction() as work:
        work.lending.note_support(Support(borrower, ("health",), None, NOW))
    rules = app.policies.for_creditor("harbour").retention
    month = timedelta(days=31)

    def kinds(months: int) -> set[str]:
        with app.database.reading() as work:
            found = retention.due(work, app.policies, NOW + months * month)
            return {one.kind for one in found if one.creditor == "harbour"}

    assert kinds(1) == set()
    assert kinds(rules.evidence_months) == {"evidence", "sensitive"}
    assert kinds(rules.conversation_months) == {"conversation", "evidence", "sensitive"}
    assert isinstance(app.clock, FixedClock)
    with app.database.transaction() as work:
        for one in list(retention.due(work, app.policies, NOW + 40 * month)):
            retention.erase(work, one, NOW + 40 * month)
    assert kinds(40) == set(), "what is erased is not found again"
    with app.database.reading() as work:
        assert work.lending.support(borrower) is None
        assert verify(work.audit.chain(), work.audit.head()) is None


def test_a_hold_is_placed_and_lifted_by_reference(app: App) -> None:
    elsewhere = replace(app.settings)
    assert "nothing of it is erased" in data_commands.hold(elsewhere, "HB-1001", "claim 7/26")
    assert data_commands.release(elsewhere, "HB-1001", Who(why="settled")).endswith("1 legal holds lifted")
    with app.database.reading() as work:
        assert [entry.action for entry in work.audit.newest(limit=2)] == ["legal_hold_lifted", "legal_hold"]
        assert work.protection.legal_holds() == []
    assert "0 would be erased" in list(data_commands.retention(elsewhere, erase=False))[-1]
