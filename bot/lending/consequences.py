"""What follows from an unpaid debt: what has happened, may follow and can't, what waiting costs, what stops it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from itertools import count, takewhile

from bot.lending.calendar import add_months
from bot.lending.debts import Account, interest_sum, past_limitation, stale_days
from bot.lending.policy import Law, Policy, Source
from bot.lending.policy_rules import Topic
from bot.money import Money, total

HORIZONS = (30, 60, 90)  # days from today
LIMITATION_RESPONSE = "utter_limitation_passed"
Fact = Money | date | time | int


@dataclass(frozen=True, slots=True)
class Saying:
    """One statement: the name of its response, the values in it, and where it stands."""

    response: str
    values: Mapping[str, Fact] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class NextStep(Saying):
    """One of the lender's own steps; `day` is the first on which it may follow."""

    day: date = date.max


@dataclass(frozen=True, slots=True)
class SoFar:
    """What has happened to the account, each only where the lender's figures tell."""

    daily_interest: Money | None
    late_fees: int
    missed_reported: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What would be owed on `day` if nothing changed, and how much of it is new."""

    day: date
    total: Money
    interest: Money
    fees: Money


@dataclass(frozen=True, slots=True)
class Outlook:
    """All that may be said about one account today, in the order in which it is said."""

    so_far: SoFar
    costs: tuple[Cost, ...]
    steps: tuple[NextStep, ...]  # whose day is still to come
    open_steps: tuple[NextStep, ...]  # whose day has come
    cannot: tuple[Saying, ...]
    stops: tuple[Saying, ...]
    after: tuple[Saying, ...]
    limitation: Saying | None

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every source once, in the order of what they bear out."""
        said = (
            *((self.limitation,) if self.limitation else ()),
            *self.open_steps,
            *self.steps,
            *self.cannot,
            *self.stops,
            *self.after,
        )
        return tuple(dict.fromkeys(source for saying in said for source in saying.sources))


def outlook(account: Account, policy: Policy, today: date, *, suspended: bool = False) -> Outlook:
    """The outlook for an account; `suspended`: a hold or a kept plan stops the lender's own steps.

    Past the limitation period nothing is said of steps, costs or plans: paying or agreeing may revive the debt.
    """
    over = past_limitation(account, policy, today)
    quiet = over or suspended
    ahead = () if quiet else steps(account, policy)
    return Outlook(
        so_far=so_far(account, policy),
        costs=() if quiet else costs(account, policy, today),
        steps=tuple(step for step in ahead if step.day > today),
        open_steps=tuple(step for step in ahead if step.day <= today),
        cannot=_sayings(policy, "cannot"),
        stops=() if quiet else _sayings(policy, "stops"),
        after=() if over else _sayings(policy, "after"),
        limitation=limitation_saying(policy) if over else None,
    )


def so_far(account: Account, policy: Policy) -> SoFar:
    statement = account.statement
    known = interest_sum(statement, policy.rounding_step)
    reported = statement.reported_missed if policy.consequences.reports_missed else 0
    return SoFar(known.daily if known else None, len(statement.late_fees), reported)


def costs(account: Account, policy: Policy, today: date) -> tuple[Cost, ...]:
    """What waiting costs at each horizon; nothing unless the rates are known and the figures are fresh."""
    statement = account.statement
    known = interest_sum(statement, policy.rounding_step)
    if known is None or not statement.overdue or stale_days(statement, policy, today) or account.judgment:
        return ()
    if not _fees_known(account, policy):
        return ()
    result = []
    for horizon in HORIZONS:
        day = today + timedelta(days=horizon)
        days = known.days + (day - statement.as_of).days
        accrued = (known.principal * known.daily_rate * days).rounded(policy.rounding_step)
        interest = accrued - statement.interest
        fees = _fees_until(account, policy, day)
        result.append(Cost(day, statement.total + interest + fees, interest, fees))
    return tuple(result)


def _fees_known(account: Account, policy: Policy) -> bool:
    """Whether the fees booked so far are those of the policy; only then can the next ones be told."""
    fee, statement = policy.consequences.late_fee, account.statement
    if fee is None:
        return not statement.fees
    booked = sorted(statement.late_fees, key=lambda charge: charge.on)
    return all(charge.amount.amount == fee.nth(number) for number, charge in enumerate(booked))


def _fees_until(account: Account, policy: Policy, day: date) -> Money:
    """The fees that fall due after the statement's day, up to `day`."""
    fee, statement = policy.consequences.late_fee, account.statement
    nothing = Money.zero(account.currency)
    if fee is None or statement.overdue_since is None:
        return nothing
    dates = (add_months(statement.overdue_since, number) for number in count())
    coming = [on for on in takewhile(lambda on: on <= day, dates) if on > statement.as_of]
    booked = len(statement.late_fees)
    amounts = (Money(fee.nth(booked + number), account.currency) for number in range(len(coming)))
    return total(amounts, account.currency)


def steps(account: Account, policy: Policy) -> tuple[NextStep, ...]:
    """The lender's own next steps, each with the first day on which it may follow."""
    since = account.statement.overdue_since
    if since is None:
        return ()
    heard = tuple(law.source for law in policy.says("court"))
    return tuple(
        NextStep(step.says, {}, heard if step.court else (), since + timedelta(days=step.from_days))
        for step in policy.consequences.steps
        # A court that has decided need not be gone to again.
        if not (step.court and account.judgment)
    )


def limitation_saying(policy: Policy) -> Saying:
    """What is said of a debt past its limitation period, which the policy must state."""
    laws = policy.says("limitation")
    response = laws[0].says.response if laws and laws[0].says else LIMITATION_RESPONSE
    sources = dict.fromkeys((policy.limitation.source, *(law.source for law in laws)))
    assert policy.limitation.years  # nothing is past a period that nobody stated
    return Saying(response, {"years": policy.limitation.years}, tuple(sources))


def _sayings(policy: Policy, topic: Topic) -> tuple[Saying, ...]:
    """One saying for each response, with the sources of all laws that it sums up."""
    laws = policy.says(topic)
    responses = dict.fromkeys(law.says.response for law in laws if law.says)
    return tuple(_saying(response, laws) for response in responses)


def _saying(response: str, laws: Iterable[Law]) -> Saying:
    meant = [law for law in laws if law.says and law.says.response == response]
    hours = next((law.hours for law in meant if law.hours), None)
    values: dict[str, Fact] = {"opens": hours.opens, "closes": hours.closes} if hours else {}
    return Saying(response, values, tuple(dict.fromkeys(law.source for law in meant)))
