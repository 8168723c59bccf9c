"""Verification of a day or of everything, a batch at a time beside the chats, its progress kept for the page."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bot.clock import Clock
from bot.jobs.store import Job
from bot.review.proof_store import BATCH, ProofRun
from bot.review.store import ReviewWork
from bot.review.verification import Verdict, vanished, verify_audit, verify_conversation, verify_signatures

KIND = "proof_run"
MOST_NAMED = 50  # broken chains that a run names; all are counted


def start(
    work: ReviewWork, by: str, at: datetime, since: datetime | None = None, until: datetime | None = None
) -> ProofRun:
    """Begin to verify; the work is done by the due-table's workers and survives a kill."""
    run = ProofRun(uuid4().hex, by, at, since, until)
    work.proofs.save(run)
    work.jobs.add(KIND, run.id, at, {})
    return run


class ProofRuns:
    """Does one batch of a run, and sets the next."""

    def __init__(self, clock: Clock, keys: Sequence[Ed25519PublicKey]) -> None:
        self._clock = clock
        self._keys = keys

    def __call__(self, work: ReviewWork, job: Job) -> None:
        run = work.proofs.run(job.key)
        if run is None or run.finished_at:
            return
        ids = work.proofs.under_way(run.since, run.until, run.after)
        run = _counted(run, [verify_conversation(work, conversation_id) for conversation_id in ids])
        now = self._clock.now()
        if len(ids) == BATCH:
            work.jobs.add(KIND, run.id, now, {})
            work.proofs.save(replace(run, after=ids[-1]))
            return
        if run.since is None:
            run = _counted(run, [verify_signatures(work, self._keys), *vanished(work), verify_audit(work)])
        work.proofs.save(replace(run, finished_at=now))


def _counted(run: ProofRun, verdicts: Sequence[Verdict]) -> ProofRun:
    broken = [(one.chain, one.broken.seq, one.broken.problem) for one in verdicts if one.broken]
    return replace(
        run,
        chains=run.chains + len(verdicts),
        events=run.events + sum(one.length for one in verdicts),
        broken_chains=run.broken_chains + len(broken),
        broken=(*run.broken, *broken)[:MOST_NAMED],
    )
