"""Holds: what may not be done for now, to whom, why, until when, and who may lift it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

SubjectKind = Literal["account", "borrower", "address"]
HoldReason = Literal[
    "stop_contact", "contact_preference", "dispute", "fraud", "already_paid", "wrong_person", "third_party",
    "death", "bankruptcy", "representative", "refusal", "distress", "complaint", "limitation", "hardship",
]  # fmt: skip
Stops = Literal["reminders", "plans", "collection"]  # each includes the ones before it
Lifter = Literal["borrower", "collector", "supervisor", "lender"]


@dataclass(frozen=True, slots=True)
class Hold:
    """`subject` is an account id, a borrower id, or a channel address ("web:harbour/<sender>")."""

    id: str
    subject_kind: SubjectKind
    subject: str
    reason: HoldReason
    stops: Stops
    placed_at: datetime
    review_on: date | None
    lifted_by: tuple[Lifter, ...]  # who may lift it
    provisional: bool = False  # placed on the word of somebody unverified
    lifted_at: datetime | None = None
