"""What a lender may offer and what a jurisdiction allows: YAML, validated on load, versioned by content."""

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.lending.plans import Frequency


class Rule(BaseModel):
    """Base of every part of a policy: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PlanRules(Rule):
    """What instalment plans may look like. Amounts are in the policy's currency."""

    max_offers: int = Field(3, ge=1, le=3)
    frequencies: tuple[Frequency, ...] = ("monthly",)
    longest_months: int = Field(ge=1, le=120)
    least_instalment: Decimal = Field(gt=0)
    step: Decimal = Field(gt=0)  # instalments are multiples of this, but for the last
    down_payment_percent: Decimal = Field(Decimal(0), ge=0, lt=100)
    first_due_within_days: int = Field(45, ge=1, le=90)
    interest_during_plan: Literal["none", "accrues"] = "none"
    grace_days: int = Field(5, ge=0)
    missed_before_broken: int = Field(2, ge=1)
    own_idea_rounds: int = Field(2, ge=1)
    pause_days: int = Field(30, ge=1, le=180)  # for somebody with nothing to spare


class Policy(Rule):
    """The rules for one account: its jurisdiction's pack, refined by its creditor's file."""

    version: str  # digest of the content it was made of
    currency: str
    plans: PlanRules


class Policies:
    """All packs and creditors of an installation."""

    def for_creditor(self, creditor: str) -> Policy:
        raise NotImplementedError
