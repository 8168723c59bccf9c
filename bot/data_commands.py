"""What the commands about data protection do; each function is one."""

from collections import Counter
from collections.abc import Iterator
from uuid import uuid4

from bot.commands import opened
from bot.review import erasure
from bot.review import retention as rules
from bot.review.protection_store import LegalHold
from bot.settings import Settings


def retention(settings: Settings, *, erase: bool) -> Iterator[str]:
    """How much is to go by now, by creditor and kind; erased one by one, each in a transaction of its own."""
    with opened(settings) as ground:
        now = ground.clock.now()
        with ground.database.reading() as work:
            found = list(rules.due(work, ground.policies, now))
        for (creditor, kind), count in sorted(Counter((one.creditor, one.kind) for one in found).items()):
            yield f"{creditor or '(nobody known)'}: {kind} {count}"
        if not erase:
            yield f"{len(found)} would be erased; add --erase to do it"
            return
        for one in found:
            with ground.database.transaction() as work:
                if not rules.keeps(work, one.kept):  # a hold may have come in between
                    rules.erase(work, one, now)
        yield f"{len(found)} erased; the chains still verify"


def erase(settings: Settings, whom: str, reason: str) -> str:
    """Erase one conversation, or a borrower with all of theirs, on the borrower's request."""
    with opened(settings) as ground, ground.database.transaction() as work:
        subject = erasure.subject_of(work, list(ground.policies.creditors), whom)
        erased = erasure.erase(work, subject, reason, ground.clock.now())
    return f"{whom}: {erased.events} events have lost their content; the chain still verifies"


def hold(settings: Settings, whom: str, reason: str) -> str:
    with opened(settings) as ground, ground.database.transaction() as work:
        subject = erasure.subject_of(work, list(ground.policies.creditors), whom)
        placed = LegalHold(uuid4().hex, subject.kind, subject.id, reason, None, ground.clock.now())
        rules.hold(work, placed)
    return f"{whom}: nothing of it is erased until the hold is lifted"


def release(settings: Settings, whom: str, reason: str) -> str:
    with opened(settings) as ground, ground.database.transaction() as work:
        subject = erasure.subject_of(work, list(ground.policies.creditors), whom)
        lifted = rules.release(work, subject.kind, subject.id, reason, ground.clock.now())
    return f"{whom}: {lifted} legal holds lifted"
