"""Offers of staff: reckoned, put to a supervisor where need be, sent, taken back. On the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol
from uuid import uuid4
from zoneinfo import ZoneInfo

from bot.access import NotAllowed, Staff
from bot.conversations.store import Conversation
from bot.desk import wording
from bot.desk.acting import end
from bot.desk.acting_store import Approval
from bot.desk.asking import put_before
from bot.desk.handoffs import NotHolding, fit, locked
from bot.desk.settling import NotInForce, holds_here, lifter, put_on_case
from bot.desk.store import CaseState, DeskWork
from bot.desk.wording_ground import ground
from bot.errors import BotError
from bot.lending.debts import Account
from bot.lending.ground import Barrier, Ground, barrier, ground_of
from bot.lending.identity import Borrower
from bot.lending.policy import Policies
from bot.lending.schedules import RateUnknown
from bot.lending.staff_offers import OfferRefused, Proposal, StaffOffer, Terms, expiry, figures_of, lapsed, propose
from bot.record.events import NewEvent


class NotVerified(BotError):
    """Nothing of a debt is offered in a chat that nobody has proved to be theirs."""


class ApprovalNeeded(BotError):
    """The offer is above its maker's authority, and no line says why a supervisor should approve it."""


class OfferMoved(BotError):
    """The same terms come to another schedule by now than the one that was looked at."""


class OfferWords(Protocol):
    """Puts an offer into the borrower's language, as events of the record; the last one carries its buttons."""

    def __call__(self, offer: StaffOffer, found: Ground, name: str, locale: str) -> Sequence[NewEvent]: ...


@dataclass(frozen=True, slots=True)
class Lender:
    """What an offer is made by: the lenders' rules, and the words for it."""

    policies: Policies
    words: OfferWords


@dataclass(frozen=True, slots=True)
class Wanted:
    """Terms for one account. `check`: of the schedule that was looked at before it was sent."""

    account_id: str
    terms: Terms
    check: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    proposal: Proposal
    found: Ground
    lines: tuple[str, ...]  # as the borrower will read them

    @property
    def check(self) -> str:
        return check_of(self.proposal)


def check_of(proposal: Proposal) -> str:
    """What tells that it is the same offer: every amount and date follows from these."""
    schedule = proposal.schedule
    first, last = schedule.first, schedule.last
    parts = [schedule.total, len(schedule.instalments), first.due, first.amount, last.due, proposal.waiver.total]
    return " ".join(str(part) for part in parts)


def reckoned(
    work: DeskWork, policies: Policies, conversation: Conversation, account_id: str, at: datetime
) -> tuple[Ground | None, Barrier | None]:
    """What a plan for an account of the chat's borrower stands on, and what forbids one; None: no rate is known."""
    borrower, account, own = theirs(work, conversation, account_id)
    policy = policies.for_account(account)
    today = at.astimezone(ZoneInfo(borrower.time_zone)).date()
    barred = barrier(holds_here(work, conversation), account, own, policy, today)
    try:
        return ground_of(work.lending, borrower, account, policy, at, today), barred
    except RateUnknown:
        return None, barred


def theirs(
    work: DeskWork, conversation: Conversation, account_id: str
) -> tuple[Borrower, Account, tuple[Account, ...]]:
    """The chat's borrower and one of their accounts; NotInForce for anybody else's."""
    borrower = work.lending.borrower(conversation.borrower_id) if conversation.borrower_id else None
    own = tuple(account for account, _ in work.lending.accounts(borrower.id)) if borrower else ()
    account = next((one for one in own if one.id == account_id), None)
    if borrower is None or account is None:
        raise NotInForce(f"account {account_id}")
    return borrower, account, own


def _proposed(
    work: DeskWork, lender: Lender, conversation: Conversation, by: Staff, wanted: Wanted, at: datetime
) -> tuple[Proposal, Ground]:
    if not conversation.verified(at):
        raise NotVerified(conversation.id)
    found, barred = reckoned(work, lender.policies, conversation, wanted.account_id, at)
    if barred or found is None:
        raise OfferRefused(barred or "no_rate")
    return propose(found, wanted.terms, lifter(by)), found


def preview(work: DeskWork, lender: Lender, state: CaseState, by: Staff, wanted: Wanted, at: datetime) -> Preview:
    """What the terms come to, and how the borrower would read them; nothing is kept. Raises OfferRefused."""
    by.require("desk.act")
    conversation = work.conversations.get(state.conversation_id)
    assert conversation  # every case has its chat
    proposal, found = _proposed(work, lender, conversation, by, wanted, at)
    offer = _offer(state, found, proposal, by, at)
    events = lender.words(offer, found, by.name, conversation.locale)
    return Preview(proposal, found, tuple(str((event.body or {})["text"]) for event in events))


def send(
    work: DeskWork, lender: Lender, case_id: str, by: Staff, wanted: Wanted, at: datetime, line: str = ""
) -> StaffOffer:
    """Send an offer to the borrower, or put it to a supervisor with a line where it is above one's authority."""
    conversation, state = holding(work, case_id, by)
    if conversation.borrower_id:
        work.lending.lock_borrower(conversation.borrower_id)
    proposal, found = _proposed(work, lender, conversation, by, wanted, at)
    if check_of(proposal) != wanted.check:
        raise OfferMoved(wanted.account_id)
    if proposal.needs and not line.strip():
        raise ApprovalNeeded(", ".join(proposal.needs))
    _make_room(work, found, at)
    offer = _offer(state, found, proposal, by, at)
    if proposal.needs:
        work.acting.add_offer(offer)
        _ask(work, state, conversation, offer, found, proposal, by, fit(line), at)
        return offer
    sent = _speak(work, lender, conversation, state, offer, found, by, at)
    work.acting.add_offer(sent)
    return sent


def send_approved(
    work: DeskWork, lender: Lender, case_id: str, offer_id: str, by: Staff, at: datetime
) -> StaffOffer:
    """Send what a supervisor has approved, if it still stands."""
    conversation, state = holding(work, case_id, by)
    offer = of_case(work, case_id, offer_id)
    if offer.status != "approved":
        raise NotInForce(f"offer {offer_id}")
    if not conversation.verified(at):
        raise NotVerified(conversation.id)
    work.lending.lock_borrower(offer.borrower_id)
    found, barred = reckoned(work, lender.policies, conversation, offer.account_id, at)
    if found is None or lapsed(offer, found, barred, at):
        raise OfferMoved(offer_id)
    sent = _speak(work, lender, conversation, state, offer, found, by, at)
    work.acting.save_offer(sent)
    return sent


def take_back(work: DeskWork, case_id: str, offer_id: str, by: Staff, line: str, at: datetime) -> StaffOffer:
    """Withdraw an open offer, or the request to approve it."""
    conversation, state = locked(work, case_id, by)
    by.require("desk.act")
    offer = of_case(work, case_id, offer_id)
    if not offer.open:
        raise NotInForce(f"offer {offer_id}")
    ended = end(work, offer, "taken_back", at)
    put_on_case(
        work,
        conversation,
        state,
        "acted",
        by,
        {"what": "offer_taken_back", "offer": offer.id, "line": fit(line)},
        at,
    )
    return ended


def holding(work: DeskWork, case_id: str, by: Staff) -> tuple[Conversation, CaseState]:
    """The chat and its case, which `by` must have taken."""
    conversation, state = locked(work, case_id, by)
    by.require("desk.act")
    if state.holder != by.id:
        raise NotHolding(case_id)
    return conversation, state


def of_case(work: DeskWork, case_id: str, offer_id: str) -> StaffOffer:
    offer = work.acting.offer(offer_id)
    if offer is None or offer.case_id != case_id:
        raise NotInForce(f"offer {offer_id}")
    return offer


def _make_room(work: DeskWork, found: Ground, at: datetime) -> None:
    """A new offer for an account takes the place of the one before, in whichever chat that was made."""
    for other in work.acting.offers(found.borrower.id):
        if other.open and other.account_id == found.account.id:
            end(work, other, "replaced", at)


def _offer(state: CaseState, found: Ground, proposal: Proposal, by: Staff, at: datetime) -> StaffOffer:
    return StaffOffer(
        id=uuid4().hex,
        case_id=state.id,
        conversation_id=state.conversation_id,
        borrower_id=found.borrower.id,
        account_id=found.account.id,
        made_by=by.id,
        made_at=at,
        schedule=proposal.schedule,
        waiver=proposal.waiver,
        shortfall=proposal.shortfall,
        figures=figures_of(found.account),
        rule=proposal.rule,
        policy_version=proposal.policy_version,
        expires_at=expiry(found.policy, proposal.schedule, at, ZoneInfo(found.borrower.time_zone)),
        status="asked",
    )


def _ask(
    work: DeskWork,
    state: CaseState,
    conversation: Conversation,
    offer: StaffOffer,
    found: Ground,
    proposal: Proposal,
    by: Staff,
    line: str,
    at: datetime,
) -> None:
    asked = Approval(uuid4().hex, offer.id, state.speaker, found.account.creditor, by.id, at, proposal.needs, line)
    work.acting.add_approval(asked)
    told = {"what": "approval_asked", "offer": offer.id, "approval": asked.id, "line": line}
    put_on_case(work, conversation, state, "acted", by, {**told, "needs": list(proposal.needs)}, at)


def _speak(
    work: DeskWork,
    lender: Lender,
    conversation: Conversation,
    state: CaseState,
    offer: StaffOffer,
    found: Ground,
    by: Staff,
    at: datetime,
) -> StaffOffer:
    """Put the offer before the borrower, in their language, through the same outbox as everything else."""
    events = lender.words(offer, found, by.name, conversation.locale)
    words = "\n".join(str((event.body or {})["text"]) for event in events)
    # They are the house's own words; but they start a matter, which may have to wait for its hour.
    wording.admit(words, sure=True, ground=ground(work, lender.policies, state, conversation, at))
    seq = put_before(work, conversation, state, events, by, {"what": "offered", "offer": offer.id}, at)
    return replace(offer, status="sent", seq=seq, words=words)


def require_other(by: Staff, asked_by: str) -> None:
    """Nobody approves what they asked for themselves."""
    if by.id == asked_by:
        raise NotAllowed(by, "decide one's own request")
