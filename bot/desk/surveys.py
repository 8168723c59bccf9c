"""One question after a talk with a person: how it was. Whom it would hurt, or who has gone, is spared it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.access import Staff
from bot.clock import Clock
from bot.conversations.store import Conversation
from bot.conversations.telling import Teller
from bot.desk.endings_store import Survey
from bot.desk.handoffs import add_event, on_record
from bot.desk.settling import holds_here
from bot.desk.store import CaseEvent, CaseReason, CaseState, DeskWork, Wish
from bot.desk.watches import locked_for
from bot.jobs.store import Job
from bot.lending.holds import HoldReason
from bot.lending.policy import Policies
from bot.record.events import NewEvent

FLOW = "satisfaction"
SLOT = "satisfaction_case"
BAD = 2  # so bad that a supervisor is to see it
# Nobody who left long ago is called back for a question.
_STILL_HERE = timedelta(hours=2)
_SPARED_REASONS: frozenset[CaseReason] = frozenset({"distress", "fraud"})
_SPARED_WISHES: frozenset[Wish] = frozenset(
    {"distress", "death", "fraud", "minor", "wrong_person", "third_party", "insolvency", "representative"}
)
_SPARED_HOLDS: frozenset[HoldReason] = frozenset(
    {"distress", "death", "fraud", "stop_contact", "refusal", "minor", "wrong_person", "third_party",
     "bankruptcy", "representative"}
)  # fmt: skip


class AfterTalk:
    """Does the due-table's work of OVER: gives back a callback that nobody needs, and asks how the talk was."""

    def __init__(self, clock: Clock, policies: Policies, teller: Teller) -> None:
        self._clock = clock
        self._policies = policies
        self._teller = teller

    def __call__(self, work: DeskWork, job: Job) -> None:
        conversation, state = locked_for(work, job)
        if state.open:
            return  # they came back at once
        work.bookings.release(state.id)
        now = self._clock.now()
        wanted = self._policies.for_speaker(state.speaker).handoff.survey
        if not wanted or not _fit_to_ask(work, conversation, state, now) or work.surveys.of_case(state.id):
            return
        if self._teller.ask(work, conversation, FLOW, now, {SLOT: state.id}):
            asked = Survey(state.id, conversation.id, state.speaker, state.creditor, state.served_by, now)
            work.surveys.ask(asked)


def _fit_to_ask(work: DeskWork, conversation: Conversation, state: CaseState, now: datetime) -> bool:
    """Whether both talked, nothing of it asks for rest, and the borrower is still here with nobody else."""
    last = conversation.last_input_at
    if conversation.held_by is not None or last is None or now - last > _STILL_HERE:
        return False
    if work.desk.open_case(conversation.id) is not None:
        return False
    events = work.desk.events(state.id)
    talked = {"answered", "message"} <= {event.kind for event in events}
    return talked and not _spared(events) and not _held(work, conversation)


def _spared(events: Sequence[CaseEvent]) -> bool:
    told = [event.body for event in events if event.kind in ("opened", "raised")]
    if any(body["reason"] in _SPARED_REASONS or body["wants"] in _SPARED_WISHES for body in told):
        return True
    return any(event.kind == "returned" and event.body.get("why") == "silence" for event in events[-1:])


def _held(work: DeskWork, conversation: Conversation) -> bool:
    return any(hold.reason in _SPARED_HOLDS for hold in holds_here(work, conversation))


def answered(work: DeskWork, case_id: str, score: int | None, at: datetime) -> NewEvent | None:
    """Keep a score from 1 to 5, or that the question was skipped; the event is for the caller's turn."""
    work.surveys.answer(case_id, score, at)
    if score is None:
        return None
    _, event = add_event(work.desk, work.desk.lock(case_id), "scored", None, {"score": score}, at)
    return on_record(event)


def bad_ones(work: DeskWork, reader: Staff, limit: int = 50) -> list[Survey]:
    """What a supervisor should look at: bad scores within their bounds that nobody has seen, newest first."""
    if not reader.may("desk.release"):
        return []
    found = work.surveys.unseen(reader.speakers, BAD, limit)
    return [survey for survey in found if reader.covers(survey.speaker, survey.creditor)]


def see(work: DeskWork, case_id: str, reader: Staff, at: datetime) -> bool:
    """Take a bad score off the list of those to be looked at; False when somebody had."""
    reader.require("desk.release")
    survey = work.surveys.of_case(case_id)
    if survey is None or not reader.covers(survey.speaker, survey.creditor):
        return False
    return work.surveys.see(case_id, reader.id, at)
