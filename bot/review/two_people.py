"""Two people agree: one proposes a change, another agrees or refuses, and it is made in that same transaction.

Only those may who manage staff for the whole installation; never alone, and never about themselves.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from bot.access import NotAllowed, Staff
from bot.errors import BotError
from bot.review.store import ReviewWork
from bot.review.two_people_store import ChangeKind, Proposal, ProposalStatus

LASTS = timedelta(days=7)
LEAST_REASON = 8
NEEDED = 2


class NoReason(BotError):
    """A change was proposed without saying why."""

    def __init__(self) -> None:
        super().__init__(f"say why, in {LEAST_REASON} characters or more")


class NotOpen(BotError):
    """The proposal was decided, withdrawn or has expired, or what it would change has changed since."""


class OwnProposal(BotError):
    """Somebody would decide what they proposed, or what is about themselves."""

    def __init__(self) -> None:
        super().__init__("another person decides: not who proposed it, and not whom it is about")


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody wants to be otherwise; see Proposal."""

    kind: ChangeKind
    subject: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    secret: str | None = None


Apply = Callable[[ReviewWork, Proposal, str, datetime], None]  # takes who agreed; NotOpen where it no longer fits


class TwoNeeded(BotError):
    """Two people must agree on this, and it was not said who proposes it."""


class TooFew(BotError):
    """Nobody else could agree: there are fewer than two who may; the command line decides until there are."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who wants a change and why; nobody by name: the command line of an installation that is still beginning."""

    by: Staff | None
    reason: str
    at: datetime
    by_command: bool = False

    @property
    def who(self) -> str | None:
        return self.by.id if self.by else None


def able(staff: Staff) -> bool:
    """Whether somebody may propose and agree: they manage staff, and of the whole installation."""
    return staff.may("staff.manage") and staff.speakers is None and staff.creditors is None


def all_able(work: ReviewWork) -> list[Staff]:
    """Everybody who may agree, locked until the transaction ends: nobody loses that right meanwhile."""
    return [admin for admin in work.staff.lock_role("admin") if able(admin)]


def enough(staff: list[Staff]) -> bool:
    """Whether these are enough to agree on anything; before there are, the command line decides alone."""
    return len([one for one in staff if able(one)]) >= NEEDED


def decides_alone(work: ReviewWork, asking: Asking) -> bool:
    """Whether what two people agree on is done at once; TwoNeeded, TooFew where it cannot even be proposed."""
    if not enough(all_able(work)):
        if asking.by_command:
            return True
        raise TooFew("fewer than two people may agree; add another admin by `python -m bot user add` first")
    if asking.by is None:
        raise TwoNeeded("two people agree on this: say who proposes it with --by LOGIN, and why")
    return False


def ask(work: ReviewWork, change: Change, asking: Asking) -> Proposal:
    """Propose what nobody decides alone."""
    assert asking.by is not None  # decides_alone has seen to it
    return propose(work, change, asking.by, asking.reason, asking.at)


def propose(work: ReviewWork, change: Change, by: Staff, reason: str, at: datetime) -> Proposal:
    """Ask for a change; NotAllowed, NoReason, AlreadyProposed."""
    _require(work, by)
    expire(work, at)
    if len(reason.strip()) < LEAST_REASON:
        raise NoReason
    made = Proposal(
        uuid4().hex,
        change.kind,
        change.subject,
        change.before,
        change.after,
        reason.strip(),
        by.id,
        at,
        at + LASTS,
        secret=change.secret,
    )
    work.two_people.add(made)
    _note(work, "propose", made, by.id, {"reason": made.reason, "until": made.expires_at.isoformat()}, at)
    return made


def agree(
    work: ReviewWork, proposal_id: str, by: Staff, at: datetime, apply: Mapping[ChangeKind, Apply]
) -> Proposal:
    """Agree to what somebody else proposed, and make the change; NotAllowed, OwnProposal, NotOpen."""
    proposal, admins = _decidable(work, proposal_id, by, at)
    _another(proposal, by)
    if proposal.proposed_by not in {admin.id for admin in admins}:
        raise NotOpen("whoever proposed it may no longer propose such a thing")
    apply[proposal.kind](work, proposal, by.id, at)
    return _decided(work, proposal, "agreed", by, "", at)


def refuse(work: ReviewWork, proposal_id: str, by: Staff, line: str, at: datetime) -> Proposal:
    """Refuse what somebody else proposed, with a line; one's own is withdrawn."""
    proposal, _ = _decidable(work, proposal_id, by, at)
    if proposal.proposed_by == by.id:
        return _decided(work, proposal, "withdrawn", by, line, at)
    _another(proposal, by)
    return _decided(work, proposal, "refused", by, line, at)


def expire(work: ReviewWork, at: datetime) -> int:
    """End every proposal whose time is over; how many."""
    over = [one for one in work.two_people.waiting() if one.expires_at <= at]
    for one in over:
        locked = work.two_people.lock(one.id)
        if locked and locked.status == "open":
            _decided(work, locked, "expired", None, "", at)
    return len(over)


def may_decide(proposal: Proposal, reader: Staff) -> bool:
    """Whether a reader is the other person that an open proposal waits for."""
    return able(reader) and reader.id != proposal.proposed_by and proposal.subject != f"staff:{reader.id}"


def _require(work: ReviewWork, by: Staff) -> list[Staff]:
    """The people who may agree, of whom `by` must be one as things stand now, not when they signed in."""
    admins = all_able(work)
    if by.id not in {admin.id for admin in admins}:
        raise NotAllowed(by, "decide what two people agree on")
    return admins


def _decidable(work: ReviewWork, proposal_id: str, by: Staff, at: datetime) -> tuple[Proposal, list[Staff]]:
    admins = _require(work, by)
    expire(work, at)
    proposal = work.two_people.lock(proposal_id)
    if proposal is None or proposal.status != "open":
        raise NotOpen(f"no open proposal {proposal_id}")
    return proposal, admins


def _another(proposal: Proposal, by: Staff) -> None:
    if not may_decide(proposal, by):
        raise OwnProposal


def _decided(
    work: ReviewWork, proposal: Proposal, status: ProposalStatus, by: Staff | None, line: str, at: datetime
) -> Proposal:
    who = by.id if by else None
    decided = replace(proposal, status=status, decided_by=who, decided_at=at, decision=line.strip(), secret=None)
    work.two_people.save(decided)
    action = {"agreed": "agree", "refused": "refuse", "withdrawn": "withdraw", "expired": "expire"}[status]
    _note(work, action, decided, who, {"line": line.strip(), "proposed_by": proposal.proposed_by}, at)
    return decided


def _note(
    work: ReviewWork, what: str, proposal: Proposal, by: str | None, more: Mapping[str, Any], at: datetime
) -> None:
    """Put a step on the trail: what would change, from what to what."""
    detail = {"proposal": proposal.id, "kind": proposal.kind, "before": proposal.before, "after": proposal.after}
    work.audit.append(f"{what}_change", proposal.subject, by, {**detail, **more}, at)
