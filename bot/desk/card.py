"""What a collector sees beside the chat: facts from the stores, never a summary that could be wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from bot.access import Staff
from bot.conversations.store import Conversation
from bot.desk import settling, told
from bot.desk.acting import Made, made_of
from bot.desk.around import Around, around
from bot.desk.cases import of_this_person
from bot.desk.store import CaseReason, CaseState, DeskWork
from bot.desk.told import Explained, Round
from bot.files.store import KeptFile
from bot.lending.contact_rules import Preference
from bot.lending.debts import Account
from bot.lending.disputes import Dispute
from bot.lending.hardship import SENSITIVE, Hardship
from bot.lending.holds import Hold, may_lift
from bot.lending.identity import Borrower, Role
from bot.lending.payments import Payment, Promise
from bot.lending.plans import Agreement
from bot.lending.support import PERSONAL, Support

# Ids on a case lead to records that the card shows anyway.
_IDS = frozenset({"account", "dispute", "proof"})
# What must not be asked again, since it was said or should not be raised.
Spared = Literal["identity", "hardship_reason", "means", "needs", "plans", "anything_about_payment"]
Section = Literal[
    "accounts", "hardship", "rounds", "agreements", "promises", "holds", "disputes", "complaints", "explained",
    "support", "contact", "callback", "referrals", "files", "earlier",
]  # fmt: skip
SECTIONS: tuple[Section, ...] = get_args(Section)
# What matters first, by why the case is here; these stand open on top, the others are folded beneath.
_FIRST: Mapping[CaseReason, tuple[Section, ...]] = {
    "distress": ("support", "holds", "hardship", "contact"),
    "rights": ("holds", "disputes", "complaints", "contact", "support"),
    "fraud": ("disputes", "holds", "accounts", "files"),
    "dispute": ("disputes", "accounts", "holds", "files"),
    "complaint": ("complaints", "earlier", "holds"),
    "negotiation": ("accounts", "hardship", "rounds", "agreements", "promises"),
    "limitation": ("accounts", "holds", "agreements", "explained"),
    "request": ("accounts", "rounds", "agreements", "promises"),
}


@dataclass(frozen=True, slots=True)
class AccountFacts:
    account: Account
    role: Role
    days_past_due: int
    received: tuple[Payment, ...]  # since the statement's day, so that its figures do not show it


@dataclass(frozen=True, slots=True)
class Card:
    """`borrower` is None while nobody knows who it is; `known_to_flow` is what the open flow put on the case."""

    case: CaseState
    locale: str  # what the borrower writes in by now
    verified: bool
    verified_until: datetime | None
    verified_how: tuple[str, ...]  # by what the borrower proved who they are, the newest time
    borrower: Borrower | None
    local_time: datetime | None  # where the borrower lives
    accounts: tuple[AccountFacts, ...]
    hardship: Hardship | None
    hardship_hidden: bool  # a sensitive reason that this reader's role does not show
    rounds: tuple[Round, ...]  # what the bot offered and the borrower proposed, each with its answer; oldest first
    explained: tuple[Explained, ...]  # what was said of consequences, and when
    made: Made  # offers of staff with their answers, requests to approve them, referrals
    around: Around  # callback, messages left, how the borrower found it
    agreements: tuple[Agreement, ...]
    promises: tuple[Promise, ...]
    holds: tuple[Hold, ...]
    liftable: frozenset[str]  # ids of those that this reader may lift
    disputes: tuple[Dispute, ...]  # complaints and requests for data among them
    answerable: frozenset[str]  # ids of those that this reader may answer
    preference: Preference | None
    support: Support | None  # what is to be considered, noted with consent
    needs_hidden: bool  # some of it is of health and the like, which this reader's role does not show
    earlier: tuple[CaseState, ...]  # of this borrower, also in other chats; newest first
    files: tuple[KeptFile, ...]
    spared: tuple[Spared, ...]
    known_to_flow: Mapping[str, Any]
    first: tuple[Section, ...]  # to be read first, by why the case is here

    @property
    def rest(self) -> tuple[Section, ...]:
        return tuple(section for section in SECTIONS if section not in self.first)

    @property
    def roles(self) -> tuple[Role, ...]:
        """What they are to these debts, each once."""
        return tuple(dict.fromkeys(facts.role for facts in self.accounts))


def card(work: DeskWork, case: CaseState, conversation: Conversation, reader: Staff, now: datetime) -> Card:
    """Read the facts of a case for one reader."""
    conversation = _of_its_person(case, conversation)
    borrower = work.lending.borrower(conversation.borrower_id) if conversation.borrower_id else None
    verified, hides = conversation.verified(now), not reader.may("desk.sensitive")
    hardship = work.lending.latest_hardship(borrower.id) if borrower else None
    support = work.lending.support(borrower.id) if borrower else None
    holds = tuple(settling.holds_here(work, conversation))
    disputes = tuple(settling.disputes_here(work, conversation))
    record = told.told(work.record, conversation.id)
    return Card(
        case=case,
        locale=conversation.locale,
        verified=verified,
        verified_until=conversation.verified_until if verified else None,
        verified_how=record.verified_how if verified else (),
        borrower=borrower,
        local_time=now.astimezone(ZoneInfo(borrower.time_zone)) if borrower else None,
        accounts=_accounts(work, borrower, now),
        hardship=hardship,
        hardship_hidden=bool(hides and hardship and hardship.reason in SENSITIVE),
        rounds=record.rounds,
        explained=record.explained,
        made=made_of(work, conversation),
        around=around(work, case),
        agreements=tuple(work.lending.agreements(borrower.id)) if borrower else (),
        promises=tuple(work.lending.promises(borrower.id)) if borrower else (),
        holds=holds,
        liftable=_liftable(reader, holds),
        disputes=disputes,
        answerable=_answerable(reader, disputes, holds),
        preference=work.lending.contact_preference(borrower.id) if borrower else None,
        support=_shown(support) if support and hides else support,
        needs_hidden=bool(hides and support and set(support.needs) & PERSONAL),
        earlier=_earlier(work, case, conversation, reader),
        files=tuple(file for file in work.files.files(conversation.id) if file.staff is None),
        spared=_spared(verified, hardship, support, holds),
        known_to_flow=_known_to_flow(work, case, hides=hides),
        first=_FIRST[case.reason],
    )


def _of_its_person(case: CaseState, conversation: Conversation) -> Conversation:
    """The chat as it was about the case's borrower: whoever came into it since is somebody else, with their own."""
    if case.borrower_id is None or conversation.borrower_id in (None, case.borrower_id):
        return conversation
    return replace(conversation, borrower_id=case.borrower_id, verified_until=None)


def _shown(support: Support) -> Support:
    """What whoever may not read of health and the like still needs, to write and call as the borrower wants."""
    return replace(support, needs=tuple(need for need in support.needs if need not in PERSONAL))


def _accounts(work: DeskWork, borrower: Borrower | None, now: datetime) -> tuple[AccountFacts, ...]:
    if borrower is None:
        return ()
    today: date = now.astimezone(ZoneInfo(borrower.time_zone)).date()
    return tuple(
        AccountFacts(
            account,
            role,
            account.statement.days_past_due(today),
            tuple(work.lending.payments_since(account.id, account.statement.as_of)),
        )
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


def _spared(
    verified: bool, hardship: Hardship | None, support: Support | None, holds: Sequence[Hold]
) -> tuple[Spared, ...]:
    spared: list[Spared] = []
    if verified:
        spared.append("identity")
    if hardship:
        spared.append("hardship_reason")
        if hardship.means.safe or hardship.means.income:
            spared.append("means")
    if support:
        spared.append("needs")
    if any(hold.stops == "collection" for hold in holds):
        spared.append("anything_about_payment")
    elif any(hold.stops == "plans" for hold in holds):
        spared.append("plans")
    return tuple(spared)


def _known_to_flow(work: DeskWork, case: CaseState, *, hides: bool) -> dict[str, Any]:
    """Offers made, answers given: what the flows told when the case was opened or raised, newest last."""
    known: dict[str, Any] = {}
    for event in of_this_person(work.desk.events(case.id)):
        known.update(event.body.get("card", {}))
    if hides and "needs" in known:
        known["needs"] = [need for need in known["needs"] if need not in PERSONAL]
    return {key: value for key, value in known.items() if key not in _IDS}
