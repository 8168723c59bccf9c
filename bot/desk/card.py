"""What a collector sees beside the chat: facts from the stores, never a summary that could be wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from bot.access import Staff
from bot.conversations.store import Conversation
from bot.desk import settling
from bot.desk.store import CaseState, DeskWork
from bot.files.store import KeptFile
from bot.lending.contact_rules import Preference
from bot.lending.debts import Account
from bot.lending.disputes import Dispute
from bot.lending.hardship import SENSITIVE, Hardship
from bot.lending.holds import Hold, may_lift
from bot.lending.identity import Borrower, Role
from bot.lending.payments import Promise
from bot.lending.plans import Agreement
from bot.lending.support import Support

# Ids on a case lead to records that the card shows anyway.
_IDS = frozenset({"account", "dispute", "proof"})
# What must not be asked again, since it was said or should not be raised.
Spared = Literal["identity", "hardship_reason", "means", "plans", "anything_about_payment"]


@dataclass(frozen=True, slots=True)
class AccountFacts:
    account: Account
    role: Role
    days_past_due: int


@dataclass(frozen=True, slots=True)
class Card:
    """`borrower` is None while nobody knows who it is; `known_to_flow` is what the open flow put on the case."""

    case: CaseState
    locale: str  # what the borrower writes in by now
    verified: bool
    verified_until: datetime | None
    verified_how: str | None
    borrower: Borrower | None
    local_time: datetime | None  # where the borrower lives
    accounts: tuple[AccountFacts, ...]
    hardship: Hardship | None
    hardship_hidden: bool  # a sensitive reason that this reader's role does not show
    agreements: tuple[Agreement, ...]
    promises: tuple[Promise, ...]
    holds: tuple[Hold, ...]
    liftable: frozenset[str]  # ids of those that this reader may lift
    disputes: tuple[Dispute, ...]
    answerable: frozenset[str]  # ids of those that this reader may answer
    preference: Preference | None
    support: Support | None  # what is to be considered, noted with consent
    earlier: tuple[CaseState, ...]  # of this borrower, also in other chats; newest first
    files: tuple[KeptFile, ...]
    spared: tuple[Spared, ...]
    known_to_flow: Mapping[str, Any]


def card(work: DeskWork, case: CaseState, conversation: Conversation, reader: Staff, now: datetime) -> Card:
    """Read the facts of a case for one reader."""
    borrower = work.lending.borrower(conversation.borrower_id) if conversation.borrower_id else None
    verified = conversation.verified(now)
    accounts = _accounts(work, borrower, now)
    hardship = work.lending.latest_hardship(borrower.id) if borrower else None
    hidden = bool(hardship and hardship.reason in SENSITIVE and not reader.may("desk.sensitive"))
    holds = tuple(settling.holds_here(work, conversation))
    disputes = tuple(settling.disputes_here(work, conversation))
    return Card(
        case=case,
        locale=conversation.locale,
        verified=verified,
        verified_until=conversation.verified_until if verified else None,
        verified_how=_how(work, conversation) if verified else None,
        borrower=borrower,
        local_time=now.astimezone(ZoneInfo(borrower.time_zone)) if borrower else None,
        accounts=accounts,
        hardship=hardship,
        hardship_hidden=hidden,
        agreements=tuple(work.lending.agreements(borrower.id)) if borrower else (),
        promises=tuple(work.lending.promises(borrower.id)) if borrower else (),
        holds=holds,
        liftable=_liftable(reader, holds),
        disputes=disputes,
        answerable=_answerable(reader, disputes, holds),
        preference=work.lending.contact_preference(borrower.id) if borrower else None,
        support=work.lending.support(borrower.id) if borrower else None,
        earlier=_earlier(work, case, conversation, reader),
        files=tuple(work.files.files(conversation.id)),
        spared=_spared(verified, hardship, holds),
        known_to_flow=_known_to_flow(work, case),
    )


def _accounts(work: DeskWork, borrower: Borrower | None, now: datetime) -> tuple[AccountFacts, ...]:
    if borrower is None:
        return ()
    today: date = now.astimezone(ZoneInfo(borrower.time_zone)).date()
    return tuple(
        AccountFacts(account, role, account.statement.days_past_due(today))
        for account, role in work.lending.accounts(borrower.id)
    )


def _liftable(reader: Staff, holds: Sequence[Hold]) -> frozenset[str]:
    may = reader.may("desk.answer")
    return frozenset(hold.id for hold in holds if may and may_lift(hold, settling.lifter(reader)))


def _answerable(reader: Staff, disputes: Sequence[Dispute], holds: Sequence[Hold]) -> frozenset[str]:
    still = (dispute for dispute in disputes if dispute.status == "open")
    return frozenset(dispute.id for dispute in still if settling.may_settle(reader, dispute, holds))


def _earlier(work: DeskWork, case: CaseState, conversation: Conversation, reader: Staff) -> tuple[CaseState, ...]:
    known = work.desk.cases(conversation.id)
    if conversation.borrower_id:
        known = work.desk.cases_of_borrower(conversation.borrower_id)
    shown = [other for other in known if other.id != case.id and reader.covers(other.speaker, other.creditor)]
    return tuple(reversed(shown))


def _how(work: DeskWork, conversation: Conversation) -> str | None:
    """By what the borrower proved who they are, as the newest access event tells it."""
    events = work.record.events(conversation.id, kinds=["access"])
    for event in reversed(events):
        if event.body and "how" in event.body:
            return str(event.body["how"])
    return None


def _spared(verified: bool, hardship: Hardship | None, holds: Sequence[Hold]) -> tuple[Spared, ...]:
    spared: list[Spared] = []
    if verified:
        spared.append("identity")
    if hardship:
        spared.append("hardship_reason")
        if hardship.means.safe or hardship.means.income:
            spared.append("means")
    if any(hold.stops == "collection" for hold in holds):
        spared.append("anything_about_payment")
    elif any(hold.stops == "plans" for hold in holds):
        spared.append("plans")
    return tuple(spared)


def _known_to_flow(work: DeskWork, case: CaseState) -> dict[str, Any]:
    """Offers made, answers given: what the flows told when the case was opened or raised, newest last."""
    known: dict[str, Any] = {}
    for event in work.desk.events(case.id):
        known.update(event.body.get("card", {}))
    return {key: value for key, value in known.items() if key not in _IDS}
