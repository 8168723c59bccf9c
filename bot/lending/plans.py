"""Instalment plans: offers, a borrower's own idea, and the agreement that comes of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from bot.lending.affordability import Budget
from bot.lending.calendar import Start, due_dates, first_due
from bot.lending.schedules import (
    PER_YEAR,
    Frequency,
    Instalment,
    Owed,
    Schedule,
    build,
    equal,
    least_equal,
    step_units,
)
from bot.money import Money

if TYPE_CHECKING:
    from bot.lending.policy import PlanRules

__all__ = ["Agreement", "Basis", "Frequency", "Instalment", "Offer", "OwnIdea", "PlanStatus", "Schedule", "offers"]

PlanStatus = Literal["live", "completed", "broken", "cancelled"]
# Terms that people can picture, in months: every month at first, then quarters, then half years.
TERMS = (2, 3, 4, 5, 6, 9, 12, 15, 18, 21, 24, *range(30, 121, 6))


@dataclass(frozen=True, slots=True)
class Offer:
    """A schedule that the policy allows and the budget bears."""

    schedule: Schedule
    rule: str  # the policy rule behind it, as "<pack or creditor file>#<key>"
    policy_version: str
    spare: Money | None  # the smallest amount a month left of the stated surplus; None: no surplus stated


@dataclass(frozen=True, slots=True)
class OwnIdea:
    """What a borrower proposes; at least one of amount and count is given, or a down payment with a date."""

    amount: Money | None = None  # each instalment
    count: int | None = None  # number of instalments
    frequency: Frequency = "monthly"
    first_due: date | None = None
    down_payment: Money | None = None
    rest_on: date | None = None  # "half now and the rest in March"


@dataclass(frozen=True, slots=True)
class Agreement:
    """A plan that was read back and confirmed; the words are what the borrower saw.

    `grace_days` and `missed_before_broken` are what was promised then, whatever the policy says later.
    """

    id: str
    account_id: str
    borrower_id: str
    schedule: Schedule
    status: PlanStatus
    agreed_at: datetime
    locale: str
    channel: str
    words: str
    policy_version: str
    rule: str
    paid: Money
    missed: int = 0  # instalments past their grace that the payments so far do not cover
    grace_days: int | None = None  # None: as the policy says today
    missed_before_broken: int | None = None

    def still_to_pay(self) -> list[tuple[Money, date]]:
        """What is left of each instalment after what was paid, with its due date, in order."""
        paid = self.paid
        left: list[tuple[Money, date]] = []
        for row in self.schedule.instalments:
            share = min(paid, row.amount)
            paid -= share
            if share < row.amount:
                left.append((row.amount - share, row.due))
        return left


@dataclass(frozen=True, slots=True)
class Basis:
    """What every plan for one account starts from. `budget` is None when no surplus was stated."""

    owed: Owed
    rules: "PlanRules"
    country: str  # whose holidays count
    today: date
    policy_version: str
    rule: str
    budget: Budget | None = None
    payday: int | None = None

    @property
    def step(self) -> int:
        """The step of instalments in minor units."""
        return step_units(self.rules.step, self.owed.currency)

    @property
    def least(self) -> int:
        """The least instalment in minor units."""
        return Money(self.rules.least_instalment, self.owed.currency).minor

    def down_payment(self) -> int:
        """The first payment that the policy asks for, in minor units, up to the next step."""
        share = self.owed.total.amount * self.rules.down_payment_percent / 100
        return Money(share, self.owed.currency).rounded(self.rules.step, "up").minor

    def longest(self, frequency: Frequency) -> int:
        """How many payments of `frequency` the longest term has."""
        return payments_in(self.rules.longest_months, frequency)

    def start(self) -> Start:
        return first_due(self.today, self.payday, self.country)

    def dates(self, frequency: Frequency, count: int, start: Start | None = None) -> list[date]:
        return due_dates(start or self.start(), frequency, count, self.country)

    def offer(self, schedule: Schedule) -> Offer:
        spare = self.budget.spare(schedule.instalments) if self.budget else None
        return Offer(schedule, self.rule, self.policy_version, spare)

    def folded(self, schedule: Schedule) -> Schedule:
        """The schedule with a last payment below the least instalment paid together with the one before.

        As it is where the budget does not bear that, or where it would leave fewer than two payments.
        """
        rows = schedule.instalments
        if len(rows) < 3 or schedule.last.amount.minor >= self.least:
            return schedule
        kept = rows[:-1]
        amounts = [*(row.amount.minor for row in kept[:-1]), None]
        shorter = build(self.owed, schedule.frequency, [row.due for row in kept], amounts)
        return shorter if shorter and self.bears(shorter) else schedule

    def bears(self, schedule: Schedule) -> bool:
        """Whether every calendar month's payments stay within the stated surplus."""
        return self.budget is None or self.budget.fits(schedule.instalments)


def payments_in(months: int, frequency: Frequency) -> int:
    """How many payments fall into a term of whole months."""
    return months * PER_YEAR[frequency] // 12


def offers(basis: Basis, frequency: Frequency | None = None) -> tuple[Offer, ...]:
    """At most three plans of distinct length: the shortest that the budget bears, the longest, one between.

    Every instalment but the last is the same multiple of the policy's step. Nothing when nothing fits.
    """
    every = frequency or basis.rules.frequencies[0]
    dates = basis.dates(every, basis.longest(every))
    found: dict[int, Schedule] = {}
    for months in TERMS:
        if months > basis.rules.longest_months:
            break
        schedule = _equal_schedule(basis, every, dates[: payments_in(months, every)])
        if schedule:
            found.setdefault(len(schedule.instalments), schedule)
    return tuple(basis.offer(schedule) for schedule in _spread(list(found.values()), basis.rules.max_offers))


def _equal_schedule(basis: Basis, every: Frequency, dates: Sequence[date]) -> Schedule | None:
    first = basis.down_payment()
    amount = least_equal(basis.owed, dates, basis.step, first)
    # Cheap refusals first: most terms are too short for the budget.
    if amount < basis.least or (basis.budget and amount > basis.budget.monthly.minor):
        return None
    schedule = build(basis.owed, every, dates, equal(amount, len(dates), max(first, amount) if first else 0))
    if schedule is None or len(schedule.instalments) < 2 or not basis.bears(schedule):
        return None
    return basis.folded(schedule)


def _spread(schedules: list[Schedule], most: int) -> list[Schedule]:
    if len(schedules) <= most:
        return schedules
    picks = {1: [0], 2: [0, -1], 3: [0, len(schedules) // 2, -1]}[most]
    return [schedules[pick] for pick in picks]
