"""What staff may offer for one account: a plan or a settlement, with something let off, and what needs approval."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Literal, get_args

from bot.errors import BotError
from bot.lending.debts import Account, Statement
from bot.lending.ground import Barrier, Ground
from bot.lending.own_idea import Reason as IdeaReason
from bot.lending.own_idea import counter
from bot.lending.payments import Part
from bot.lending.plans import Basis, OwnIdea
from bot.lending.policy import Policy
from bot.lending.policy_acting import WaiverLimit
from bot.lending.schedules import Owed, Schedule
from bot.money import Money

Grantor = Literal["collector", "supervisor"]
# asked: waits for a supervisor. approved: may be sent. sent: the borrower has it. The rest are ends.
OfferStatus = Literal["asked", "approved", "refused", "sent", "accepted", "declined", "withdrawn", "expired"]
OPEN: frozenset[OfferStatus] = frozenset({"asked", "approved", "sent"})
# What a supervisor has to approve.
Need = Literal["waiver", "above_surplus"]
# Why terms cannot be offered at all: the account's state, the waiver, or the policy's rules for plans.
Refusal = (
    Literal["held", "old", "exists", "clear", "no_rate", "no_terms", "waiver_above_balance", "waiver_beyond",
    "nothing_left", "no_settlement"]
    | IdeaReason
)  # fmt: skip
# Why an open offer can no longer be taken.
Lapse = Literal["expired", "held", "old", "exists", "changed", "case_ended", "replaced", "taken_back"]
LAPSES: tuple[Lapse, ...] = get_args(Lapse)


class OfferRefused(BotError):
    """The lender's rules have no place for these terms; `reason` says why."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(f"cannot be offered: {reason}")
        self.reason: Refusal = reason


@dataclass(frozen=True, slots=True)
class Waiver:
    """What is let off of each part of the balance, once the rest is paid."""

    fees: Money
    interest: Money
    principal: Money

    @classmethod
    def none(cls, currency: str) -> "Waiver":
        nothing = Money.zero(currency)
        return cls(nothing, nothing, nothing)

    @property
    def parts(self) -> Mapping[Part, Money]:
        return {"fees": self.fees, "interest": self.interest, "principal": self.principal}

    @property
    def total(self) -> Money:
        return self.fees + self.interest + self.principal

    def fits(self, statement: Statement) -> bool:
        """Whether it lets off no less than nothing and no more than there is, of each part."""
        return all(0 <= amount.amount <= getattr(statement, part).amount for part, amount in self.parts.items())

    def within(self, limit: WaiverLimit, statement: Statement) -> bool:
        if limit.most is not None and self.total.amount > limit.most:
            return False
        return all(
            amount.amount * 100 <= getattr(statement, part).amount * limit.percent(part)
            for part, amount in self.parts.items()
        )

    def off(self, owed: Owed) -> Owed:
        """What is left to pay."""
        parts = tuple((part, amount - self.parts[part]) for part, amount in owed.parts)
        return replace(owed, parts=parts, total=owed.total - self.total)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a member of staff has in mind: payments as a borrower's own idea has them, and what is let off."""

    idea: OwnIdea
    waiver: Waiver


@dataclass(frozen=True, slots=True)
class Proposal:
    """Terms that the rules have a place for. `shortfall`: how far the worst month goes above the stated surplus."""

    schedule: Schedule
    waiver: Waiver
    shortfall: Money
    needs: tuple[Need, ...]  # what a supervisor has to approve first
    rule: str
    policy_version: str


@dataclass(frozen=True, slots=True)
class StaffOffer:
    """An offer of a member of staff. `words` are those that the borrower was sent, in the event `seq`."""

    id: str
    case_id: str
    conversation_id: str
    borrower_id: str
    account_id: str
    made_by: str
    made_at: datetime
    schedule: Schedule
    waiver: Waiver
    shortfall: Money
    figures: str  # of the statement that it was made on
    rule: str
    policy_version: str
    expires_at: datetime
    status: OfferStatus
    seq: int | None = None
    words: str = ""
    ended_at: datetime | None = None
    ended_why: Lapse | None = None
    agreement_id: str | None = None

    @property
    def open(self) -> bool:
        return self.status in OPEN


def propose(found: Ground, terms: Terms, role: Grantor) -> Proposal:
    """What the terms come to, and what of them is above this role's authority; raises OfferRefused."""
    policy, statement = found.policy, found.account.statement
    if found.plan or not statement.total:
        raise OfferRefused("exists" if found.plan else "clear")
    if not terms.waiver.fits(statement):
        raise OfferRefused("waiver_above_balance")
    if not terms.waiver.within(policy.waivers.limit_of("supervisor"), statement):
        raise OfferRefused("waiver_beyond")
    basis = _basis(found, terms.waiver)
    schedule = _schedule(basis, terms.idea)
    if terms.waiver.principal and len(schedule.instalments) > policy.waivers.settlement_payments:
        raise OfferRefused("no_settlement")
    over = shortfall(found, schedule)
    needs: list[Need] = []
    if not terms.waiver.within(policy.waivers.limit_of(role), statement):
        needs.append("waiver")
    if over:
        needs.append("above_surplus")
    return Proposal(schedule, terms.waiver, over, tuple(needs), basis.rule, basis.policy_version)


def _basis(found: Ground, waiver: Waiver) -> Basis:
    """Where staff's own schedule starts: the bot's ground, less what is let off, by the rules for staff."""
    owed = waiver.off(found.basis.owed)
    if not owed.total:
        raise OfferRefused("nothing_left")
    rules = found.policy.staff_plans.over(found.policy.plans)
    key = "waivers" if waiver.total else "staff_plans"
    return replace(found.basis, owed=owed, rules=rules, rule=f"{found.account.creditor}.yml#{key}")


def _schedule(basis: Basis, idea: OwnIdea) -> Schedule:
    """The idea's schedule as it stands; unlike a borrower's it is not bent to the nearest, but refused."""
    if not (idea.amount or idea.count or idea.down_payment):
        raise OfferRefused("no_terms")
    # The surplus is looked at apart: above it a supervisor may approve.
    answer = counter(basis, idea, confirmed=True)
    if answer.outcome != "accepted" or answer.offer is None:
        raise OfferRefused(answer.reason or "too_long")
    return answer.offer.schedule


def shortfall(found: Ground, schedule: Schedule) -> Money:
    """How far the schedule goes above the budget in its worst month; zero where no surplus was stated."""
    budget = found.basis.budget
    return budget.shortfall(schedule.instalments) if budget else Money.zero(found.account.currency)


def figures_of(account: Account) -> str:
    """The balance that an offer is made on, to tell when the lender's data has moved on."""
    of = account.statement
    return "/".join([of.as_of.isoformat(), *(str(part.minor) for part in (of.principal, of.interest, of.fees))])


def lapsed(offer: StaffOffer, found: Ground | None, barred: Barrier | None, now: datetime) -> Lapse | None:
    """Why an open offer can no longer be taken; None while it stands. No `found`: nothing can be reckoned."""
    if now >= offer.expires_at:
        return "expired"
    if barred:
        return barred
    if found is None:
        return "changed"
    if found.plan:
        return "exists"
    same = (offer.figures, offer.policy_version) == (figures_of(found.account), found.policy.version)
    return None if same and shortfall(found, offer.schedule) <= offer.shortfall else "changed"


def expiry(policy: Policy, schedule: Schedule, now: datetime, zone: tzinfo) -> datetime:
    """When an offer made now ends: after the policy's days, and before the day of its first payment begins."""
    first_day = datetime.combine(schedule.first.due, time(), zone).astimezone(UTC)
    return min(now + timedelta(days=policy.staff_plans.offer_days), first_day)
