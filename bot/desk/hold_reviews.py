"""Holds come up for review: what lapses is lifted, anything else is put before a person until somebody ends it."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any

from bot.clock import Clock
from bot.conversations.store import Conversation
from bot.desk.handoffs import open_case
from bot.desk.routing import route
from bot.desk.store import CaseReason, DeskWork
from bot.jobs.store import Job, JobStore
from bot.lending.holds import Hold, HoldReason
from bot.lending.policy import Policies

KIND = "hold_review"
AGAIN = timedelta(days=7)  # a hold that was looked at and still stands comes up again
# Whose work it is; every other reason is a matter of rights.
_WHOSE: Mapping[HoldReason, CaseReason] = {
    "dispute": "dispute",
    "already_paid": "dispute",
    "fraud": "fraud",
    "complaint": "complaint",
    "distress": "distress",
    "hardship": "negotiation",
    "limitation": "limitation",
}


def schedule(jobs: JobStore, hold: Hold, conversation: Conversation, zone: tzinfo) -> None:
    """Have the hold looked at when its review date begins where the borrower lives."""
    if hold.review_on is None:
        return
    due = datetime.combine(hold.review_on, time(), zone).astimezone(UTC)
    jobs.add(KIND, hold.id, due, _payload(hold, conversation.id, 0))


def _payload(hold: Hold, conversation_id: str, times: int) -> dict[str, Any]:
    subject = {"kind": hold.subject_kind, "subject": hold.subject}
    return {"conversation": conversation_id, "hold": hold.id, "times": times, **subject}


class HoldReviews:
    """Does the due-table's work of KIND."""

    def __init__(self, clock: Clock, policies: Policies) -> None:
        self._clock, self._policies = clock, policies

    def __call__(self, work: DeskWork, job: Job) -> None:
        conversation = work.conversations.lock(job.payload["conversation"])
        in_force = work.lending.holds([(job.payload["kind"], job.payload["subject"])])
        hold = next((hold for hold in in_force if hold.id == job.payload["hold"]), None)
        if hold is None:
            return  # lifted in the meantime
        now = self._clock.now()
        if hold.lapses:
            work.lending.lift_hold(hold.id, now)
            return
        if work.desk.open_case(conversation.id) is None:
            self._to_person(work, conversation, hold, now)
        times = job.payload["times"] + 1
        work.jobs.add(KIND, f"{hold.id}/{times}", now + AGAIN, _payload(hold, conversation.id, times))

    def _to_person(self, work: DeskWork, conversation: Conversation, hold: Hold, now: datetime) -> None:
        borrower = work.lending.borrower(conversation.borrower_id) if conversation.borrower_id else None
        creditor = borrower.creditor if borrower else None
        reason = _WHOSE.get(hold.reason, "rights")
        opened = open_case(
            work,
            conversation,
            reason=reason,
            wants="hold_review",
            card={"hold": hold.reason},
            at=now,
            route=route(self._policies, conversation, creditor, reason, "hold_review", now),
            creditor=creditor,
        )
        work.record.append(conversation.id, opened.events, now)
