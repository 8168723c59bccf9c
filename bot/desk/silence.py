"""When one side of a talk with a person says nothing: reminders, honest words, and in the end the bot again."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.conversations.ports import Talk
from bot.conversations.store import Conversation
from bot.conversations.telling import Teller, told_when
from bot.desk.handoffs import NoticeWords, add_event, end_talk, notice, on_record, to_team
from bot.desk.hours import Opening, add_working_time, opening
from bot.desk.routing import hours_of
from bot.desk.store import CaseEvent, CaseEventKind, CaseState, DeskWork
from bot.desk.watches import SILENCE, locked_for
from bot.jobs.store import Job
from bot.lending.policy import Policies
from bot.lending.policy_hours import OfficeHours, SilenceRules

_OF_COLLECTOR: frozenset[CaseEventKind] = frozenset({"taken", "answered", "transferred"})


@dataclass(frozen=True, slots=True)
class _Talk:
    """A talk that is looked at now: its events since the word after which nobody spoke."""

    work: DeskWork
    conversation: Conversation
    state: CaseState
    since: datetime
    done: frozenset[str]  # what was done about this silence already
    rules: SilenceRules
    hours: OfficeHours
    now: datetime


class Silence:
    """Does the due-table's work of SILENCE."""

    def __init__(self, clock: Clock, policies: Policies, teller: Teller, words: NoticeWords, talk: Talk) -> None:
        self._clock = clock
        self._policies = policies
        self._teller = teller
        self._words = words
        self._talk = talk

    def __call__(self, work: DeskWork, job: Job) -> None:
        conversation, state = locked_for(work, job)
        if state.status != "held":
            return
        seen = self._looked_at(work, conversation, state)
        again = self._of_borrower(seen) if state.waiting_since is None else self._of_collector(seen)
        if again is not None:
            work.jobs.add(SILENCE, state.id, again, job.payload)

    def _looked_at(self, work: DeskWork, conversation: Conversation, state: CaseState) -> _Talk:
        policy = self._policies.for_speaker(state.speaker)
        events = work.desk.events(state.id)
        since = _last(events, _OF_COLLECTOR)
        if state.waiting_since is not None:
            since = max(state.waiting_since, since)
        done = frozenset(event.kind for event in events if event.at >= since)
        rules, hours = policy.handoff.silence, hours_of(policy, state.team)
        return _Talk(work, conversation, state, since, done, rules, hours, self._clock.now())

    # the borrower's silence: what to do, and when to look again

    def _of_borrower(self, seen: _Talk) -> datetime | None:
        remind = seen.since + timedelta(minutes=seen.rules.remind_minutes)
        if "silent" not in seen.done:
            if seen.now < remind:
                return remind
            _note(seen, "silent")
            return seen.now + timedelta(minutes=seen.rules.return_minutes)
        ends = remind + timedelta(minutes=seen.rules.return_minutes)
        if seen.now < ends:
            return ends
        self._hand_back(seen)
        return None

    def _hand_back(self, seen: _Talk) -> None:
        """Both are told: the borrower without a word of blame, the collector by the event."""
        work, conversation = seen.work, seen.conversation
        holder = work.staff.by_id(seen.state.holder) if seen.state.holder else None
        name = holder.name if holder else ""
        told = notice("handed_back", "utter_notice_quiet", conversation, self._words, name=name)
        body = {"agreed": "", "why": "silence"}
        after = end_talk(work, conversation, seen.state, "returned", None, body, told, self._talk, seen.now)
        if holder:
            to_team(work, replace(conversation, held_by=None), after, holder, seen.now)

    # the collector's

    def _of_collector(self, seen: _Talk) -> datetime | None:
        now_open = opening(seen.hours, seen.now)
        if not now_open.open_now and "after_hours" not in seen.done:
            self._say_closed(seen, now_open)
        overdue = add_working_time(seen.hours, seen.since, timedelta(minutes=seen.rules.answer_minutes))
        if seen.now < overdue:
            return overdue
        if "overdue" not in seen.done:
            _note(seen, "overdue")
            self._teller.say(seen.work, seen.conversation, "utter_colleague_reminded", seen.now)
        escalated = add_working_time(seen.hours, overdue, timedelta(minutes=seen.rules.escalate_minutes))
        if seen.now < escalated:
            return escalated
        if "escalated" not in seen.done:
            _note(seen, "escalated")
        return None

    def _say_closed(self, seen: _Talk, desk: Opening) -> None:
        """Whoever writes to a colleague who has gone home is told from when they are back."""
        _note(seen, "after_hours")
        if desk.next is None:
            self._teller.say(seen.work, seen.conversation, "utter_colleague_away", seen.now)
            return
        opens = told_when(desk.next, seen.now, self._zone(seen))
        self._teller.say(seen.work, seen.conversation, "utter_colleague_closed", seen.now, opens=opens)

    def _zone(self, seen: _Talk) -> tzinfo:
        """The borrower's clock, once it is known who they are; else the office's."""
        known = seen.conversation.borrower_id if seen.conversation.verified_until else None
        borrower = seen.work.lending.borrower(known) if known else None
        return ZoneInfo(borrower.time_zone if borrower else seen.hours.time_zone)


def _note(seen: _Talk, kind: Literal["silent", "overdue", "escalated", "after_hours"]) -> None:
    _, event = add_event(seen.work.desk, seen.work.desk.lock(seen.state.id), kind, None, {}, seen.now)
    seen.work.record.append(seen.conversation.id, [on_record(event)], seen.now)


def _last(events: Iterable[CaseEvent], kinds: frozenset[CaseEventKind]) -> datetime:
    """When one of these happened last; each talk began with one."""
    return max(event.at for event in events if event.kind in kinds)
