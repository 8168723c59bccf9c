"""What was done from the desk for a borrower, as the card shows it, and the end of what nobody answered."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.conversations.store import Conversation
from bot.desk.acting_store import Approval, Referral
from bot.desk.store import DeskWork
from bot.lending.staff_offers import Lapse, StaffOffer


@dataclass(frozen=True, slots=True)
class Made:
    """Offers of staff with their answers, requests to approve them, referrals; newest first."""

    offers: tuple[StaffOffer, ...] = ()
    approvals: tuple[Approval, ...] = ()
    referrals: tuple[Referral, ...] = ()

    def approval_of(self, offer: StaffOffer) -> Approval | None:
        return next((approval for approval in self.approvals if approval.offer_id == offer.id), None)


def made_of(work: DeskWork, conversation: Conversation) -> Made:
    """Everything that was done for the chat's borrower, in whichever chat; nothing while nobody is known."""
    if conversation.borrower_id is None:
        return Made()
    offers = work.acting.offers(conversation.borrower_id)
    return Made(
        tuple(offers),
        tuple(work.acting.approvals([offer.id for offer in offers])),
        tuple(work.acting.referrals(conversation.borrower_id)),
    )


def end(work: DeskWork, offer: StaffOffer, why: Lapse, at: datetime) -> StaffOffer:
    """Close an open offer that nobody answered, with the request to approve it."""
    ended = replace(offer, status="expired" if why == "expired" else "withdrawn", ended_at=at, ended_why=why)
    work.acting.save_offer(ended)
    for approval in work.acting.approvals([offer.id]):
        if approval.status == "open":
            work.acting.save_approval(replace(approval, status="withdrawn", decided_at=at))
    return ended


def end_with_case(work: DeskWork, case_id: str, at: datetime) -> None:
    """Nobody is there any more to speak for what was offered."""
    for offer in work.acting.open_offers(case_id):
        end(work, offer, "case_ended", at)
