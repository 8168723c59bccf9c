"""Instalment plans: offers, a borrower's own idea, and the agreement that comes of one."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from bot.money import Money

Frequency = Literal["weekly", "fortnightly", "monthly"]
PlanStatus = Literal["live", "completed", "broken", "cancelled"]


@dataclass(frozen=True, slots=True)
class Instalment:
    number: int  # from 1
    due: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Schedule:
    """Instalments in order of due date; their sum is `total`, exactly."""

    frequency: Frequency
    instalments: tuple[Instalment, ...]
    total: Money
    added: Money  # what the schedule costs beyond today's balance (zero when nothing is added)

    @property
    def first(self) -> Instalment:
        return self.instalments[0]

    @property
    def last(self) -> Instalment:
        return self.instalments[-1]


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
    """A plan that was read back and confirmed; the words are what the borrower saw."""

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
    missed: int = 0
