"""Disputes get their answer once, are found by the chat they came from, and wishes and notes replace each other."""

from dataclasses import replace
from datetime import date, time

from bot.lending.contact_rules import Preference
from bot.lending.disputes import Dispute
from bot.lending.policy_rules import Hours
from bot.lending.support import Support
from bot.storage.engine import Database
from tests.storage.samples import NOW, with_borrower

DUE = date(2026, 12, 19)
EVENINGS = Hours(opens=time(18), closes=time(20))


def test_the_first_answer_stands(database: Database) -> None:
    with_borrower(database)
    dispute = Dispute("d1", "b1", "a1", "fees", "违约金不对", NOW, DUE)
    with database.transaction() as work:
        work.lending.add_dispute(dispute)
        work.lending.settle_dispute("d1", "upheld", NOW)
        work.lending.settle_dispute("d1", "rejected", NOW)
        assert work.lending.disputes("b1") == [replace(dispute, status="upheld", settled_at=NOW)]


def test_what_a_chat_raised_follows_whom_it_turns_out_to_be(database: Database) -> None:
    with_borrower(database)
    early = Dispute("d1", None, None, "not_mine", "?", NOW, DUE, address="web:harbour/s1")
    other = Dispute("d2", None, None, "fees", "?", NOW, DUE, address="web:harbour/s2")
    with database.transaction() as work:
        work.lending.add_dispute(early)
        work.lending.add_dispute(other)
        assert work.lending.disputes_from("web:harbour/s1") == [early]
        work.lending.adopt_disputes("web:harbour/s1", "b1")
        assert work.lending.disputes("b1") == [replace(early, borrower_id="b1")]
        assert work.lending.disputes_from("web:harbour/s1") == []
        assert work.lending.disputes_from("web:harbour/s2") == [other]


def test_the_newest_wish_stands_until_it_is_taken_back(database: Database) -> None:
    with_borrower(database)
    with database.transaction() as work:
        assert work.lending.contact_preference("b1") is None
        for preference in (Preference("b1", None, ("sat", "sun"), NOW), Preference("b1", EVENINGS, (), NOW)):
            work.lending.set_contact_preference("b1", preference)
            assert work.lending.contact_preference("b1") == preference
        work.lending.set_contact_preference("b1", None)
        assert work.lending.contact_preference("b1") is None


def test_what_helps_is_kept_sealed(database: Database) -> None:
    with_borrower(database)
    with database.transaction() as work:
        work.lending.note_support(Support("b1", ("pregnancy",), None, NOW))
        work.lending.note_support(Support("b1", ("pregnancy", "hearing"), "more_time", NOW))
        assert work.lending.support("b1") == Support("b1", ("pregnancy", "hearing"), "more_time", NOW)
        assert work.lending.support("b2") is None
