"""Why somebody is behind, since when, and what they can manage."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal, get_args

from bot.lending.affordability import Means
from bot.lending.calendar import business_day
from bot.lending.holds import Hold
from bot.money import Money

if TYPE_CHECKING:
    from bot.lending.policy import Policy

Reason = Literal[
    "job_loss", "reduced_income", "illness", "bereavement", "family_change", "disaster", "business_failure",
    "over_indebted", "victim_of_scam", "mental_health", "domestic_abuse", "gambling", "prison", "military",
    "other",
]  # fmt: skip
REASONS: tuple[Reason, ...] = get_args(Reason)
# Details about these are kept apart and only with consent.
SENSITIVE: frozenset[Reason] = frozenset({"illness", "mental_health", "domestic_abuse", "gambling", "prison"})


@dataclass(frozen=True, slots=True)
class Hardship:
    """One hardship report of a borrower; the latest counts."""

    id: str
    borrower_id: str
    reported_at: datetime
    reason: Reason | None  # None: would rather not say
    since: date | None
    means: Means
    detail: str | None = None  # in the borrower's words; for a sensitive reason only with consent
    consent: bool = False
    evidence: tuple[str, ...] = ()  # ids of kept files


# What can be offered: nothing is left over, less than any plan asks, a plan fits, or too little was said to know.
Prospect = Literal["nothing", "tight", "plans", "unknown"]
# A report older than this is asked about again.
STAYS_CURRENT_DAYS = 90


def prospect(surplus: Money | None, offers: int) -> Prospect:
    """What a surplus, and the number of plans that fit it, come to."""
    if surplus is None:
        return "unknown"
    if not surplus:
        return "nothing"
    return "plans" if offers else "tight"


def is_current(hardship: Hardship, now: datetime) -> bool:
    """Whether a report is recent enough to make offers by."""
    return now - hardship.reported_at <= timedelta(days=STAYS_CURRENT_DAYS)


def kept_detail(reason: Reason | None, words: str | None, *, consent: bool) -> str | None:
    """The borrower's own words, unless they touch on health or the like and consent was not given."""
    return None if reason in SENSITIVE and not consent else words


def review_day(policy: "Policy", today: date) -> date:
    """When a pause that begins today is looked at again: a business day within the policy's pause."""
    end = today + timedelta(days=policy.plans.pause_days)
    day = business_day(end, policy.holidays)
    return day if day > today else end


def pause(borrower_id: str, policy: "Policy", now: datetime, today: date) -> Hold:
    """A hold for somebody who has nothing to spare: collection waits until the review."""
    rule = policy.holds["hardship"]
    return Hold(
        id=uuid.uuid4().hex,
        subject_kind="borrower",
        subject=borrower_id,
        reason="hardship",
        stops=rule.stops,
        placed_at=now,
        review_on=review_day(policy, today),
        lifted_by=rule.lifted_by,
    )
