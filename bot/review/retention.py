"""Retention: what the lenders' policies say is to go by now, and what still keeps it; legal holds.

A conversation goes `conversation_months` after its last input, files after `evidence_months`, health and similar
details after `sensitive_months`; never while its borrower owes anything, has a plan under way, a promise to pay or
a dispute open, and never under a legal hold.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Literal

from bot.errors import BotError
from bot.lending.policy import Policies
from bot.lending.policy_rules import RetentionRules
from bot.record.events import NewEvent
from bot.review.protection_store import HeldKind, Kept, LegalHold
from bot.review.store import ReviewWork

DataKind = Literal["conversation", "evidence", "sensitive"]
_MONTH = timedelta(days=30.4375)  # the mean month of the Gregorian calendar
_PAGE = 200
_END: Any = object()


class UnderLegalHold(BotError):
    """What should be erased must be kept."""


class StillNeeded(BotError):
    """What should be erased belongs to a debt, plan or dispute that is not over."""


@dataclass(frozen=True, slots=True)
class Due:
    """Something that is to go: nothing keeps it any longer."""

    kind: DataKind
    kept: Kept
    creditor: str  # "" where nobody knows whose it is


def due(work: ReviewWork, policies: Policies, now: datetime) -> Iterator[Due]:
    """All that is to go by now; reads page by page, so that what is found may be erased on the way."""
    return (one for one in _looked_at(work, policies, now) if one)


@dataclass(frozen=True, slots=True)
class DryRun:
    """How much would go by now. `whole`: everything old enough was looked at, not only the first of it."""

    counts: Mapping[tuple[str, DataKind], int]  # by creditor and kind
    whole: bool


def dry_run(work: ReviewWork, policies: Policies, now: datetime, most: int) -> DryRun:
    """What `due` would give, after looking at no more than `most`."""
    looked_at = _looked_at(work, policies, now)
    counts = Counter((one.creditor, one.kind) for one in islice(looked_at, most) if one)
    return DryRun(counts, next(looked_at, _END) is _END)


def _looked_at(work: ReviewWork, policies: Policies, now: datetime) -> Iterator[Due | None]:
    """Whatever is old enough for some lender: as due, or None where something still keeps it."""
    shortest = _Shortest.of(policies)
    listed: tuple[tuple[DataKind, Callable[[datetime, str, int], Sequence[Kept]], int], ...] = (
        ("conversation", work.protection.idle, shortest.conversation),
        ("evidence", work.protection.old_files, shortest.evidence),
        ("sensitive", work.protection.old_details, shortest.sensitive),
    )
    for kind, page, months in listed:
        after = ""
        while found := page(now - months * _MONTH, after, _PAGE):
            for kept in found:
                creditor, rules = _rules(work, policies, kept)
                goes = kept.since <= now - _months(rules, kind) * _MONTH and not keeps(work, kept)
                yield Due(kind, kept, creditor) if goes else None
            after = found[-1].subject


def erase(work: ReviewWork, one: Due, at: datetime, by: str | None = None) -> None:
    """Erase what is due, and say so in the audit trail."""
    match one.kind:
        case "conversation":
            erase_words(work, one.kept.subject, at)
        case "evidence":
            work.protection.erase_file(one.kept.subject)
        case "sensitive":
            work.protection.erase_details(one.kept.subject)
    kind = {"conversation": "conversation", "evidence": "file", "sensitive": "borrower"}[one.kind]
    work.audit.append("erase", f"{kind}:{one.kept.subject}", by, {"why": "retention", "kind": one.kind}, at)


def hold(work: ReviewWork, placed: LegalHold) -> None:
    """Keep everything of a conversation or a borrower until the hold is lifted."""
    work.protection.place_legal_hold(placed)
    subject = f"{placed.subject_kind}:{placed.subject}"
    work.audit.append("legal_hold", subject, placed.placed_by, {"reason": placed.reason}, placed.placed_at)


def release(
    work: ReviewWork, kind: HeldKind, subject: str, reason: str, at: datetime, by: str | None = None
) -> int:
    """Lift every legal hold on a subject; how many there were."""
    lifted = work.protection.lift_legal_holds(kind, subject)
    if lifted:
        work.audit.append("legal_hold_lifted", f"{kind}:{subject}", by, {"reason": reason}, at)
    return lifted


def keeps(work: ReviewWork, kept: Kept) -> str | None:
    """What still keeps something, or None."""
    subjects: list[tuple[HeldKind, str]] = []
    if kept.conversation_id:
        subjects.append(("conversation", kept.conversation_id))
    if kept.borrower_id:
        subjects.append(("borrower", kept.borrower_id))
    if work.protection.legal_holds(subjects):
        return "legal_hold"
    return _matters(work, kept.borrower_id) if kept.borrower_id else None


def _matters(work: ReviewWork, borrower_id: str) -> str | None:
    lending = work.lending
    if any(account.statement.total for account, _ in lending.accounts(borrower_id)):
        return "debt_open"
    if lending.agreements(borrower_id, "live"):
        return "plan_under_way"
    if any(promise.status == "open" for promise in lending.promises(borrower_id)):
        return "promise_open"
    if any(
        dispute.status == "open" and dispute.kind != "data_request" for dispute in lending.disputes(borrower_id)
    ):
        return "dispute_open"
    return None


def erase_words(work: ReviewWork, conversation_id: str, at: datetime) -> int:
    """Take everything out of a conversation but its chain; how many events lost their content."""
    work.conversations.lock(conversation_id)
    count = work.protection.erase_conversation(conversation_id, at)
    work.record.append(conversation_id, [NewEvent("access", {"what": "erased"})], at)
    work.search.forget([conversation_id])
    return count


def _rules(work: ReviewWork, policies: Policies, kept: Kept) -> tuple[str, RetentionRules]:
    borrower = work.lending.borrower(kept.borrower_id) if kept.borrower_id else None
    if borrower:
        return borrower.creditor, policies.for_creditor(borrower.creditor).retention
    if kept.speaker:
        return "", policies.for_speaker(kept.speaker).retention
    return "", max((policies.for_speaker(one.id).retention for one in policies.speakers()), key=_longest)


def _longest(rules: RetentionRules) -> int:
    return rules.conversation_months


def _months(rules: RetentionRules, kind: DataKind) -> int:
    return {
        "conversation": rules.conversation_months,
        "evidence": rules.evidence_months,
        "sensitive": rules.sensitive_months,
    }[kind]


@dataclass(frozen=True, slots=True)
class _Shortest:
    """The least months of any lender: nothing younger needs to be looked at."""

    conversation: int
    evidence: int
    sensitive: int

    @classmethod
    def of(cls, policies: Policies) -> "_Shortest":
        rules = [policies.for_speaker(speaker.id).retention for speaker in policies.speakers()]
        rules += [policies.for_creditor(id).retention for one in policies.speakers() for id in one.creditors]
        return cls(
            min(one.conversation_months for one in rules),
            min(one.evidence_months for one in rules),
            min(one.sensitive_months for one in rules),
        )
