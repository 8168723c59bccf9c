"""Times at which a borrower has a person come back to them: offered, chosen, changed, and kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.clock import Clock
from bot.conversations.store import Conversation
from bot.conversations.telling import Teller
from bot.desk import watches
from bot.desk.endings_store import Booking
from bot.desk.handoffs import add_event, on_record
from bot.desk.hours import open_spans
from bot.desk.routing import hours_of, route
from bot.desk.store import CaseEvent, CaseState, DeskWork
from bot.jobs.store import Job
from bot.lending.contact_rules import Now, may_contact
from bot.lending.policy import Policies, Policy
from bot.lending.policy_hours import CallbackRules, OfficeHours
from bot.lending.policy_rules import ContactRules

DUE, OVER = "callback", "callback_over"
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Slot:
    """From `starts_at` until before `ends_at`, both in UTC."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Reachable:
    """When a borrower may be contacted, by their own clock; `contact` None: at no hour."""

    time_zone: str
    contact: ContactRules | None
    holidays: str

    def throughout(self, slot: Slot) -> bool:
        """Whether the whole time is allowed. How often they were written to is no matter: they choose it."""
        if self.contact is None:
            return False
        rules = self.contact.model_copy(update={"caps": ()})
        ends = (slot.starts_at, slot.ends_at - _MINUTE)
        return all(may_contact(at, self.time_zone, rules, self.holidays, (), ()) == Now() for at in ends)


def slots(rules: CallbackRules, hours: OfficeHours, who: Reachable, now: datetime) -> Iterator[Slot]:
    """Every time within the team's hours and the borrower's, in order, whether it is still free or not."""
    length = timedelta(minutes=rules.slot_minutes)
    first, last = now + timedelta(minutes=rules.notice_minutes), now + timedelta(days=rules.days_ahead)
    for span in open_spans(hours, now, rules.days_ahead + 1):
        start = span.start
        while start + length <= span.end and start < last:
            slot = Slot(start, start + length)
            if start >= first and who.throughout(slot):
                yield slot
            start += length


def free(work: DeskWork, policy: Policy, speaker: str, team: str, who: Reachable, now: datetime) -> Iterator[Slot]:
    """The times of a team that can still be chosen; none where the lender offers no callbacks."""
    rules = policy.handoff.callbacks
    if rules is None:
        return
    taken = work.bookings.taken(speaker, team, now, now + timedelta(days=rules.days_ahead + 1))
    for slot in slots(rules, hours_of(policy, team), who, now):
        if taken.get(slot.starts_at, 0) < rules.per_slot:
            yield slot


def book(work: DeskWork, state: CaseState, slot: Slot, rules: CallbackRules, at: datetime) -> CaseEvent | None:
    """Have a person come back at that time, in place of another one chosen before; None when it is full by now.

    The event is for the caller to put on the record.
    """
    chosen = Booking(state.speaker, state.team, slot.starts_at, slot.ends_at, state.id, rules.by, at)
    if not work.bookings.book(chosen, rules.per_slot):
        return None
    job = {**watches.about(state), "starts_at": slot.starts_at.isoformat()}
    work.jobs.add(DUE, state.id, slot.starts_at, job)
    work.jobs.add(OVER, state.id, slot.ends_at, job)
    body = {"starts_at": slot.starts_at.isoformat(), "ends_at": slot.ends_at.isoformat(), "by": rules.by}
    return add_event(work.desk, state, "callback_booked", None, body, at)[1]


def cancel(
    work: DeskWork, policies: Policies, conversation: Conversation, state: CaseState, at: datetime
) -> CaseEvent | None:
    """Give the time back; the case waits as any other from now on. None when there was none."""
    if not work.bookings.release(state.id):
        return None
    work.jobs.cancel(DUE, state.id)
    work.jobs.cancel(OVER, state.id)
    due = _due_from(policies, conversation, state, at)
    return add_event(work.desk, state, "callback_cancelled", None, due, at)[1]


class Callbacks:
    """Does the due-table's work of DUE and OVER."""

    def __init__(self, clock: Clock, policies: Policies, teller: Teller) -> None:
        self._clock = clock
        self._policies = policies
        self._teller = teller

    def due(self, work: DeskWork, job: Job) -> None:
        """The case goes to the top of its team's queue."""
        conversation, state, booking = _locked(work, job)
        if booking is None:
            return
        if not state.open:
            work.bookings.release(state.id)
            return
        now = self._clock.now()
        after, event = add_event(work.desk, state, "callback_due", None, {}, now)
        work.record.append(conversation.id, [on_record(event)], now)
        if after.holder is not None:
            watches.spoken(work.jobs, after, now)  # whoever has the chat is to speak

    def over(self, work: DeskWork, job: Job) -> None:
        """Nobody came: the borrower is told so, and the case stays at the top."""
        conversation, state, booking = _locked(work, job)
        if booking is None:
            return
        work.bookings.release(state.id)
        if state.status != "waiting":
            return  # somebody has come
        now = self._clock.now()
        due = _due_from(self._policies, conversation, state, now)
        _, event = add_event(work.desk, state, "callback_missed", None, due, now)
        work.record.append(conversation.id, [on_record(event)], now)
        self._teller.say(work, conversation, "utter_callback_missed", now)


def _locked(work: DeskWork, job: Job) -> tuple[Conversation, CaseState, Booking | None]:
    """The booking for whose time the job was made; None when it was changed or given back since."""
    conversation, state = watches.locked_for(work, job)
    booking = work.bookings.of_case(state.id)
    if booking and booking.starts_at.isoformat() != job.payload["starts_at"]:
        booking = None
    return conversation, state, booking


def _due_from(policies: Policies, conversation: Conversation, state: CaseState, at: datetime) -> dict[str, str]:
    facts = route(policies, conversation, state.creditor, state.reason, state.wants, at).facts
    return {name: facts[name] for name in ("answer_warn", "answer_by") if name in facts}


def told(slot: Slot) -> str:
    """A time as a button's value: 20261123T0030, in UTC."""
    return slot.starts_at.astimezone(UTC).strftime("%Y%m%dT%H%M")
