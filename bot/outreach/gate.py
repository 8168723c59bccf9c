"""Asked of every message that nobody asked for, at the moment it would leave: holds, hours, caps, and wishes."""

from datetime import datetime, timedelta
from typing import Protocol

from bot.conversations.channels import ChannelWork
from bot.conversations.sending import Later, No, Now
from bot.conversations.store import Conversation
from bot.lending import contact_rules
from bot.lending.contact_rules import may_contact, preferred
from bot.lending.holds import Hold, SubjectKind
from bot.lending.identity import Borrower
from bot.lending.policy import Policies
from bot.lending.policy_rules import ContactRules
from bot.lending.store import LendingStore


class OutreachWork(ChannelWork, Protocol):
    @property
    def lending(self) -> LendingStore: ...


class ContactGate:
    """Implements conversations' Gate."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies

    def ask(self, work: OutreachWork, conversation: Conversation, now: datetime) -> Now | Later | No:
        borrower = work.lending.borrower(conversation.borrower_id) if conversation.borrower_id else None
        if borrower is None or conversation.verified_until is None:
            # A link alone says whose the chat may be; a check that has lapsed since still said whose it is.
            return No("nobody has ever proved that this chat is theirs")
        policy = self._policies.for_creditor(borrower.creditor)
        rules = preferred(policy.contact, work.lending.contact_preference(borrower.id))
        if rules is None:
            return No("no hour is left in which they want to be written to")
        sent = work.outbox.unasked_sent(borrower.id, now - _longest(rules))
        holds = holds_of(work, conversation, borrower)
        return _answer(may_contact(now, borrower.time_zone, rules, policy.holidays, sent, holds))


def _answer(answer: contact_rules.Answer) -> Now | Later | No:
    match answer:
        case contact_rules.Now():
            return Now()
        case contact_rules.NotBefore(at):
            return Later(at)
        case contact_rules.Held(hold):
            return No(f"held: {hold.reason}")
        case contact_rules.Never():
            return No("the rules leave no moment")


def _longest(rules: ContactRules) -> timedelta:
    return timedelta(days=max((cap.per_days for cap in rules.caps), default=0))


def holds_of(work: OutreachWork, conversation: Conversation, borrower: Borrower) -> list[Hold]:
    subjects: list[tuple[SubjectKind, str]] = [("address", conversation.address), ("borrower", borrower.id)]
    subjects += [("account", account.id) for account, _ in work.lending.accounts(borrower.id)]
    return work.lending.holds(subjects)
