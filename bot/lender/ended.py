"""What a lender's data says has ended: a dispute that is settled, a payment that was found, a time that is over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from bot.lender.cells import BadCell
from bot.lending.disputes import Outcome, still_needed
from bot.lending.holds import Hold, HoldReason, SubjectKind, may_lift
from bot.lending.store import LendingStore

_REASONS: tuple[HoldReason, ...] = get_args(HoldReason)
_OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


@dataclass(frozen=True, slots=True)
class Ended:
    """Of one account: the reasons whose holds are over, and how its open disputes were answered."""

    account: str  # the account's reference
    reasons: tuple[HoldReason, ...]
    outcome: Outcome | None


def reasons(text: str) -> tuple[HoldReason, ...]:
    """The reasons in a cell, separated by ; or |. Raises BadCell for one that is none."""
    named = [part.strip() for part in text.replace("|", ";").split(";") if part.strip()]
    strange = [part for part in named if part not in _REASONS]
    if strange:
        raise BadCell(f"{strange[0][:40]!r} is no reason to hold")
    return tuple(reason for reason in _REASONS if reason in named)


def outcome(text: str) -> Outcome:
    found = next((known for known in _OUTCOMES if known == text), None)
    if found is None:
        raise BadCell(f"{text[:40]!r} is none of {', '.join(_OUTCOMES)}")
    return found


def apply(lending: LendingStore, creditor: str, told: Iterable[Ended], at: datetime) -> tuple[int, int]:
    """Lift the holds that the lender's data may lift, and answer disputes; how many of each."""
    lifted = answered = 0
    for ended in told:
        account_id, borrowers = lending.concerned(creditor, ended.account)
        lifted += _lift(lending, account_id, borrowers, ended.reasons, at)
        if ended.outcome is not None:
            answered += _answer(lending, account_id, borrowers, ended.outcome, at)
    return lifted, answered


def _lift(
    lending: LendingStore, account_id: str, borrowers: Sequence[str], over: Sequence[HoldReason], at: datetime
) -> int:
    subjects: list[tuple[SubjectKind, str]] = [("account", account_id), *(("borrower", id) for id in borrowers)]
    found = [hold for hold in lending.holds(subjects) if hold.reason in over and may_lift(hold, "lender")]
    ended = [hold for hold in found if not _for_another(lending, hold, account_id)]
    for hold in ended:
        lending.lift_hold(hold.id, at)
    return len(ended)


def _for_another(lending: LendingStore, hold: Hold, account_id: str) -> bool:
    """Whether a hold on a person stands for an open dispute of another of their accounts."""
    if hold.subject_kind != "borrower" or len(lending.accounts(hold.subject)) < 2:
        return False
    others = [dispute for dispute in lending.disputes(hold.subject) if dispute.account_id != account_id]
    return any(still_needed(hold.reason, [other], other.account_id) for other in others)


def _answer(
    lending: LendingStore, account_id: str, borrowers: Sequence[str], outcome: Outcome, at: datetime
) -> int:
    """Complaints and requests for data are answered to the borrower, not by a table."""
    answered = [
        dispute
        for borrower in borrowers
        for dispute in lending.disputes(borrower)
        if dispute.status == "open"
        and dispute.account_id == account_id
        and dispute.kind not in ("complaint", "data_request")
    ]
    for dispute in answered:
        lending.settle_dispute(dispute.id, outcome, at)
    return len(answered)
