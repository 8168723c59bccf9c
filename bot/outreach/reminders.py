"""Reminders that a borrower wished for, and the question what happened when an instalment did not arrive.

Neither says what or how much: whoever looks at the screen then need not be the borrower. Their own buttons lead on,
through the check of who it is.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.clock import Clock, local_date
from bot.conversations.sending import Later, Now
from bot.conversations.store import Conversation
from bot.conversations.telling import Teller, told_day
from bot.jobs.store import Job
from bot.lending.holds import HoldReason
from bot.lending.identity import Borrower
from bot.lending.payments import open_promises
from bot.lending.plans import Agreement
from bot.lending.policy import PlanRules, Policies
from bot.lending.reminders import coming_up, next_reminder
from bot.outreach.gate import ContactGate, OutreachWork, holds_of

# They rest what nobody asked for; what the borrower wished for themselves goes on.
_NOT_IN_THE_WAY: frozenset[HoldReason] = frozenset({"hardship", "vulnerability"})


class Reminders:
    """Does the due-table's work of INSTALMENT_REMINDER, PROMISE_REMINDER and INSTALMENT_MISSED."""

    def __init__(self, clock: Clock, policies: Policies, teller: Teller) -> None:
        self._clock = clock
        self._policies = policies
        self._teller = teller
        self._gate = ContactGate(policies)

    def remind(self, work: OutreachWork, job: Job) -> None:
        """Tell of the date that is near, and come back before the next one; a plan that is over ends it."""
        conversation = work.conversations.lock(job.payload["conversation"])
        borrower, plan = _plan(work, job)
        if borrower is None or plan is None or conversation.borrower_id != borrower.id or plan.status != "live":
            return
        now, days = self._clock.now(), self._rules(work, borrower, plan).remind_days
        again = next_reminder(plan, days, ZoneInfo(borrower.time_zone), now)
        if again is not None:
            work.jobs.add(job.kind, job.key, again, job.payload)
        due = coming_up(plan, days, local_date(self._clock, borrower.time_zone))
        if due is not None and not _in_the_way(work, conversation, borrower):
            self._teller.say(work, conversation, "utter_reminder", now, day=told_day(due))

    def remind_of_promise(self, work: OutreachWork, job: Job) -> None:
        """Tell of the day once; a promise that was kept, moved or is past needs no telling."""
        conversation = work.conversations.lock(job.payload["conversation"])
        borrower = work.lending.borrower(job.payload["borrower"])
        if borrower is None or conversation.borrower_id != borrower.id or _in_the_way(work, conversation, borrower):
            return
        made = open_promises(work.lending.promises(borrower.id))
        promise = next((one for one in made if one.id == job.payload["promise"]), None)
        if promise is not None and promise.due >= local_date(self._clock, borrower.time_zone):
            day, now = told_day(promise.due), self._clock.now()
            self._teller.say(work, conversation, "utter_promise_reminder", now, day=day)

    def ask(self, work: OutreachWork, job: Job) -> None:
        """Ask what happened to an instalment, when and where the rules and the borrower's wishes allow it."""
        borrower, plan = _plan(work, job)
        chat = _chat(work, borrower, plan) if borrower and plan and plan.missed else None
        if borrower is None or plan is None or chat is None:
            return
        conversation, now = work.conversations.lock(chat.id), self._clock.now()
        if conversation.held_by is not None:
            return  # a colleague is talking with them
        answer = self._gate.ask(work, conversation, now)
        if isinstance(answer, Later):
            work.jobs.add(job.kind, job.key, answer.at, job.payload)
        elif isinstance(answer, Now):
            self._ask(work, conversation, plan, now)

    def _ask(self, work: OutreachWork, conversation: Conversation, plan: Agreement, now: datetime) -> None:
        if plan.status == "broken":
            self._teller.say(work, conversation, "utter_plan_not_kept", now, unasked=True)
        elif plan.status == "live":
            _, due = plan.still_to_pay()[0]
            self._teller.say(work, conversation, "utter_instalment_missed", now, unasked=True, day=told_day(due))

    def _rules(self, work: OutreachWork, borrower: Borrower, plan: Agreement) -> PlanRules:
        accounts = {account.id: account for account, _ in work.lending.accounts(borrower.id)}
        account = accounts.get(plan.account_id)
        policies = self._policies
        return (policies.for_account(account) if account else policies.for_creditor(borrower.creditor)).plans


def _plan(work: OutreachWork, job: Job) -> tuple[Borrower | None, Agreement | None]:
    """The borrower and the plan as they are now."""
    borrower = work.lending.borrower(job.payload["borrower"])
    plans = work.lending.agreements(borrower.id) if borrower else []
    return borrower, next((plan for plan in plans if plan.id == job.payload["plan"]), None)


def _chat(work: OutreachWork, borrower: Borrower, plan: Agreement) -> Conversation | None:
    """Where the plan was agreed, or else where they wrote last; only where they have proved who they are."""
    chats = [chat for chat in work.conversations.of_borrower(borrower.id) if chat.verified_until is not None]
    return next((chat for chat in chats if chat.account == plan.channel), chats[0] if chats else None)


def _in_the_way(work: OutreachWork, conversation: Conversation, borrower: Borrower) -> bool:
    holds = holds_of(work, conversation, borrower)
    return conversation.held_by is not None or any(hold.reason not in _NOT_IN_THE_WAY for hold in holds)
