"""The parts of a policy about what staff may do for a borrower: plans, waivers by role, referrals."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, get_args

from pydantic import Field, model_validator

from bot.lending.plans import Frequency
from bot.lending.policy_rules import PlanRules, Rule

ReferralKind = Literal["legal", "insurer", "guarantor", "field_visit"]
REFERRAL_KINDS: tuple[ReferralKind, ...] = get_args(ReferralKind)
WAIVABLE = ("fees", "interest", "principal")


class StaffPlanRules(Rule):
    """Where a collector's offer may go beyond the bot's plans; what is not said is as for the bot."""

    frequencies: tuple[Frequency, ...] | None = Field(default=None, min_length=1)
    longest_months: int | None = Field(default=None, ge=1, le=120)
    first_due_within_days: int | None = Field(default=None, ge=1, le=180)
    offer_days: int = Field(default=7, ge=1, le=30)  # how long an offer stands

    def over(self, plans: PlanRules) -> PlanRules:
        """The rules of plans with the staff's own in place."""
        own = {"frequencies", "longest_months", "first_due_within_days"}
        return plans.model_copy(update=self.model_dump(include=own, exclude_none=True))


class WaiverLimit(Rule):
    """What may be let off at most: a percentage of each part of the balance, and an amount for all of them."""

    fees_percent: Decimal = Field(default=Decimal(0), ge=0, le=100)
    interest_percent: Decimal = Field(default=Decimal(0), ge=0, le=100)
    principal_percent: Decimal = Field(default=Decimal(0), ge=0, le=100)
    most: Decimal | None = Field(default=None, gt=0)

    def percent(self, part: Literal["fees", "interest", "principal"]) -> Decimal:
        return {"fees": self.fees_percent, "interest": self.interest_percent, "principal": self.principal_percent}[
            part
        ]


class WaiverRules(WaiverLimit):
    """What the lender lets off at all, who may grant it, and how much of it is a collector's own to grant.

    Principal is waived only in a settlement: where the rest comes in no more than so many payments.
    """

    granted_by: Literal["bot", "collector", "supervisor"] = "supervisor"
    collector: WaiverLimit = WaiverLimit()
    settlement_payments: int = Field(default=1, ge=1, le=12)

    @model_validator(mode="after")
    def _no_collector_above(self) -> "WaiverRules":
        for name in ("fees_percent", "interest_percent", "principal_percent"):
            if getattr(self.collector, name) > getattr(self, name):
                raise ValueError(f"collector.{name} is above what may be waived at all")
        if self.collector.most and self.most and self.collector.most > self.most:
            raise ValueError("collector.most is above what may be waived at all")
        return self

    def limit_of(self, role: Literal["collector", "supervisor"]) -> WaiverLimit:
        """What this role may grant by itself."""
        if role == "supervisor" or self.granted_by != "supervisor":
            return self
        return self.collector


class ReferralRule(Rule):
    """From which day past due a referral of this kind may be made."""

    from_days: int = Field(default=0, ge=0, le=3650)


Referrals = Mapping[ReferralKind, ReferralRule]
