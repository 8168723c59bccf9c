"""Disputes: what a borrower says is wrong, and by when they get an answer."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

DisputeKind = Literal[
    "not_mine", "wrong_amount", "fees", "already_paid", "sold", "too_old", "product", "fraud", "other",
    "complaint", "data_request",
]  # fmt: skip


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

    @property
    def ticket(self) -> str:
        """What a borrower may quote: short, and telling nothing."""
        return self.id[:8].upper()


def answer_by(kind: DisputeKind, today: date, days: Mapping[DisputeKind, int]) -> date:
    """The last day for the answer, by the policy's days for that kind."""
    return today + timedelta(days=days[kind])


def raise_dispute(
    kind: DisputeKind,
    words: str,
    *,
    borrower_id: str | None,
    account_id: str | None,
    at: datetime,
    today: date,
    days: Mapping[DisputeKind, int],
) -> Dispute:
    """A new open dispute, to be answered within the policy's days."""
    return Dispute(uuid.uuid4().hex, borrower_id, account_id, kind, words.strip(), at, answer_by(kind, today, days))
