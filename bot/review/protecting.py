"""Erasing on request and lifting legal holds: nobody brings back what is gone, so one proposes and another agrees.

Retention takes what it takes by a rule that two people agreed on. Placing a hold needs nobody else.
"""

from datetime import datetime

from bot.review import erasure, retention
from bot.review.erasure import Erased, Subject
from bot.review.store import ReviewWork
from bot.review.two_people import Asking, Change, NotOpen, ask, decides_alone
from bot.review.two_people_store import ChangeKind, Proposal

KINDS: frozenset[ChangeKind] = frozenset({"erasure", "release"})


def erase(work: ReviewWork, subject: Subject, asking: Asking) -> Erased | Proposal:
    """Erase at once where nobody could agree, else propose it; UnderLegalHold, StillNeeded, NobodyByThat."""
    if decides_alone(work, asking):
        return erasure.erase(work, subject, asking.reason, asking.at, asking.who)
    erasure.require_free(subject, erasure.extent(work, subject, asking.at))
    return ask(work, Change("erasure", str(subject), _conversations(work, subject, asking.at), _NONE_LEFT), asking)


def release(work: ReviewWork, subject: Subject, asking: Asking) -> int | Proposal:
    """Lift the legal holds at once where nobody could agree, else propose it; how many were lifted."""
    held = _holds(work, subject)
    if not held["holds"]:
        return 0
    if decides_alone(work, asking):
        return retention.release(work, subject.kind, subject.id, asking.reason, asking.at, asking.who)
    return ask(work, Change("release", str(subject), held, {"holds": 0}), asking)


def apply_erasure(work: ReviewWork, proposal: Proposal, by: str, at: datetime) -> None:
    """Erase what was agreed on; NotOpen when there are other conversations by now, or what erasure raises."""
    subject = subject_of(proposal)
    if _conversations(work, subject, at) != proposal.before:
        raise NotOpen("there are other conversations than when it was proposed")
    erasure.erase(work, subject, proposal.reason, at, by)


def apply_release(work: ReviewWork, proposal: Proposal, by: str, at: datetime) -> None:
    """Lift what was agreed on; NotOpen when other holds stand by now."""
    subject = subject_of(proposal)
    if _holds(work, subject) != proposal.before:
        raise NotOpen("other legal holds stand than when it was proposed")
    retention.release(work, subject.kind, subject.id, proposal.reason, at, by)


def subject_of(proposal: Proposal) -> Subject:
    """Whose data a proposal of these kinds is about."""
    kind, _, id = proposal.subject.partition(":")
    return Subject("borrower" if kind == "borrower" else "conversation", id)


_NONE_LEFT = {"conversations": 0}


def _conversations(work: ReviewWork, subject: Subject, at: datetime) -> dict[str, int]:
    return {"conversations": len(erasure.extent(work, subject, at).conversations)}


def _holds(work: ReviewWork, subject: Subject) -> dict[str, int]:
    return {"holds": len(work.protection.legal_holds([(subject.kind, subject.id)]))}
