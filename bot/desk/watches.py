"""Work for later that a talk with a person leaves: to look whether it fell silent, and what follows its end."""

from datetime import datetime, timedelta

from bot.desk.store import CaseState
from bot.jobs.store import JobStore

SILENCE, OVER = "silence", "talk_over"
# The shortest that a policy may set: so long after a word nobody is silent yet.
FIRST_LOOK = timedelta(minutes=2)


def spoken(jobs: JobStore, state: CaseState, at: datetime) -> None:
    """Somebody spoke in the talk, or took it up: whoever is to speak next has time from now on."""
    jobs.add(SILENCE, state.id, at + FIRST_LOOK, _of(state))


def over(jobs: JobStore, state: CaseState, at: datetime) -> None:
    """The talk has ended: what follows does so in a transaction of its own."""
    jobs.cancel(SILENCE, state.id)
    jobs.add(OVER, state.id, at, _of(state))


def _of(state: CaseState) -> dict[str, str]:
    return {"conversation": state.conversation_id, "case": state.id}
