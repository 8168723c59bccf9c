"""What the commands about data protection do; each function is one."""

from collections import Counter
from collections.abc import Iterator
from uuid import uuid4

from bot.assembly import Ground
from bot.commands import opened
from bot.errors import BadInput
from bot.review import retention as rules
from bot.review.protection_store import HeldKind, LegalHold
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


def erase(settings: Settings, conversation_id: str, reason: str) -> str:
    """Erase one conversation on its borrower's request."""
    with opened(settings) as ground:
        with ground.database.reading() as work:
            if work.conversations.get(conversation_id) is None:
                raise BadInput(conversation_id, "no conversation has this id")
        with ground.database.transaction() as work:
            count = rules.erase_on_request(work, conversation_id, reason, ground.clock.now())
    return f"{conversation_id}: {count} events have lost their content; the chain still verifies"


def hold(settings: Settings, whom: str, reason: str) -> str:
    with opened(settings) as ground:
        kind, subject = _subject(ground, whom)
        with ground.database.transaction() as work:
            rules.hold(work, LegalHold(uuid4().hex, kind, subject, reason, None, ground.clock.now()))
    return f"{whom}: nothing of it is erased until the hold is lifted"


def release(settings: Settings, whom: str, reason: str) -> str:
    with opened(settings) as ground:
        kind, subject = _subject(ground, whom)
        with ground.database.transaction() as work:
            lifted = rules.release(work, kind, subject, reason, ground.clock.now())
    return f"{whom}: {lifted} legal holds lifted"


def _subject(ground: Ground, whom: str) -> tuple[HeldKind, str]:
    creditors = [creditor for speaker in ground.policies.speakers() for creditor in speaker.creditors]
    with ground.database.reading() as work:
        if work.conversations.get(whom):
            return "conversation", whom
        borrower = work.lending.borrower_by_reference(creditors, whom)
    if borrower is None:
        raise BadInput(whom, "no conversation has this id, and no borrower this reference")
    return "borrower", borrower.id
