"""Accounts and their statements: what is owed, of what it consists, since when it is late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from bot.errors import BotError
from bot.money import Money, total

if TYPE_CHECKING:  # policies are made of the products that stand here
    from bot.lending.policy import Policy

# A day's interest has this many decimals at most where it is shown to somebody.
SHOWN = Decimal("0.0001")

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


class UnsoundStatement(BotError):
    """A statement's figures contradict each other; `field` is the first that does."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field} {problem}")
        self.field, self.problem = field, problem


def check_statement(statement: Statement) -> None:
    """Refuse figures that do not add up or can't be; raises UnsoundStatement."""
    parts = {name: getattr(statement, name) for name in ("total", "principal", "interest", "fees", "overdue")}
    for name, amount in parts.items():
        if amount.currency != statement.total.currency:
            raise UnsoundStatement(name, f"is in {amount.currency}, the total in {statement.total.currency}")
        if amount.amount < 0:
            raise UnsoundStatement(name, f"is below zero: {amount}")
    added = statement.principal + statement.interest + statement.fees
    if added != statement.total:
        raise UnsoundStatement("total", f"is {statement.total}, but its parts add up to {added}")
    _check_overdue(statement)


def _check_overdue(statement: Statement) -> None:
    if statement.overdue > statement.total:
        raise UnsoundStatement("overdue", f"is {statement.overdue}, more than the total {statement.total}")
    if bool(statement.overdue) != (statement.overdue_since is not None):
        raise UnsoundStatement("overdue_since", f"does not fit {statement.overdue} overdue")
    if statement.overdue_since and statement.overdue_since > statement.as_of:
        raise UnsoundStatement("overdue_since", f"is after the statement's own day, {statement.as_of}")


@dataclass(frozen=True, slots=True)
class InterestSum:
    """Interest that its own figures bear out: principal × daily rate × days.

    `daily` only where it can be shown in full and days of it are the interest exactly.
    """

    principal: Money
    daily_rate: Decimal
    days: int
    since: date
    daily: Money | None


def interest_sum(statement: Statement, step: Decimal) -> InterestSum | None:
    """The sum behind the interest; None when there is none or the lender's figures do not bear it out."""
    term = statement.interest_term
    if term is None or not statement.interest:
        return None
    counted = (statement.as_of - term.since).days
    # Lenders count the first day or leave it out; both are the same sum.
    if term.days not in (counted, counted + 1):
        return None
    daily = term.principal * term.daily_rate
    if (daily * term.days).rounded(step) != statement.interest:
        return None
    exact = daily if daily.rounded(SHOWN) == daily and daily * term.days == statement.interest else None
    return InterestSum(term.principal, term.daily_rate, term.days, term.since, exact)


@dataclass(frozen=True, slots=True)
class FeeSum:
    """Late fees that add up to what is charged; `each` where all are the same."""

    charges: tuple[Charge, ...]
    each: Money | None


def fee_sum(statement: Statement) -> FeeSum | None:
    """The single late fees; None when there are none or they do not add up to the statement's."""
    charges = tuple(sorted(statement.late_fees, key=lambda charge: charge.on))
    if not charges or total((charge.amount for charge in charges), statement.fees.currency) != statement.fees:
        return None
    amounts = {charge.amount for charge in charges}
    return FeeSum(charges, amounts.pop() if len(amounts) == 1 else None)


def stale_days(statement: Statement, policy: "Policy", today: date) -> int | None:
    """How old the figures are, when they are older than the policy calls fresh."""
    age = (today - statement.as_of).days
    return age if age > policy.statement_stale_days else None


def limitation_ends(account: Account, policy: "Policy") -> date | None:
    """The day on which the limitation period is over; None: unknown, or a court has already decided.

    Where the lender does not say from when it runs, it is counted from the first missed payment, so that
    doubt goes to the side of asking a person.
    """
    start = account.limitation_from or account.statement.overdue_since
    years = policy.limitation.years
    if account.judgment or start is None or years is None:
        return None
    try:
        return start.replace(year=start.year + years)
    except ValueError:  # 29 February
        return date(start.year + years, 3, 1)


def past_limitation(account: Account, policy: "Policy", today: date) -> bool:
    """Whether the period is over; its last day counts as over, since a plan agreed on it could revive the debt."""
    ends = limitation_ends(account, policy)
    return ends is not None and today >= ends


@dataclass(frozen=True, slots=True)
class DebtLine:
    """One account in an overview."""

    account: Account
    policy: "Policy"
    days_past_due: int  # as of the statement's day
    stale_days: int | None
    past_limitation: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """All of a borrower's debts, most overdue first; `totals` one per currency, without those past limitation."""

    lines: tuple[DebtLine, ...]
    totals: tuple[Money, ...]


def line(account: Account, policy: "Policy", today: date) -> DebtLine:
    statement = account.statement
    return DebtLine(
        account,
        policy,
        statement.days_past_due(statement.as_of),
        stale_days(statement, policy, today),
        past_limitation(account, policy, today),
    )


def overview(accounts: Sequence[tuple[Account, "Policy"]], today: date) -> Overview:
    """What a borrower owes on all of `accounts`."""
    lines = sorted(
        (line(account, policy, today) for account, policy in accounts),
        key=lambda one: (-one.days_past_due, one.account.reference),
    )
    owed: dict[str, list[Money]] = {}
    for one in lines:
        if not one.past_limitation:
            owed.setdefault(one.account.currency, []).append(one.account.statement.total)
    return Overview(tuple(lines), tuple(total(amounts, currency) for currency, amounts in owed.items()))
