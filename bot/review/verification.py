"""Proof that nothing was altered: chains recomputed, and held against the checkpoints signed over them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bot.record.chain import Break, Link, verify
from bot.record.checkpoint import digest, verify_checkpoints, verify_marks
from bot.review.store import ReviewWork

AUDIT = "audit"
CHECKPOINTS = "checkpoints"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What recomputing a chain gave; `broken` is the first link that does not hold."""

    chain: str  # a conversation's id, "audit" or "checkpoints"
    length: int
    head: str  # the last hash, in hex
    broken: Break | None


def verify_conversation(work: ReviewWork, conversation_id: str) -> Verdict:
    """Recompute one conversation's chain, and see that it still has every head that a checkpoint covers."""
    head = work.record.head(conversation_id)
    return _verdict(work, conversation_id, work.record.events(conversation_id), head)


def verify_audit(work: ReviewWork) -> Verdict:
    return _verdict(work, AUDIT, work.audit.chain(), work.audit.head())


def verify_signatures(work: ReviewWork, keys: Sequence[Ed25519PublicKey]) -> Verdict:
    """The checkpoints themselves: none missing, none altered, each signed by a key of the installation."""
    newest = work.checkpoints.newest()
    head = digest(newest).hex() if newest else ""
    return Verdict(CHECKPOINTS, newest.number if newest else 0, head, verify_checkpoints(work.checkpoints, keys))


def vanished(work: ReviewWork) -> Iterator[Verdict]:
    """Conversations that a checkpoint covers and that are not there any more."""
    after = ""
    while heads := work.checkpoints.gone(after):
        for head in heads:
            yield Verdict(head.chain, 0, "", Break(1, f"the whole conversation of {head.length} events is gone"))
        after = heads[-1].chain


def verify_all(work: ReviewWork, keys: Sequence[Ed25519PublicKey]) -> Iterator[Verdict]:
    """The checkpoints, every conversation that is there or should be, and the audit trail."""
    yield verify_signatures(work, keys)
    yield from vanished(work)
    yield from verify_span(work, None, None)
    yield verify_audit(work)


def verify_span(work: ReviewWork, since: datetime | None, until: datetime | None) -> Iterator[Verdict]:
    """Every conversation that was under way at some time from `since` until just before `until`, where given."""
    after = ""
    while ids := work.proofs.under_way(since, until, after):
        yield from (verify_conversation(work, conversation_id) for conversation_id in ids)
        after = ids[-1]


def _verdict(work: ReviewWork, chain: str, events: Iterable[Link], head: tuple[int, bytes]) -> Verdict:
    marks = work.checkpoints.marks(chain)
    hashes: dict[int, bytes] = {}
    broken = verify(_noting(events, {mark.length for mark in marks}, hashes), head)
    return Verdict(chain, head[0], head[1].hex(), broken or verify_marks(hashes, marks))


def _noting(events: Iterable[Link], places: set[int], hashes: dict[int, bytes]) -> Iterator[Link]:
    """The events as they come; the hashes at these places are kept."""
    for event in events:
        if event.seq in places:
            hashes[event.seq] = event.hash
        yield event
