"""Work for later that a talk with a person leaves: to look whether it fell silent, and what follows its end."""

from datetime import datetime, timedelta

from bot.conversations.store import Conversation
from bot.desk.store import CaseState, DeskWork
from bot.jobs.store import Job, JobStore

SILENCE, OVER = "silence", "talk_over"
# The shortest that a policy may set: so long after a word nobody is silent yet.
FIRST_LOOK = timedelta(minutes=2)


def spoken(jobs: JobStore, state: CaseState, at: datetime) -> None:
    """Somebody spoke in the talk, or took it up: whoever is to speak next has time from now on."""
    jobs.add(SILENCE, state.id, at + FIRST_LOOK, about(state))


def over(jobs: JobStore, state: CaseState, at: datetime) -> None:
    """The talk has ended: what follows does so in a transaction of its own."""
    jobs.cancel(SILENCE, state.id)
    jobs.add(OVER, state.id, at, about(state))


def about(state: CaseState) -> dict[str, str]:
    """What a job about a case carries, for `locked_for`."""
    return {"conversation": state.conversation_id, "case": state.id}


def locked_for(work: DeskWork, job: Job) -> tuple[Conversation, CaseState]:
    """The case that a job is about and its conversation, held until the transaction ends."""
    return work.conversations.lock(job.payload["conversation"]), work.desk.lock(job.payload["case"])
