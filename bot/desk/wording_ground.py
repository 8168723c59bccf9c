"""What is known where a collector's words go: who proved what, which laws bind, whether it is their hour."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.access import Staff
from bot.conversations.store import Conversation
from bot.desk.settling import holds_here
from bot.desk.store import CaseState, DeskWork
from bot.desk.telling import locked
from bot.desk.wording import Ground
from bot.desk.wording_rules import When
from bot.lending import contact_rules
from bot.lending.contact_rules import may_contact, preferred
from bot.lending.debts import Account, past_limitation
from bot.lending.holds import HoldReason
from bot.lending.identity import Borrower
from bot.lending.policy import Policies, Policy

# For so long after their own words a chat is under way: what a collector adds is still an answer.
UNDER_WAY = timedelta(hours=1)
_ASKED_FOR_SILENCE: tuple[HoldReason, ...] = ("stop_contact", "refusal")
Policed = Sequence[tuple[Account, Policy]]


def ground(
    work: DeskWork, policies: Policies, state: CaseState, conversation: Conversation, now: datetime
) -> Ground:
    """The ground of words that go to this borrower now."""
    borrower = work.lending.borrower(conversation.borrower_id) if conversation.borrower_id else None
    general = policies.for_creditor(borrower.creditor) if borrower else policies.for_speaker(conversation.speaker)
    zone = borrower.time_zone if borrower else policies.speaker(conversation.speaker).time_zone
    policed = _policed(work, policies, borrower)
    hour = _hour(work, general, borrower, zone, now)
    later = not answers(state, conversation, now) and not isinstance(hour, contact_rules.Now)
    proved = conversation.borrower_id is not None and conversation.verified_until is not None
    facts: dict[When, bool] = {
        "unverified": not proved,
        "lapsed": proved and not conversation.verified(now),
        "past_limitation": _too_old(policed, now.astimezone(ZoneInfo(zone)).date()),
        "outside_hours": later,
        "no_contact": any(hold.reason in _ASKED_FOR_SILENCE for hold in holds_here(work, conversation)),
    }
    return Ground(
        facts=frozenset(fact for fact, so in facts.items() if so),
        jurisdiction=general.jurisdiction,
        laws={law.key: law.source for policy in (general, *(one for _, one in policed)) for law in policy.laws},
        opens_at=hour.at if later and isinstance(hour, contact_rules.NotBefore) else None,
    )


def ground_for(work: DeskWork, policies: Policies, case_id: str, by: Staff, now: datetime) -> Ground:
    """The ground of a case's chat, which is held from then on; NotAllowed if it is not `by`'s to see."""
    conversation, state = locked(work, case_id, by)
    return ground(work, policies, state, conversation, now)


def answers(state: CaseState, conversation: Conversation, now: datetime) -> bool:
    """Whether words now answer the borrower's own: they wait for one, wrote just now, or are in despair."""
    if state.waiting_since is not None or state.reason == "distress":
        return True
    return conversation.last_input_at is not None and now - conversation.last_input_at < UNDER_WAY


def _hour(
    work: DeskWork, policy: Policy, borrower: Borrower | None, zone: str, now: datetime
) -> contact_rules.Answer:
    """Whether a matter may be started at this hour. Caps and holds are the business of outreach."""
    rules = preferred(policy.contact, work.lending.contact_preference(borrower.id) if borrower else None)
    return may_contact(now, zone, rules, policy.holidays, (), ()) if rules else contact_rules.Never()


def _policed(work: DeskWork, policies: Policies, borrower: Borrower | None) -> Policed:
    accounts = work.lending.accounts(borrower.id) if borrower else ()
    return [(account, policies.for_account(account)) for account, _ in accounts]


def _too_old(policed: Policed, today: date) -> bool:
    return any(past_limitation(account, policy, today) for account, policy in policed)
