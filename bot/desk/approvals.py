"""Requests to approve what is above a member of staff's own authority: listed, approved or declined with a line."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.access import Staff
from bot.desk.acting_store import Approval
from bot.desk.handoffs import fit, locked
from bot.desk.offers import require_other
from bot.desk.settling import NotInForce, put_on_case
from bot.desk.store import CaseState, DeskWork
from bot.lending.staff_offers import StaffOffer


@dataclass(frozen=True, slots=True)
class Asked:
    """An open request with what it is about. `mine`: this reader made it, and so may not decide it."""

    approval: Approval
    offer: StaffOffer
    case: CaseState
    asked_by: str  # their name
    mine: bool


def waiting(work: DeskWork, reader: Staff) -> tuple[Asked, ...]:
    """The open requests that this reader may see, oldest first; none for whoever may not approve."""
    if not reader.may("desk.approve"):
        return ()
    names = {colleague.id: colleague.name for colleague in work.staff.everyone()}
    found = []
    for approval in work.acting.waiting_approvals():
        if not reader.covers(approval.speaker, approval.creditor):
            continue
        offer = work.acting.offer(approval.offer_id)
        case = work.desk.case(offer.case_id) if offer else None
        if offer and case:
            name = names.get(approval.asked_by, "")
            found.append(Asked(approval, offer, case, name, approval.asked_by == reader.id))
    return tuple(found)


def decide(work: DeskWork, approval_id: str, by: Staff, line: str, at: datetime, *, approve: bool) -> Approval:
    """Approve a request or decline it, with a line; never one's own. NotInForce once it is decided or ended."""
    by.require("desk.approve")
    seen = work.acting.approval(approval_id)
    offer = work.acting.offer(seen.offer_id) if seen else None
    if seen is None or offer is None:
        raise NotInForce(f"approval {approval_id}")
    conversation, state = locked(work, offer.case_id, by)
    require_other(by, seen.asked_by)
    # Read again now that the chat is locked: it may have been decided or taken back in between.
    asked, offer = work.acting.approval(approval_id), work.acting.offer(seen.offer_id)
    if asked is None or offer is None or asked.status != "open" or offer.status != "asked":
        raise NotInForce(f"approval {approval_id}")
    said = fit(line)
    decided = replace(
        asked, status="approved" if approve else "declined", decided_by=by.id, decided_at=at, decision=said
    )
    work.acting.save_approval(decided)
    work.acting.save_offer(
        replace(offer, status="approved") if approve else replace(offer, status="refused", ended_at=at)
    )
    told = {"what": decided.status, "offer": offer.id, "approval": asked.id, "line": said}
    put_on_case(work, conversation, state, "acted", by, told, at)
    return decided
