"""What lending keeps comes back as it was, and personal data is nowhere in the clear."""

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from bot.lending.affordability import Means, Range
from bot.lending.debts import Account
from bot.lending.disputes import Dispute
from bot.lending.hardship import Hardship
from bot.lending.holds import Hold
from bot.lending.identity import Borrower, Role
from bot.lending.payments import Promise
from bot.lending.store import LinkSpent
from bot.money import Money
from bot.storage.columns import metadata
from bot.storage.engine import Database
from tests.storage.samples import MINUTE, NOW, agreement, card, lin_wei, with_borrower, yuan

Portfolio = list[tuple[Borrower, list[tuple[Account, Role]]]]


def test_a_borrower_and_their_account_come_back_as_they_were(database: Database) -> None:
    with_borrower(database)
    with database.reading() as work:
        assert work.lending.borrower("b1") == lin_wei()
        assert work.lending.borrower("none") is None
        assert work.lending.accounts("b1") == [(card(), "borrower")]
        assert work.lending.account("a1") == card()


@pytest.mark.parametrize("typed", ["HB-1001", "hb-1001", " HB – 1001 ", "ＨＢ－１００１"])
def test_a_reference_is_found_however_it_is_typed(database: Database, typed: str) -> None:
    with_borrower(database)
    with database.reading() as work:
        assert work.lending.borrower_by_reference(["harbour"], typed) == lin_wei()
        assert work.lending.borrower_by_reference(["swiftlend"], typed) is None
        assert work.lending.borrower_by_reference([], typed) is None


def test_the_first_creditor_of_an_agency_that_knows_a_reference_wins(database: Database) -> None:
    with database.transaction() as work:
        for creditor, borrower_id in (("northwind", "n1"), ("oakline", "o1")):
            work.lending.import_portfolio(creditor, [(replace(lin_wei(borrower_id), creditor=creditor), [])])
        found = work.lending.borrower_by_reference(["oakline", "northwind"], "HB-1001")
    assert found is not None
    assert found.id == "o1"


def test_a_second_import_keeps_ids_and_brings_figures_up_to_date(database: Database) -> None:
    with_borrower(database)
    paid = replace(card("new-id").statement, overdue=yuan("0.00"), overdue_since=None, late_fees=())
    rows: Portfolio = [
        (
            replace(lin_wei("other-id"), name="林伟伟", phone=None),
            [(replace(card("new-id"), statement=paid), "borrower"), (card("a2", "62250002"), "guarantor")],
        )
    ]
    with database.transaction() as work:
        assert work.lending.import_portfolio("harbour", rows) == (1, 1)
    with database.reading() as work:
        found = work.lending.borrower_by_reference(["harbour"], "HB-1001")
        assert found == replace(lin_wei(), name="林伟伟", phone=None)
        # Oldest arrears first, what is not overdue last.
        assert [(account.id, role) for account, role in work.lending.accounts("b1")] == [
            ("a2", "guarantor"),
            ("a1", "borrower"),
        ]


def test_a_joint_account_is_one_account_of_two_people(database: Database) -> None:
    rows: Portfolio = [
        (lin_wei("b1", "HB-1"), [(card("a1"), "borrower")]),
        (lin_wei("b2", "HB-2"), [(card("a2"), "joint")]),
    ]
    with database.transaction() as work:
        assert work.lending.import_portfolio("harbour", rows) == (1, 0)
        (first, role), (second, joint) = work.lending.accounts("b1")[0], work.lending.accounts("b2")[0]
    assert first.id == second.id
    assert (role, joint) == ("borrower", "joint")


def test_no_personal_data_is_in_the_clear(database: Database) -> None:
    with_borrower(database)
    with database.transaction() as work:
        work.lending.add_hardship(_hardship("mental_health", "抑郁"))
        work.lending.add_failed_attempt("HB-1001", NOW)
        work.lending.add_dispute(Dispute("d1", "b1", "a1", "fees", "这笔不是我的", NOW, date(2026, 12, 19)))
    secrets = ["林伟", "1990-05-17", "4417", "HB-1001", "HB1001", "6225000000000916", "138 0013"]
    secrets += ["抑郁", "mental", "不是我的"]
    with database.engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(sa.text(f"SELECT * FROM {table.name}")):
                kept = b"|".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
                assert not [secret for secret in secrets if secret.encode() in kept], table.name


def _hardship(reason: str | None, detail: str | None = None) -> Hardship:
    means = Means(
        income=Range(yuan("8000.00"), yuan("9000.00")), payday=10, safe=Range(yuan("800.00"), yuan("1000.00"))
    )
    return Hardship(
        id=f"h-{len(reason or '')}",
        borrower_id="b1",
        reported_at=NOW,
        reason=reason,  # type: ignore[arg-type]
        since=date(2026, 8, 1),
        means=means,
        detail=detail,
        consent=detail is not None,
        evidence=("f1",),
    )


@pytest.mark.parametrize(("reason", "detail"), [("job_loss", None), ("illness", "术后恢复"), (None, None)])
def test_hardship_comes_back_whole(database: Database, reason: str | None, detail: str | None) -> None:
    with_borrower(database)
    with database.transaction() as work:
        assert work.lending.latest_hardship("b1") is None
        work.lending.add_hardship(replace(_hardship("other"), reported_at=NOW - MINUTE))
        work.lending.add_hardship(_hardship(reason, detail))
    with database.reading() as work:
        assert work.lending.latest_hardship("b1") == _hardship(reason, detail)


def test_agreements_come_back_with_their_schedules(database: Database) -> None:
    with_borrower(database)
    with database.transaction() as work:
        work.lending.add_agreement(agreement("p1"))
    with database.transaction() as work:
        assert work.lending.agreements("b1") == [agreement("p1")]
        work.lending.set_agreement_status("p1", "broken")
        assert work.lending.agreements("b1", "live") == []
        assert work.lending.agreements("b1", "broken") == [replace(agreement("p1"), status="broken")]


def test_promises_come_back(database: Database) -> None:
    with_borrower(database)
    promise = Promise("m1", "a1", "b1", yuan("300.00"), date(2026, 11, 30), NOW)
    with database.transaction() as work:
        work.lending.add_promise(promise)
        assert work.lending.promises("b1") == [promise]
        assert work.lending.promises("b2") == []


def test_only_holds_in_force_on_the_very_subject_count(database: Database) -> None:
    def hold(hold_id: str, kind: str, subject: str) -> Hold:
        return Hold(hold_id, kind, subject, "dispute", "plans", NOW, date(2026, 12, 1), ("collector",))  # type: ignore[arg-type]

    account, borrower = hold("x1", "account", "same"), hold("x2", "borrower", "same")
    address = replace(hold("x3", "address", "web:harbour/s1"), placed_at=NOW - MINUTE, provisional=True)
    with database.transaction() as work:
        for each in (account, borrower, address):
            work.lending.add_hold(each)
        assert work.lending.holds([("account", "same"), ("address", "web:harbour/s1")]) == [address, account]
        assert work.lending.holds([]) == []
        work.lending.lift_hold("x1", NOW)
        assert work.lending.holds([("account", "same"), ("borrower", "same")]) == [borrower]


def test_disputes_come_back(database: Database) -> None:
    with_borrower(database)
    dispute = Dispute("d1", "b1", "a1", "fees", "违约金不对", NOW, date(2026, 12, 19))
    unverified = Dispute("d2", None, None, "not_mine", "half \ud800", NOW, date(2026, 12, 19))
    with database.transaction() as work:
        work.lending.add_dispute(dispute)
        work.lending.add_dispute(unverified)
        assert work.lending.disputes("b1") == [dispute]


def test_failed_attempts_are_counted_by_subject(database: Database) -> None:
    with database.transaction() as work:
        for minutes in (2, 1, 3):
            work.lending.add_failed_attempt("web:harbour/s1", NOW + MINUTE * minutes)
        work.lending.add_failed_attempt("web:harbour/S1", NOW)
        assert work.lending.failed_attempts("web:harbour/s1") == [NOW + MINUTE * n for n in (1, 2, 3)]
        work.lending.clear_failed_attempts("web:harbour/s1")
        assert work.lending.failed_attempts("web:harbour/s1") == []
        assert work.lending.failed_attempts("web:harbour/S1") == [NOW]


def test_a_link_works_once_and_in_time(database: Database) -> None:
    with_borrower(database)
    with database.transaction() as work:
        work.lending.add_link("good", "b1", NOW + MINUTE)
        work.lending.add_link("late", "b1", NOW)
        assert work.lending.spend_link("good", NOW) == "b1"
        for digest in ("good", "late", "unknown"):
            with pytest.raises(LinkSpent):
                work.lending.spend_link(digest, NOW)


def test_a_check_code_counts_for_its_speaker_until_it_expires(database: Database) -> None:
    with database.transaction() as work:
        work.lending.add_check_code("ABC123", "harbour", NOW)
        work.lending.add_check_code("ABC123", "harbour", NOW + MINUTE)
        assert work.lending.check_code("ABC123", "harbour", NOW)
        assert not work.lending.check_code("ABC123", "harbour", NOW + MINUTE)
        assert not work.lending.check_code("ABC123", "swiftlend", NOW)
        assert not work.lending.check_code("x\0y", "harbour", NOW)


@pytest.mark.parametrize(("amount", "currency"), [("1", "JPY"), ("0.001", "KWD"), ("90071992547409.93", "TWD")])
def test_money_of_every_currency_keeps_its_digits(database: Database, amount: str, currency: str) -> None:
    owed, zero = Money.of(amount, currency), Money.zero(currency)
    told = replace(
        card().statement,
        total=owed, principal=owed, interest=zero, fees=zero, overdue=owed,
        last_payment=None, interest_term=None, late_fees=(),
    )  # fmt: skip
    account = replace(card(), currency=currency, statement=told)
    with database.transaction() as work:
        work.lending.import_portfolio("harbour", [(lin_wei(), [(account, "borrower")])])
        assert work.lending.accounts("b1")[0][0].statement.total == owed
