"""A person ends what rests: a hold is lifted, a dispute gets its answer. All on the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from bot.access import NotAllowed, Permission, Staff
from bot.conversations.store import Conversation
from bot.desk.colleagues import TEAMS
from bot.desk.handoffs import add_event, fit, locked, on_record
from bot.desk.store import CaseState, DeskWork
from bot.errors import BotError
from bot.lending.disputes import Dispute, Outcome, held_for, still_needed
from bot.lending.holds import Hold, HoldReason, SubjectKind, may_lift
from bot.lending.staff_offers import Grantor


class NotInForce(BotError):
    """The hold was lifted, or the dispute answered, in the meantime; or neither concerns this chat."""


def lifter(staff: Staff) -> Grantor:
    return "supervisor" if staff.role == "supervisor" else "collector"


def holds_here(work: DeskWork, conversation: Conversation) -> list[Hold]:
    """Every hold on the chat, on its borrower and on their accounts."""
    subjects: list[tuple[SubjectKind, str]] = [("address", conversation.address)]
    if conversation.borrower_id:
        subjects.append(("borrower", conversation.borrower_id))
        subjects += [("account", account.id) for account, _ in work.lending.accounts(conversation.borrower_id)]
    return work.lending.holds(subjects)


def disputes_here(work: DeskWork, conversation: Conversation) -> list[Dispute]:
    """What the borrower raised, and what was raised from this chat before anybody proved who they are."""
    own = work.lending.disputes(conversation.borrower_id) if conversation.borrower_id else []
    return [*own, *work.lending.disputes_from(conversation.address)]


def lift(work: DeskWork, case_id: str, hold_id: str, by: Staff, line: str, at: datetime) -> CaseState:
    """Lift one hold, with the reason in a line for colleagues; NotAllowed for whoever may not."""
    conversation, state = locked(work, case_id, by)
    by.require("desk.answer")
    hold = next((hold for hold in holds_here(work, conversation) if hold.id == hold_id), None)
    if hold is None:
        raise NotInForce(f"hold {hold_id}")
    if not may_lift(hold, lifter(by)):
        raise NotAllowed(by, f"lift a hold for {hold.reason}")
    work.lending.lift_hold(hold.id, at)
    told = {"hold": hold.id, "reason": hold.reason, "line": fit(line)}
    return put_on_case(work, conversation, state, "lifted", by, told, at)


def settle(
    work: DeskWork, case_id: str, dispute_id: str, outcome: Outcome, by: Staff, line: str, at: datetime
) -> CaseState:
    """Answer a dispute, and lift what stood only because of it; NotAllowed for whoever may not lift that."""
    conversation, state = locked(work, case_id, by)
    raised = disputes_here(work, conversation)
    dispute = next((one for one in raised if one.id == dispute_id and one.status == "open"), None)
    if dispute is None:
        raise NotInForce(f"dispute {dispute_id}")
    if not may_settle(by, dispute, holds_here(work, conversation)):
        raise NotAllowed(by, f"answer a dispute of the kind {dispute.kind}")
    work.lending.settle_dispute(dispute.id, outcome, at)
    for hold in ended_with(dispute, raised, holds_here(work, conversation)):
        work.lending.lift_hold(hold.id, at)
    told = {"dispute": dispute.id, "kind": dispute.kind, "outcome": outcome, "line": fit(line)}
    return put_on_case(work, conversation, state, "settled", by, told, at)


def may_settle(staff: Staff, dispute: Dispute, holds: Sequence[Hold]) -> bool:
    """Fraud and complaints are for their teams; anything else for whoever may lift what stands because of it."""
    team: Permission = TEAMS.get(dispute.kind, "desk.answer")
    standing = [hold for hold in holds if hold.reason in _reasons(dispute) and _about(hold, dispute)]
    return staff.may(team) and all(may_lift(hold, lifter(staff)) for hold in standing)


def ended_with(dispute: Dispute, raised: Sequence[Dispute], holds: Sequence[Hold]) -> list[Hold]:
    """The holds that no other open dispute needs."""
    others = [other for other in raised if other.id != dispute.id]
    return [
        hold
        for hold in holds
        if hold.reason in _reasons(dispute) and _about(hold, dispute) and not _needed(hold, others)
    ]


def _needed(hold: Hold, others: Sequence[Dispute]) -> bool:
    """A hold on an account stands for disputes of that account, one on a person or a chat for any."""
    if hold.subject_kind == "account":
        return still_needed(hold.reason, others, hold.subject)
    return any(still_needed(hold.reason, [other], other.account_id) for other in others)


def _reasons(dispute: Dispute) -> frozenset[HoldReason]:
    reason = held_for(dispute.kind)
    # An old debt is disputed first and found to be old after.
    also: set[HoldReason] = {"dispute"} if reason == "limitation" else set()
    return frozenset(also | ({reason} if reason else set()))


def _about(hold: Hold, dispute: Dispute) -> bool:
    return hold.subject in (dispute.account_id, dispute.borrower_id, dispute.address)


def put_on_case(
    work: DeskWork,
    conversation: Conversation,
    state: CaseState,
    kind: Literal["lifted", "settled", "acted"],
    by: Staff,
    told: Mapping[str, Any],
    at: datetime,
) -> CaseState:
    """On the case's events and on the record, with the line for colleagues; the state after it."""
    after, event = add_event(work.desk, state, kind, by, told, at)
    work.record.append(conversation.id, [on_record(event)], at)
    return after
