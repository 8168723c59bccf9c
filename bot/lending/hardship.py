"""Why somebody is behind, since when, and what they can manage."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from bot.lending.affordability import Means

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
