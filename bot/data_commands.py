"""What the commands about data protection do; each function is one."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TypeVar
from uuid import uuid4

from bot.commands import opened
from bot.review import erasure, protecting
from bot.review import retention as rules
from bot.review.erasure import Subject
from bot.review.protection_store import LegalHold
from bot.review.two_people import Asking
from bot.review.two_people_store import Proposal
from bot.settings import Settings
from bot.storage.work import Work
from bot.two_people_commands import Who, asked_by, told

T = TypeVar("T")


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


def erase(settings: Settings, whom: str, who: Who) -> str:
    """Erase one conversation, or a borrower with all of theirs, on the borrower's request; or propose it."""
    done = _done(settings, whom, who, protecting.erase)
    if isinstance(done, Proposal):
        return told(done)
    return f"{whom}: {done.events} events have lost their content; the chain still verifies"


def hold(settings: Settings, whom: str, reason: str) -> str:
    with opened(settings) as ground, ground.database.transaction() as work:
        subject = erasure.subject_of(work, list(ground.policies.creditors), whom)
        placed = LegalHold(uuid4().hex, subject.kind, subject.id, reason, None, ground.clock.now())
        rules.hold(work, placed)
    return f"{whom}: nothing of it is erased until the hold is lifted"


def release(settings: Settings, whom: str, who: Who) -> str:
    """Lift every legal hold on a borrower or a conversation; or propose it."""
    done = _done(settings, whom, who, protecting.release)
    return told(done) if isinstance(done, Proposal) else f"{whom}: {done} legal holds lifted"


def _done(
    settings: Settings, whom: str, who: Who, act: Callable[[Work, Subject, Asking], T | Proposal]
) -> T | Proposal:
    """Do to whom it is about what one person may, or propose it for a second one."""
    with opened(settings) as ground:
        asking = asked_by(ground, who)
        with ground.database.transaction() as work:
            return act(work, erasure.subject_of(work, list(ground.policies.creditors), whom), asking)
