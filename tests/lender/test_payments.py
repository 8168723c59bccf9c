"""A lender's payments go in once each, and what was agreed and promised stands by them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.clock import FixedClock
from bot.errors import BadInput
from bot.lender.imports import BadRows, Report, import_portfolio
from bot.lender.payments import import_payments
from bot.lender.settling import Settled
from bot.lending.holds import Hold
from bot.lending.payments import Promise
from bot.lending.policy import Policies
from bot.review.documents import document
from bot.review.indexing import Indexer
from bot.storage.engine import Database
from tests.lending.files import DEMO
from tests.storage.samples import agreement, conversation, with_borrower, yuan

MAP = """
creditor: harbour
currency: CNY
date_format: "%d.%m.%Y"
payment: {reference: Txn, account: Loan, amount: Paid, paid_on: Day}
"""
HEADER = "Txn,Loan,Paid,Day"
LOAN = "6225000000000916"
AGREED = datetime(2026, 11, 21, 4, tzinfo=UTC)  # tests/storage/samples: 6,300 on 31 December and on 31 January
LATER = datetime(2027, 3, 1, tzinfo=UTC)
POLICIES = Policies.load(DEMO)
Book = Callable[..., tuple[Report, Settled]]


@pytest.fixture
def map_path(tmp_path: Path) -> Path:
    path = tmp_path / "payments.yml"
    path.write_text(MAP, "utf-8")
    return path


@pytest.fixture
def book(database: Database, tmp_path: Path, map_path: Path) -> Book:
    with_borrower(database)

    def booked(*rows: str, through: date | None = None, skip_bad: bool = False) -> tuple[Report, Settled]:
        path = tmp_path / "payments.csv"
        path.write_text("\n".join([HEADER, *rows, ""]), "utf-8")
        clock = FixedClock(LATER)
        return import_payments(database, POLICIES, path, map_path, through=through, skip_bad=skip_bad, clock=clock)

    return booked


def agree(database: Database) -> None:
    with database.transaction() as work:
        work.lending.add_agreement(agreement("p1"))


def plan(database: Database) -> tuple[str, int, str]:
    with database.reading() as work:
        (found,) = work.lending.agreements("b1")
    return str(found.paid), found.missed, found.status


def test_what_was_paid_counts_towards_the_plan_once(database: Database, book: Book) -> None:
    agree(database)
    report, settled = book(f"T1,{LOAN},6300.00,30.12.2026", f"T2,{LOAN},100,05.01.2027")
    assert (report.new, report.known, settled.plans) == (2, 0, 1)
    assert plan(database) == ("6400.00 CNY", 0, "live")
    report, settled = book(f"T1,{LOAN},6300.00,30.12.2026", f"T3,{LOAN},6200,30.01.2027")
    assert (report.new, report.known) == (1, 1)
    assert plan(database) == ("12600.00 CNY", 0, "completed")
    assert settled == Settled(plans=1, completed=1)
    assert book(f"T1,{LOAN},6300.00,30.12.2026")[1] == Settled()


def test_what_was_paid_before_the_plan_does_not_count_towards_it(database: Database, book: Book) -> None:
    agree(database)
    book(f"T1,{LOAN},500,20.11.2026")
    assert plan(database) == ("0.00 CNY", 0, "live")


def test_nothing_is_missed_until_the_lender_says_that_all_is_known(database: Database, book: Book) -> None:
    agree(database)
    _, settled = book(f"T1,{LOAN},10,05.01.2027")
    assert plan(database) == ("10.00 CNY", 0, "live")
    _, settled = book(through=date(2027, 2, 20))
    assert plan(database) == ("10.00 CNY", 2, "broken")
    assert settled == Settled(plans=1, broken=1)
    _, settled = book(f"T2,{LOAN},6290,15.01.2027")
    assert plan(database) == ("6300.00 CNY", 1, "live")
    assert settled == Settled(plans=1, resumed=1)


def test_a_payment_that_came_back_is_taken_off(database: Database, book: Book) -> None:
    agree(database)
    book(f"T1,{LOAN},12600,30.12.2026")
    assert plan(database)[2] == "completed"
    book(f"T2,{LOAN},(12600.00),04.01.2027", through=date(2027, 1, 20))
    assert plan(database) == ("0.00 CNY", 1, "live")


@pytest.mark.parametrize(("kind", "subject"), [("account", "a1"), ("borrower", "b1")])
def test_no_plan_breaks_while_a_hold_stops_plan_talk(
    database: Database, book: Book, kind: str, subject: str
) -> None:
    agree(database)
    hold = Hold("h1", kind, subject, "dispute", "collection", AGREED, None, ("lender",))  # type: ignore[arg-type]
    with database.transaction() as work:
        work.lending.add_hold(hold)
    book(through=date(2027, 2, 20))
    assert plan(database) == ("0.00 CNY", 2, "live")
    with database.transaction() as work:
        work.lending.lift_hold("h1", LATER)
    book(through=date(2027, 2, 20))
    assert plan(database) == ("0.00 CNY", 2, "broken")


def test_a_plan_that_another_has_followed_is_left_as_it_was(database: Database, book: Book) -> None:
    with database.transaction() as work:
        work.lending.add_agreement(replace(agreement("p0"), status="broken", missed=2, paid=yuan("1")))
        work.lending.add_agreement(replace(agreement("p1"), agreed_at=AGREED.replace(month=12)))
    book(f"T1,{LOAN},6300,30.12.2026")
    with database.reading() as work:
        first, second = work.lending.agreements("b1")
    assert (str(first.paid), first.missed, first.status) == ("1.00 CNY", 2, "broken")
    assert (str(second.paid), second.status) == ("6300.00 CNY", "live")


def test_promises_are_kept_or_broken(database: Database, book: Book) -> None:
    with database.transaction() as work:
        for number, due in enumerate((date(2026, 11, 30), date(2026, 12, 10), date(2027, 2, 27))):
            work.lending.add_promise(Promise(f"m{number}", "a1", "b1", yuan("300"), due, AGREED))
    _, settled = book(f"T1,{LOAN},300,29.11.2026", through=date(2026, 12, 31))
    assert settled == Settled(kept=1, not_kept=1)
    with database.reading() as work:
        assert [promise.status for promise in work.lending.promises("b1")] == ["kept", "broken", "open"]


def test_a_conversation_is_indexed_anew_when_its_plan_changes(database: Database, book: Book) -> None:
    chat = conversation(database)
    with database.transaction() as work:
        work.conversations.save(replace(work.conversations.lock(chat), borrower_id="b1"))
    list(Indexer(database).run_all())
    agree(database)
    book(f"T1,{LOAN},6300,30.12.2026")
    with database.reading() as work:
        assert list(work.search.unindexed(10)) == [chat]
    list(Indexer(database).run_all())
    with database.reading() as work:
        assert list(work.search.unindexed(10)) == []


def test_what_changes_while_a_conversation_is_indexed_is_indexed_after_it(database: Database, book: Book) -> None:
    chat = conversation(database)
    with database.transaction() as work:
        work.conversations.save(replace(work.conversations.lock(chat), borrower_id="b1"))
    agree(database)
    with database.reading() as work:
        (material,) = work.search.material([chat])
    book(f"T1,{LOAN},6300,30.12.2026")
    with database.transaction() as work:
        work.search.keep([document(material)])
        assert list(work.search.unindexed(10)) == [chat]
    list(Indexer(database).run_all())
    with database.reading() as work:
        assert list(work.search.unindexed(10)) == []


BAD = {
    f",{LOAN},1,30.11.2026": "payment.reference: it is empty",
    "T9,,1,30.11.2026": "payment.account: it is empty",
    "T9,4404,1,30.11.2026": "payment.account: harbour has no account 4404",
    f"T9,{LOAN},zero,30.11.2026": "payment.amount: 'zero' is not a number",
    f"T9,{LOAN},0,30.11.2026": "payment.amount: it is zero",
    f"T9,{LOAN},0.001,30.11.2026": "payment.amount: 0.001 CNY has a fraction of CNY's smallest unit",
    f"T9,{LOAN},1,2026/11/30": "payment.paid_on: '2026/11/30' is not a date like %d.%m.%Y",
    f"T9,{LOAN},1,03.03.2027": "payment.paid_on: 2027-03-03 is still to come",
    f"t1,{LOAN},1,30.11.2026": "payment.reference: t1 is already on line 2",
    f"T0,{LOAN},2,30.11.2026": (
        "payment.reference: T0 is known as 1.00 CNY of 2026-11-30; book a correction beside it"
    ),
    f"T9,{LOAN},1": "it has 3 cells and the table 4 columns",
}


@pytest.mark.parametrize(("row", "reason"), BAD.items())
def test_a_bad_row_is_named_and_nothing_is_stored(database: Database, book: Book, row: str, reason: str) -> None:
    book(f"T0,{LOAN},1,30.11.2026")
    good = f"T1,{LOAN},5,01.12.2026"
    with pytest.raises(BadRows, match=r"1 of 2 rows are bad and nothing was stored; the first is line 3") as raised:
        book(good, row)
    assert raised.value.report.refused[0].reason == reason
    with database.reading() as work:
        assert [str(one.amount) for one in work.lending.payments_since("a1", AGREED.date())] == ["1.00 CNY"]
    report, _ = book(good, row, skip_bad=True)
    assert (report.new, report.refused_count) == (1, 1)


def test_a_map_of_the_other_kind_is_refused(database: Database, book: Book, map_path: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"payments\.yml: it maps payments, not a portfolio"):
        import_portfolio(database, tmp_path / "payments.csv", map_path)
    with pytest.raises(BadInput, match="--through: 2027-03-02 is still to come"):
        book(through=date(2027, 3, 2))
    with pytest.raises(BadInput, match="there are no rows below the column names"):
        book()
