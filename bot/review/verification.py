"""Proof that nothing was altered: the chain of one conversation, of all, and of the audit trail."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.record.chain import Break, verify
from bot.review.store import ReviewWork


@dataclass(frozen=True, slots=True)
class Verdict:
    """What recomputing a chain gave; `broken` is the first link that does not hold."""

    chain: str  # a conversation's id, or "audit"
    length: int
    head: str  # the last hash, in hex
    broken: Break | None


def verify_conversation(work: ReviewWork, conversation_id: str) -> Verdict:
    head = work.record.head(conversation_id)
    broken = verify(work.record.events(conversation_id), head)
    return Verdict(conversation_id, head[0], head[1].hex(), broken)


def verify_audit(work: ReviewWork) -> Verdict:
    head = work.audit.head()
    return Verdict("audit", head[0], head[1].hex(), verify(work.audit.chain(), head))


def verify_all(work: ReviewWork) -> Iterator[Verdict]:
    """Every conversation's chain, then the audit trail's."""
    after = ""
    while ids := work.review.every(after):
        for conversation_id in ids:
            yield verify_conversation(work, conversation_id)
        after = ids[-1]
    yield verify_audit(work)
