"""Disputes: what a borrower says is wrong, by when they get an answer, and how it was settled."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from bot.lending.holds import HoldReason

DisputeKind = Literal[
    "not_mine", "wrong_amount", "fees", "already_paid", "sold", "too_old", "product", "fraud", "other",
    "complaint", "data_request",
]  # fmt: skip
Outcome = Literal["upheld", "rejected", "withdrawn"]

# What rests while it is checked; every other kind is a dispute of the debt.
_HOLDS: Mapping[DisputeKind, HoldReason] = {
    "already_paid": "already_paid",
    "fraud": "fraud",
    "too_old": "limitation",
    "complaint": "complaint",
}


@dataclass(frozen=True, slots=True)
class Dispute:
    """Also complaints and requests for data: whatever was asked for and has a day for its answer."""

    id: str
    borrower_id: str | None  # None: raised before identity was verified
    account_id: str | None
    kind: DisputeKind
    words: str  # what the borrower wrote
    raised_at: datetime
    answer_by: date
    status: Literal["open", "upheld", "rejected", "withdrawn"] = "open"
    address: str | None = None  # the channel address that it was raised from
    settled_at: datetime | None = None

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
    address: str | None = None,
) -> Dispute:
    """A new open dispute, to be answered within the policy's days."""
    due = answer_by(kind, today, days)
    return Dispute(uuid.uuid4().hex, borrower_id, account_id, kind, words.strip(), at, due, address=address)


def settled(dispute: Dispute, outcome: Outcome, at: datetime) -> Dispute:
    """The dispute with its answer; one that has an answer keeps it."""
    return replace(dispute, status=outcome, settled_at=at) if dispute.status == "open" else dispute


def held_for(kind: DisputeKind) -> HoldReason | None:
    """The hold that stands while a dispute of this kind is open; None: it holds nothing."""
    return None if kind == "data_request" else _HOLDS.get(kind, "dispute")


def still_needed(reason: HoldReason, disputes: Iterable[Dispute], account_id: str | None) -> bool:
    """Whether another open dispute of the account keeps a hold for that reason in force."""
    return any(
        dispute.status == "open" and dispute.account_id == account_id and held_for(dispute.kind) == reason
        for dispute in disputes
    )
