"""Accounts and their statements: what is owed, of what it consists, since when it is late."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from bot.money import Money

Product = Literal["card", "loan", "online_loan", "overdraft", "store_credit"]


@dataclass(frozen=True, slots=True)
class Charge:
    """One late fee, as the lender booked it."""

    on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class InterestTerm:
    """Simple interest on `principal` from `since` to the statement's day, both as the lender reports them.

    `daily_rate` is a fraction a day (0.0005 is 0.05%). `days` counts from `since` to the as-of day.
    """

    principal: Money
    daily_rate: Decimal
    since: date
    days: int


@dataclass(frozen=True, slots=True)
class Statement:
    """The lender's figures for one account as of one day; total = principal + interest + fees, exactly."""

    as_of: date
    total: Money
    principal: Money
    interest: Money
    fees: Money
    overdue: Money  # the part whose due date has passed
    overdue_since: date | None  # first missed due date; None: nothing is overdue
    next_due: date | None = None
    last_payment: Money | None = None
    last_payment_on: date | None = None
    interest_term: InterestTerm | None = None  # None: the lender gives no breakdown
    late_fees: tuple[Charge, ...] = ()
    reported_missed: int = 0  # missed payments already reported to a credit registry

    def days_past_due(self, today: date) -> int:
        """Whole days from the first missed due date to `today`; 0 when nothing is overdue."""
        return max(0, (today - self.overdue_since).days) if self.overdue_since else 0


@dataclass(frozen=True, slots=True)
class Account:
    """One debt. `reference` is the lender's own number; a borrower only ever sees its last four digits."""

    id: str
    creditor: str
    reference: str
    product: Product
    currency: str
    jurisdiction: str  # whose law governs the debt: cn, tw, us, gb, in
    statement: Statement
    opened_on: date | None = None
    original_creditor: str | None = None  # set when the debt was sold or placed with an agency
    judgment: bool = False  # a court has already decided
    limitation_from: date | None = None  # the day the limitation period runs from, if the lender knows

    @property
    def ending(self) -> str:
        return self.reference[-4:]
