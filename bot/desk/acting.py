"""What was done from the desk for a borrower, as the card shows it."""

from dataclasses import dataclass

from bot.conversations.store import Conversation
from bot.desk.acting_store import Approval, Referral
from bot.desk.store import DeskWork
from bot.lending.staff_offers import StaffOffer


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
