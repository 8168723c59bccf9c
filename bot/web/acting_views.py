"""What the desk's acting pane offers for a case: choices by policy and role, and what a filled form means."""

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, Field

from bot.access import Staff
from bot.desk.card import Card
from bot.desk.offers import Wanted
from bot.desk.referrals import NEEDS
from bot.desk.settling import lifter
from bot.lending.debts import Account
from bot.lending.disputes import DisputeKind
from bot.lending.holds import HoldReason
from bot.lending.plans import Frequency, OwnIdea
from bot.lending.policy import Policies
from bot.lending.policy_acting import WAIVABLE, ReferralKind, WaiverLimit
from bot.lending.policy_rules import DISPUTE_KINDS, HOLD_REASONS, PlanRules
from bot.lending.staff_offers import Terms, Waiver
from bot.money import Money, minor_decimals

Amount = Annotated[Decimal, Field(ge=0, lt=Decimal("1e12"))]
Line = Annotated[str, Field(max_length=500)]


class OfferForm(BaseModel):
    """An offer as it is typed; amounts are in the account's currency."""

    account_id: str
    frequency: Frequency = "monthly"
    count: int | None = Field(default=None, ge=1, le=600)
    amount: Amount | None = None
    first_due: date | None = None
    down: Amount | None = None
    fees: Amount = Decimal(0)
    interest: Amount = Decimal(0)
    principal: Amount = Decimal(0)
    check: str = ""
    line: Line = ""

    def wanted(self, currency: str) -> Wanted:
        idea = OwnIdea(
            amount=_some(self.amount, currency),
            count=self.count,
            frequency=self.frequency,
            first_due=self.first_due,
            down_payment=_some(self.down, currency),
        )
        let_off = (exact(getattr(self, part), currency) for part in WAIVABLE)
        return Wanted(self.account_id, Terms(idea, Waiver(*let_off)), self.check)


class PreferenceForm(BaseModel):
    """When a borrower wants to be written to; nothing filled in: any time within the rules."""

    opens: time | None = None
    closes: time | None = None
    days: list[str] = Field(default_factory=list)
    line: Line = ""

    @property
    def in_order(self) -> bool:
        """Both ends of a span, the earlier first, or neither."""
        if self.opens is None or self.closes is None:
            return self.opens is self.closes
        return self.opens < self.closes


def exact(amount: Decimal, currency: str) -> Money:
    """An amount in whole minor units."""
    return Money(amount, currency).rounded(Decimal(1).scaleb(-minor_decimals(currency)))


def _some(amount: Decimal | None, currency: str) -> Money | None:
    return exact(amount, currency) if amount else None


@dataclass(frozen=True, slots=True)
class Choices:
    """What the policy allows this member of staff for one account."""

    account: Account
    plans: PlanRules
    waives: WaiverLimit  # alone
    waives_at_all: WaiverLimit  # with a supervisor's approval
    referrals: tuple[ReferralKind, ...]


@dataclass(frozen=True, slots=True)
class ActingView:
    """`accounts` that can be acted on; `holds` and `disputes` are what may be placed or opened."""

    accounts: tuple[Choices, ...]
    holds: tuple[HoldReason, ...] = HOLD_REASONS
    disputes: tuple[DisputeKind, ...] = DISPUTE_KINDS

    @property
    def referable(self) -> tuple[ReferralKind, ...]:
        """Kinds of referral that some account allows."""
        return tuple(dict.fromkeys(kind for choices in self.accounts for kind in choices.referrals))


def acting_view(policies: Policies, staff: Staff, card: Card) -> ActingView:
    return ActingView(tuple(_choices(policies, staff, facts.account) for facts in card.accounts))


def _choices(policies: Policies, staff: Staff, account: Account) -> Choices:
    policy = policies.for_account(account)
    return Choices(
        account=account,
        plans=policy.staff_plans.over(policy.plans),
        waives=policy.waivers.limit_of(lifter(staff)),
        waives_at_all=policy.waivers,
        referrals=tuple(kind for kind in policy.referrals if staff.may(NEEDS[kind])),
    )
