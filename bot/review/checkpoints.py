"""Checkpoints in time: signed every hour by a due job, so that at most an hour can be cut off unseen."""

from datetime import datetime, timedelta
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.clock import Clock
from bot.jobs.store import Job, JobStore
from bot.record.checkpoint import CheckpointStore, take

KIND = "checkpoint"
EVERY = timedelta(hours=1)
_KEY = "all"


class CheckpointWork(Protocol):
    @property
    def jobs(self) -> JobStore: ...
    @property
    def checkpoints(self) -> CheckpointStore: ...


def schedule(work: CheckpointWork, due: datetime) -> None:
    """Have the next checkpoint taken at `due`, whatever time was set before."""
    work.jobs.add(KIND, _KEY, due, {})


class Checkpointing:
    """Takes a checkpoint and sets the time of the next."""

    def __init__(self, clock: Clock, key: Ed25519PrivateKey) -> None:
        self._clock = clock
        self._key = key

    def __call__(self, work: CheckpointWork, job: Job) -> None:  # noqa: ARG002 - there is one job of this kind
        now = self._clock.now()
        take(work.checkpoints, self._key, now)
        schedule(work, now + EVERY)
