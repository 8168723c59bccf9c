"""What a borrower proposes: accepted where the policy allows it, else the nearest that it does allow, and why."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from bot.lending.calendar import LEAST_NOTICE_DAYS, Start, add_months, business_day
from bot.lending.plans import Basis, Offer, OwnIdea, offers
from bot.lending.schedules import PER_YEAR, Schedule, build, equal, least_equal
from bot.money import Money

# Why an idea was not taken as it stands.
Reason = Literal[
    "frequency", "too_soon", "too_late", "down_payment", "rest_too_late", "falls_short", "too_long", "too_small",
    "step", "above_surplus",
]  # fmt: skip
# accepted: as proposed. nearest: something close is allowed. confirm: it is above the stated surplus, to be asked
# about first. person: the policy has nothing for it, or enough rounds were had.
Outcome = Literal["accepted", "nearest", "confirm", "person"]
Fix = Callable[[Basis, OwnIdea], tuple[OwnIdea, Reason | None]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the lender's rules say to an idea; `offer` is what could be agreed, None only for a person to settle."""

    outcome: Outcome
    idea: OwnIdea  # as allowed
    offer: Offer | None
    reason: Reason | None = None


def counter(basis: Basis, idea: OwnIdea, rounds: int = 0, *, confirmed: bool = False) -> Answer:
    """Answer an idea after `rounds` earlier ones that could not be taken.

    `confirmed`: the borrower was told that it is above the surplus that they stated, and says that it is safe.
    """
    allowed, reason = _allowed(basis, idea)
    schedule = draft(basis, allowed)
    if schedule is None or (reason and rounds >= basis.rules.own_idea_rounds):
        return Answer("person", idea, None, reason or "too_long")
    offer = basis.offer(schedule)
    if basis.bears(schedule) or confirmed:
        return Answer("nearest" if reason else "accepted", allowed, offer, reason)
    if not reason:
        return Answer("confirm", allowed, offer, "above_surplus")
    # What the policy makes of it is above the surplus: the shortest plan within it is the nearest.
    within = offers(basis)
    if not within:
        return Answer("person", idea, None, reason)
    return Answer("nearest", idea_of(within[0].schedule), within[0], reason)


def idea_of(schedule: Schedule) -> OwnIdea:
    """The idea that `draft` turns into this schedule of equal instalments again."""
    rows = schedule.instalments
    regular = rows[1].amount if len(rows) > 2 else rows[0].amount
    down = rows[0].amount if rows[0].amount != regular else None
    return OwnIdea(regular, len(rows), schedule.frequency, None, down)


def draft(basis: Basis, idea: OwnIdea) -> Schedule | None:
    """The schedule that an idea describes; None when it does not clear the debt within the longest term."""
    start = _start(basis, idea)
    first = idea.down_payment.minor if idea.down_payment else 0
    if first and idea.rest_on:
        dates = [business_day(start.day, basis.country), business_day(idea.rest_on, basis.country)]
        return build(basis.owed, idea.frequency, dates, [first, None]) if dates[0] < dates[1] else None
    count = max(idea.count or basis.longest(idea.frequency), 2 if first else 1)
    # One date more: a last payment too small for one of its own goes with the one before.
    dates = basis.dates(idea.frequency, count + 1, start)
    amount = idea.amount.minor if idea.amount else least_equal(basis.owed, dates[:count], basis.step, first)
    schedule = build(basis.owed, idea.frequency, dates, equal(amount, len(dates), first))
    folded = basis.folded(schedule) if schedule else None
    return folded if folded and len(folded.instalments) <= count else None


def _start(basis: Basis, idea: OwnIdea) -> Start:
    return Start(idea.first_due, idea.first_due.day) if idea.first_due else basis.start()


def _allowed(basis: Basis, idea: OwnIdea) -> tuple[OwnIdea, Reason | None]:
    """The nearest idea that the policy allows, and the first reason why it differs."""
    reasons: list[Reason] = []
    for fix in _FIXES:
        idea, reason = fix(basis, idea)
        if reason:
            reasons.append(reason)
    return idea, reasons[0] if reasons else None


def _frequency(basis: Basis, idea: OwnIdea) -> tuple[OwnIdea, Reason | None]:
    if idea.frequency in basis.rules.frequencies:
        return idea, None
    allowed = basis.rules.frequencies[0]
    old, new = PER_YEAR[idea.frequency], PER_YEAR[allowed]
    amount = (idea.amount * old / new).rounded(basis.rules.step, "down") if idea.amount else None
    count = max(1, -(-idea.count * new // old)) if idea.count else None
    return replace(idea, frequency=allowed, amount=amount, count=count), "frequency"


def _first_due(basis: Basis, idea: OwnIdea) -> tuple[OwnIdea, Reason | None]:
    if idea.first_due is None:
        return idea, None
    soonest = basis.today + timedelta(days=LEAST_NOTICE_DAYS)
    latest = basis.today + timedelta(days=basis.rules.first_due_within_days)
    if business_day(idea.first_due, basis.country) < soonest:
        return replace(idea, first_due=None), "too_soon"
    if idea.first_due > latest:
        return replace(idea, first_due=latest), "too_late"
    return idea, None


def _down_payment(basis: Basis, idea: OwnIdea) -> tuple[OwnIdea, Reason | None]:
    least = basis.down_payment()
    schedule = draft(basis, idea) if least else None
    if not least or (schedule and schedule.first.amount.minor >= least):
        return idea, None
    return replace(idea, down_payment=Money.from_minor(least, basis.owed.currency)), "down_payment"


def _rest_on(basis: Basis, idea: OwnIdea) -> tuple[OwnIdea, Reason | None]:
    if not (idea.down_payment and idea.rest_on):
        return replace(idea, rest_on=None), None
    latest = add_months(basis.today, basis.rules.longest_months)
    if idea.rest_on > latest:
        return replace(idea, rest_on=latest), "rest_too_late"
    return idea, None


def _length(basis: Basis, idea: OwnIdea) -> tuple[OwnIdea, Reason | None]:
    """Keep the number of payments within the longest term, and an amount that pays the debt off in them."""
    if idea.rest_on:
        return idea, None
    longest = basis.longest(idea.frequency)
    if idea.count and idea.count > longest:
        return replace(idea, count=longest, amount=None), "too_long"
    if idea.amount is None:
        return replace(idea, count=idea.count or longest), None
    if idea.count and draft(basis, idea) is None:
        idea, reason = _length(basis, replace(idea, count=None))
        return idea, reason or "falls_short"
    if draft(basis, replace(idea, count=None)) is None:
        return replace(idea, count=longest, amount=None), "too_long"
    return idea, None


def _size(basis: Basis, idea: OwnIdea) -> tuple[OwnIdea, Reason | None]:
    """Keep instalments at the policy's least amount or more, and on its step."""
    if idea.rest_on:
        return idea, None
    currency, rest = basis.owed.currency, basis.owed.total.minor
    schedule = draft(basis, idea)
    if schedule is None or len(schedule.instalments) == 1:
        return idea, None
    regular = schedule.instalments[1 if idea.down_payment and len(schedule.instalments) > 2 else 0].amount
    if regular.minor < min(basis.least, rest):
        least = Money(basis.rules.least_instalment, currency).rounded(basis.rules.step, "up")
        return replace(idea, amount=least, count=None), "too_small"
    if regular.minor % basis.step:
        lower = replace(idea, amount=regular.rounded(basis.rules.step, "down"), count=None)
        fits = draft(basis, lower) is not None and lower.amount and lower.amount.minor >= basis.least
        return (lower if fits else replace(idea, amount=regular.rounded(basis.rules.step, "up"))), "step"
    return idea, None


_FIXES: tuple[Fix, ...] = (_frequency, _first_due, _down_payment, _rest_on, _length, _size)
