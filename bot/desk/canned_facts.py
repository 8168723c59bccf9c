"""The facts that canned replies are filled from: one chat, its borrower and one account, as they are now."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.access import Staff
from bot.conversations.store import Conversation
from bot.desk.routing import hours_of
from bot.desk.states import CaseState
from bot.desk.store import DeskWork
from bot.errors import BotError
from bot.lending.debts import Account
from bot.lending.identity import Borrower
from bot.lending.policy import Policies, Policy, Residence
from bot.lending.policy_hours import OfficeHours
from bot.money import Money


class Words(Protocol):
    """One language, as `bot.locale` gives it."""

    def money(self, money: Money) -> str: ...
    def date(self, day: date) -> str: ...
    def time(self, moment: time) -> str: ...
    def list(self, items: Iterable[str]) -> str: ...


class NotKnown(BotError):
    """A value is not known, or not fit to be told: `why` is its name, "stale" or "past_limitation"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a reply may speak of, read on one transaction. `account`: the one that is meant, if there is one."""

    work: DeskWork
    policies: Policies
    words: Words
    locale: str  # the borrower's
    conversation: Conversation
    staff: Staff
    now: datetime
    borrower: Borrower | None
    account: Account | None
    team: str  # whose office hours are told

    @property
    def verified(self) -> bool:
        return self.conversation.verified(self.now)

    @property
    def policy(self) -> Policy:
        if self.account:
            return self.policies.for_account(self.account)
        if self.borrower:
            return self.policies.for_creditor(self.borrower.creditor)
        return self.policies.for_speaker(self.conversation.speaker)

    @property
    def today(self) -> date:
        speaker = self.policies.speaker(self.conversation.speaker)
        return self.now.astimezone(ZoneInfo(self.borrower.time_zone if self.borrower else speaker.time_zone)).date()

    @property
    def hours(self) -> OfficeHours:
        return hours_of(self.policy, self.team)

    @property
    def residence(self) -> Residence:
        """Crisis lines follow where the borrower lives."""
        speaker = self.policies.speaker(self.conversation.speaker)
        return self.policies.residence(self.borrower.residence if self.borrower else speaker.jurisdiction)


def facts_of(
    work: DeskWork,
    policies: Policies,
    words: Callable[[str], Words],
    conversation: Conversation,
    state: CaseState,
    staff: Staff,
    now: datetime,
    account_id: str | None = None,
) -> Facts:
    """The facts of a chat; of several accounts the one that is asked for, else the one longest overdue."""
    borrower = work.lending.borrower(conversation.borrower_id) if conversation.borrower_id else None
    accounts = [account for account, _ in work.lending.accounts(borrower.id)] if borrower else []
    asked = [account for account in accounts if account.id == account_id]
    by_age = sorted(accounts, key=lambda one: (one.statement.overdue_since or date.max, one.reference))
    account = next(iter([*asked, *by_age]), None)
    locale = conversation.locale
    return Facts(work, policies, words(locale), locale, conversation, staff, now, borrower, account, state.team)
