"""What lending needs saved. Implemented by `storage`, inside the transaction of the turn."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from bot.errors import BotError
from bot.lending.contact_rules import Preference
from bot.lending.debts import Account
from bot.lending.disputes import Dispute, Outcome
from bot.lending.hardship import Hardship
from bot.lending.holds import Hold, SubjectKind
from bot.lending.identity import Borrower, Role
from bot.lending.payments import Payment, Promise, PromiseStatus
from bot.lending.plans import Agreement, PlanStatus
from bot.lending.standing import Standing, Terms
from bot.lending.support import Support


class PlanExists(BotError):
    """The account already has a live plan; a second one was refused by the database."""

    def __init__(self, account_id: str) -> None:
        super().__init__(f"account {account_id} already has a live plan")
        self.account_id = account_id


class LinkSpent(BotError):
    """A one-time link is unknown, expired or already used; which of them is not told."""


class LendingStore(Protocol):
    """Reads and writes lending's records; every lookup of personal data goes by keyed HMAC."""

    # People and debts -------------------------------------------------------------------------
    def borrower(self, borrower_id: str) -> Borrower | None: ...
    def borrower_by_reference(self, creditors: Sequence[str], reference: str) -> Borrower | None: ...
    def borrowers_by_phone(self, creditors: Sequence[str], forms: Sequence[str]) -> list[Borrower]:
        """Borrowers whose phone number on file has one of these forms (bot.lending.phones)."""
        ...

    def lock_borrower(self, borrower_id: str) -> None:
        """Take the borrower's row, then their accounts' rows, in that order, until the transaction ends."""
        ...

    def accounts(self, borrower_id: str) -> list[tuple[Account, Role]]:
        """The borrower's accounts in order of overdue_since, oldest first, each with their role."""
        ...

    # Identity ---------------------------------------------------------------------------------
    def failed_attempts(self, subject: str) -> list[datetime]:
        """Times of failed checks for `subject` (an address, or a reference as typed), oldest first."""
        ...

    def add_failed_attempt(self, subject: str, at: datetime) -> None: ...
    def clear_failed_attempts(self, subject: str) -> None: ...
    def add_link(self, digest: str, borrower_id: str, expires_at: datetime) -> None: ...
    def spend_link(self, digest: str, now: datetime, creditors: Sequence[str] | None = None) -> str:
        """The borrower id of an unspent link, which is spent by this; raises LinkSpent.

        With `creditors`, a link to anybody else's borrower is left as it is and counts as none.
        """
        ...

    def add_check_code(self, code: str, speaker: str, expires_at: datetime) -> None:
        """Remember a code that the borrower can check on the lender's own page."""
        ...

    def check_code(self, code: str, speaker: str, now: datetime) -> bool: ...

    # Hardship, plans, payments ----------------------------------------------------------------
    def add_hardship(self, hardship: Hardship) -> None: ...
    def latest_hardship(self, borrower_id: str) -> Hardship | None: ...
    def add_agreement(self, agreement: Agreement) -> None:
        """Record a live plan; raises PlanExists when the account has one."""
        ...

    def agreements(self, borrower_id: str, status: PlanStatus | None = None) -> list[Agreement]: ...
    def set_agreement_status(self, agreement_id: str, status: PlanStatus) -> None: ...
    def add_promise(self, promise: Promise) -> None: ...
    def promises(self, borrower_id: str) -> list[Promise]: ...
    def payments_since(self, account_id: str, day: date) -> list[Payment]:
        """What was paid on an account after `day`, oldest first."""
        ...

    # Holds and disputes -----------------------------------------------------------------------
    def add_hold(self, hold: Hold) -> None: ...
    def holds(self, subjects: Sequence[tuple[SubjectKind, str]]) -> list[Hold]:
        """Holds in force (not lifted) on any of `subjects`, oldest first."""
        ...

    def lift_hold(self, hold_id: str, at: datetime) -> None: ...
    def add_dispute(self, dispute: Dispute) -> None: ...
    def disputes(self, borrower_id: str) -> list[Dispute]: ...
    def disputes_from(self, address: str) -> list[Dispute]:
        """What was raised from a channel address before anybody proved who they are, oldest first."""
        ...

    def adopt_disputes(self, address: str, borrower_id: str) -> None:
        """Give what was raised from an address to the borrower whom its chat turned out to be."""
        ...

    def settle_dispute(self, dispute_id: str, outcome: Outcome, at: datetime) -> None:
        """Give an open dispute its answer; one that has an answer keeps it."""
        ...

    # What the borrower wants considered ---------------------------------------------------------
    def contact_preference(self, borrower_id: str) -> Preference | None: ...
    def set_contact_preference(self, borrower_id: str, preference: Preference | None) -> None:
        """Replace what was stated before; None: any time within the rules again."""
        ...

    def support(self, borrower_id: str) -> Support | None: ...
    def note_support(self, support: Support) -> None: ...

    def concerned(self, creditor: str, account: str) -> tuple[str, Sequence[str]]:
        """The id of a creditor's account by its reference, and its borrowers' ids; KeyError if there is none."""
        ...

    # What the lender booked ---------------------------------------------------------------------
    def accounts_named(self, creditor: str, references: Sequence[str]) -> Mapping[str, Account]:
        """A creditor's accounts by their references, as they were given; those that are not there are left out."""
        ...

    def payments_named(self, creditor: str, references: Sequence[str]) -> Mapping[str, Payment]:
        """A creditor's payments by the references as they were given."""
        ...

    def add_payments(self, creditor: str, payments: Sequence[Payment]) -> None: ...
    def agreed_upon(self, creditor: str) -> list[str]:
        """Ids of a creditor's accounts that have a live plan or an open promise, in order."""
        ...

    def lock_accounts(self, account_ids: Sequence[str]) -> None:
        """Take the accounts' rows, in the order of their ids, until the transaction ends."""
        ...

    def terms(self, account_ids: Sequence[str]) -> list[Terms]: ...
    def settle_plan(self, agreement_id: str, standing: Standing) -> None:
        """Keep how a plan stands; raises PlanExists when it would be live beside another."""
        ...

    def settle_promise(self, promise_id: str, status: PromiseStatus) -> None: ...

    # Import -----------------------------------------------------------------------------------
    def import_portfolio(
        self, creditor: str, rows: Sequence[tuple[Borrower, Sequence[tuple[Account, Role]]]]
    ) -> tuple[int, int]:
        """Insert or replace borrowers (by creditor and reference) and their accounts, in bulk.

        Returns how many accounts were new and how many were already there. Ids of rows that exist are kept.
        """
        ...
