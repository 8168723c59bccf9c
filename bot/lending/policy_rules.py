"""The parts of a policy: each a frozen model that refuses unknown keys and impossible numbers."""

from collections.abc import Mapping
from datetime import time
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal, get_args

from holidays import list_supported_countries
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from bot.clock import time_zones
from bot.lending.debts import Product
from bot.lending.disputes import DisputeKind
from bot.lending.holds import HoldReason, Lifter, Stops
from bot.lending.plans import Frequency

CreditorKind = Literal["bank", "online_lender", "lender", "agency"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Part = Literal["fees", "interest", "principal"]
# disclosure: said to the borrower once it is known who they are, before the debt is spoken of.
Topic = Literal["cannot", "stops", "after", "court", "limitation", "disclosure"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
PRODUCTS: tuple[Product, ...] = get_args(Product)
DISPUTE_KINDS: tuple[DisputeKind, ...] = get_args(DisputeKind)
HOLD_REASONS: tuple[HoldReason, ...] = get_args(HoldReason)
STOPS: tuple[Stops, ...] = get_args(Stops)

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
ResponseName = Annotated[str, Field(pattern=r"^utter_[a-z0-9_]+$")]
ByLocale = Mapping[str, Annotated[str, Field(min_length=1)]]


def _known_country(code: str) -> str:
    country, _, subdivision = code.partition("-")
    known = list_supported_countries()
    if country not in known or (subdivision and subdivision not in known[country]):
        raise ValueError("no calendar of public holidays is known for it")
    return code


def _known_zone(name: str) -> str:
    if name not in time_zones():
        raise ValueError("is not an IANA time zone")
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone)]
Country = Annotated[str, AfterValidator(_known_country)]  # ISO 3166, "US-CA" with a subdivision


class Rule(BaseModel):
    """Base of every part of a policy: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Rule):
    """Where a rule of law stands."""

    title: str = Field(min_length=2)
    article: str = Field(min_length=1)
    url: str = Field(pattern=r"^https://[^\s]+$")


class Binds(Rule):
    """Whom and what a rule of law binds; empty: everybody, every debt.

    `unless` names kinds for which another rule says the same (an agency that collects for the creditor).
    """

    creditors: tuple[CreditorKind, ...] = ()
    unless: tuple[CreditorKind, ...] = ()
    products: tuple[Product, ...] = ()

    def covers(self, kinds: frozenset[CreditorKind], product: Product | None) -> bool:
        """Whether the rule binds these kinds of creditor; no product means that any of them may be meant."""
        creditor = not self.creditors or bool(kinds & set(self.creditors))
        creditor = creditor and not kinds & set(self.unless)
        return creditor and (product is None or not self.products or product in self.products)


class Hours(Rule):
    """A span within one day, by the local clock."""

    opens: time
    closes: time

    @model_validator(mode="after")
    def _in_order(self) -> "Hours":
        if self.opens >= self.closes:
            raise ValueError(f"closes at {self.closes} but opens at {self.opens}; it must stay within one day")
        return self

    def within(self, other: "Hours") -> bool:
        return other.opens <= self.opens and self.closes <= other.closes


class Cap(Rule):
    """At most so many messages that nobody asked for in any so many days."""

    most: int = Field(ge=1, le=100)
    per_days: int = Field(ge=1, le=366)


class ContactRules(Rule):
    """When a borrower may be written to unasked. The hours are those of the borrower's own time zone."""

    hours: Hours
    days: tuple[Weekday, ...] = WEEKDAYS
    on_holidays: bool = True
    caps: tuple[Cap, ...] = ()
    source: Source | None = None  # of the hours, where they are law


class PlanRules(Rule):
    """What instalment plans may look like. Amounts are in the policy's currency."""

    max_offers: int = Field(default=3, ge=1, le=3)
    frequencies: tuple[Frequency, ...] = ("monthly",)
    longest_months: int = Field(ge=1, le=120)
    least_instalment: Decimal = Field(gt=0)
    step: Decimal = Field(gt=0)  # instalments are multiples of this, but for the last
    down_payment_percent: Decimal = Field(default=Decimal(0), ge=0, lt=100)
    first_due_within_days: int = Field(default=45, ge=1, le=90)
    interest_during_plan: Literal["none", "accrues"] = "none"
    grace_days: int = Field(default=5, ge=0, le=60)
    missed_before_broken: int = Field(default=2, ge=1, le=12)
    remind_days: int = Field(default=3, ge=1, le=14)  # before an instalment, for whoever wishes for it
    own_idea_rounds: int = Field(default=2, ge=1, le=10)
    pause_days: int = Field(default=30, ge=1, le=180)  # for somebody with nothing to spare
    promise: ResponseName | None = None  # what the borrower undertakes until the debt is repaid


class Limitation(Rule):
    """The period after which a court need not help the creditor; `years` None: nobody stated it."""

    years: int | None = Field(default=None, ge=1, le=30)
    revived_by: tuple[Literal["payment", "acknowledgement", "agreement", "written_promise"], ...] = ()
    source: Source


class HoldRule(Rule):
    """What a hold for one reason stops, when it is looked at again, and who may lift it."""

    stops: Stops
    review_days: int | None = Field(default=None, ge=1, le=366)
    lifted_by: tuple[Lifter, ...] = Field(min_length=1)
    lapses: bool = False  # ends by itself when the review days are over; any other waits for a person
    source: Source | None = None

    @model_validator(mode="after")
    def _has_an_end(self) -> "HoldRule":
        if self.lapses and self.review_days is None:
            raise ValueError("lapses without review_days would never end")
        return self


class IdentityRules(Rule):
    """How often somebody may try, how long the lock grows, and how long a check holds."""

    tries: int = Field(default=3, ge=1, le=5)
    lock_minutes: tuple[int, ...] = Field(default=(15, 60, 1440), min_length=1)
    verified_minutes: int = Field(default=30, ge=5, le=240)
    link_hours: int = Field(default=72, ge=1, le=720)
    check_code_minutes: int = Field(default=30, ge=5, le=1440)

    @model_validator(mode="after")
    def _growing(self) -> "IdentityRules":
        locks = self.lock_minutes
        if locks[0] < 1 or any(b <= a for a, b in pairwise(locks)):
            raise ValueError("lock_minutes must grow from at least 1")
        return self


class Step(Rule):
    """One of the lender's own next steps: from which day past due it may follow, and what is said of it."""

    key: Key
    says: ResponseName
    from_days: int = Field(ge=1, le=3650)
    court: bool = False
    products: tuple[Product, ...] = ()


class LateFee(Rule):
    """Fees booked on the day of the month of the first missed due date, each month while it lasts.

    `amounts` are the first, the second and so on; the last repeats until `most` have been booked.
    """

    amounts: tuple[Annotated[Decimal, Field(gt=0)], ...] = Field(min_length=1)
    most: int | None = Field(default=None, ge=1, le=120)
    products: tuple[Product, ...] = ()

    def nth(self, number: int) -> Decimal:
        """The amount of the fee with this number, from 0; zero once the most have been booked."""
        if self.most is not None and number >= self.most:
            return Decimal(0)
        return self.amounts[min(number, len(self.amounts) - 1)]


class ConsequenceRules(Rule):
    """What this lender does about a debt that stays unpaid, in order of days past due."""

    reports_missed: bool = False  # missed payments go to a credit registry
    late_fee: LateFee | None = None
    steps: tuple[Step, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> "ConsequenceRules":
        days = [step.from_days for step in self.steps]
        if days != sorted(days):
            raise ValueError("steps must stand in order of from_days")
        keys = [step.key for step in self.steps]
        if len(set(keys)) < len(keys):
            raise ValueError("two steps have the same key")
        return self


class RetentionRules(Rule):
    """How long things are kept after the last input, and never less than until the debt is over.

    Files as evidence after their upload, health and similar details after they were told.
    """

    conversation_months: int = Field(default=24, ge=1, le=240)
    evidence_months: int = Field(default=12, ge=1, le=240)
    sensitive_months: int = Field(default=12, ge=1, le=240)


class Says(Rule):
    """A statement of law that the bot may make, by the name of its response."""

    about: Topic
    response: ResponseName


class HoldLaw(Rule):
    reason: HoldReason
    stops: Stops


class DisputeLaw(Rule):
    kinds: tuple[DisputeKind, ...] = DISPUTE_KINDS
    days: int = Field(ge=1, le=366)


class Law(Rule):
    """One rule of law: its source, whom it binds, and what it limits or lets the bot state."""

    key: Key
    source: Source
    binds: Binds = Binds()
    hours: Hours | None = None
    cap: Cap | None = None
    plan_months: int | None = Field(default=None, ge=1, le=360)
    hold: HoldLaw | None = None
    dispute: DisputeLaw | None = None
    retain_months: int | None = Field(default=None, ge=1, le=240)
    says: Says | None = None

    @model_validator(mode="after")
    def _does_something(self) -> "Law":
        if not self.model_fields_set - {"key", "source", "binds"}:
            raise ValueError("the rule neither limits nor says anything")
        return self


class Line(Rule):
    """A number (or page) to turn to; `number` is what one dials."""

    name: ByLocale
    number: str = Field(min_length=2)
    url: str | None = Field(default=None, pattern=r"^https://[^\s]+$")
