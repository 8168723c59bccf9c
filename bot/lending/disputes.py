"""Disputes: what a borrower says is wrong, and by when they get an answer."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

DisputeKind = Literal[
    "not_mine", "wrong_amount", "fees", "already_paid", "sold", "too_old", "product", "fraud", "other"
]


@dataclass(frozen=True, slots=True)
class Dispute:
    id: str
    borrower_id: str | None  # None: raised before identity was verified
    account_id: str | None
    kind: DisputeKind
    words: str  # what the borrower wrote
    raised_at: datetime
    answer_by: date
    status: Literal["open", "upheld", "rejected", "withdrawn"] = "open"
