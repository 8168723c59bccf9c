"""What acting from the desk needs saved: offers of staff, approvals of them, referrals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.lending.policy_acting import ReferralKind
from bot.lending.staff_offers import Need, StaffOffer

ApprovalStatus = Literal["open", "approved", "declined", "withdrawn"]
ReferralStatus = Literal["opened", "done", "cancelled"]


@dataclass(frozen=True, slots=True)
class Approval:
    """A request that a supervisor approve an offer above its maker's authority."""

    id: str
    offer_id: str
    speaker: str
    creditor: str
    asked_by: str
    asked_at: datetime
    needs: tuple[Need, ...]
    line: str  # why, for whoever decides
    status: ApprovalStatus = "open"
    decided_by: str | None = None
    decided_at: datetime | None = None
    decision: str = ""  # their line


@dataclass(frozen=True, slots=True)
class Referral:
    """A matter passed on to somebody outside the chat. Nothing is sent by itself: it is a record, and exported."""

    id: str
    case_id: str
    conversation_id: str
    speaker: str
    creditor: str
    borrower_id: str
    account_id: str
    kind: ReferralKind
    reason: str
    opened_by: str
    opened_at: datetime
    status: ReferralStatus = "opened"
    outcome: str = ""
    closed_by: str | None = None
    closed_at: datetime | None = None


class ActingStore(Protocol):
    def add_offer(self, offer: StaffOffer) -> None: ...
    def save_offer(self, offer: StaffOffer) -> None:
        """Write what changes of an offer: its status, how it was shown, how it ended."""
        ...

    def offer(self, offer_id: str) -> StaffOffer | None: ...
    def offers(self, borrower_id: str) -> list[StaffOffer]:
        """Every offer to a borrower, in whichever chat, newest first."""
        ...

    def open_offers(self, case_id: str) -> list[StaffOffer]: ...
    def shown_in(self, conversation_id: str) -> list[StaffOffer]:
        """The offers that were sent into a chat, newest first."""
        ...

    def add_approval(self, approval: Approval) -> None: ...
    def save_approval(self, approval: Approval) -> None: ...
    def approval(self, approval_id: str) -> Approval | None: ...
    def approvals(self, offer_ids: Sequence[str]) -> list[Approval]:
        """Of these offers, newest first."""
        ...

    def waiting_approvals(self) -> list[Approval]:
        """Open requests, oldest first."""
        ...

    def add_referral(self, referral: Referral) -> None: ...
    def save_referral(self, referral: Referral) -> None: ...
    def referral(self, referral_id: str) -> Referral | None: ...
    def referrals(self, borrower_id: str | None = None) -> list[Referral]:
        """A borrower's, or all; newest first."""
        ...
