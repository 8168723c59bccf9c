"""Holds: what may not be done for now, to whom, why, until when, and who may lift it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal, Protocol, get_args

SubjectKind = Literal["account", "borrower", "address"]
HoldReason = Literal[
    "stop_contact", "contact_preference", "dispute", "fraud", "already_paid", "wrong_person", "third_party",
    "death", "bankruptcy", "representative", "refusal", "distress", "complaint", "limitation", "hardship",
    "minor", "moratorium", "vulnerability",
]  # fmt: skip
Stops = Literal["reminders", "plans", "collection"]  # each includes the ones before it
Lifter = Literal["borrower", "collector", "supervisor", "lender"]

_LEVEL: dict[Stops, int] = {stops: level for level, stops in enumerate(get_args(Stops))}
# The word of somebody unverified is looked at soon, so that nobody can silence a stranger's account for long.
PROVISIONAL_DAYS = 3
PAUSE_DAYS = 1


@dataclass(frozen=True, slots=True)
class Hold:
    """`subject` is an account id, a borrower id, or a channel address ("web:harbour/<sender>")."""

    id: str
    subject_kind: SubjectKind
    subject: str
    reason: HoldReason
    stops: Stops
    placed_at: datetime
    review_on: date | None
    lifted_by: tuple[Lifter, ...]  # who may lift it
    provisional: bool = False  # placed on the word of somebody unverified
    lifted_at: datetime | None = None
    lapses: bool = False  # ends by itself on its review date; any other waits for whoever may lift it


class HoldTerms(Protocol):
    """What a policy says of holds for one reason; its `HoldRule` has this shape."""

    @property
    def stops(self) -> Stops: ...
    @property
    def review_days(self) -> int | None: ...
    @property
    def lifted_by(self) -> tuple[Lifter, ...]: ...
    @property
    def lapses(self) -> bool: ...


def stopping(holds: Iterable[Hold], what: Stops) -> Hold | None:
    """The oldest hold in force that stops `what`; None: it may go on."""
    in_force = [hold for hold in holds if hold.lifted_at is None and _LEVEL[hold.stops] >= _LEVEL[what]]
    return min(in_force, key=lambda hold: hold.placed_at, default=None)


def place(terms: HoldTerms, kind: SubjectKind, subject: str, reason: HoldReason, at: datetime, today: date) -> Hold:
    """A hold on the policy's terms; `today` is the date where the review is done."""
    review = today + timedelta(days=terms.review_days) if terms.review_days else None
    return Hold(
        uuid.uuid4().hex, kind, subject, reason, terms.stops, at, review, terms.lifted_by, lapses=terms.lapses
    )


def provisionally(hold: Hold, today: date) -> Hold:
    """The same hold on the word of somebody unverified: reviewed soon, and a collector may lift it."""
    latest = today + timedelta(days=PROVISIONAL_DAYS)
    return replace(
        hold,
        provisional=True,
        review_on=min(hold.review_on or latest, latest),
        lifted_by=_with(hold.lifted_by, "collector"),
    )


def pause(hold: Hold, today: date) -> Hold:
    """The same hold for a day, while the borrower is asked whether they meant it; their own no lifts it."""
    soon = today + timedelta(days=PAUSE_DAYS)
    lifted_by = _with(_with(hold.lifted_by, "collector"), "borrower")
    return replace(hold, provisional=True, lapses=True, review_on=soon, lifted_by=lifted_by)


def carried_over(hold: Hold, borrower_id: str) -> Hold | None:
    """A channel address's provisional hold as one of the borrower that the chat turned out to be; None: it stays.

    That somebody else is reached concerns the address alone, and a pause ends where it began.
    """
    if not hold.provisional or hold.lapses or hold.reason in ("wrong_person", "third_party"):
        return None
    return replace(hold, id=uuid.uuid4().hex, subject_kind="borrower", subject=borrower_id)


def disproved(hold: Hold) -> bool:
    """Whether the borrower's own proof of identity ends a hold of their channel address: nobody else is reached."""
    return hold.subject_kind == "address" and hold.provisional and hold.reason in ("wrong_person", "third_party")


def _with(lifters: tuple[Lifter, ...], who: Lifter) -> tuple[Lifter, ...]:
    return lifters if who in lifters else (*lifters, who)


def may_lift(hold: Hold, who: Lifter) -> bool:
    """Whether `who` may lift the hold; a supervisor may do what a collector may."""
    return who in hold.lifted_by or (who == "supervisor" and "collector" in hold.lifted_by)


def _as_long(hold: Hold, new: Hold) -> bool:
    """What ends by itself does not stand for what waits for a person, nor for what would end later."""
    return not hold.lapses or (new.lapses and (hold.review_on or date.max) >= (new.review_on or date.max))


def same(holds: Iterable[Hold], new: Hold) -> Hold | None:
    """A hold in force on the same subject for the same reason that is no weaker than `new`."""
    for hold in holds:
        alike = (hold.subject_kind, hold.subject, hold.reason) == (new.subject_kind, new.subject, new.reason)
        strong = _LEVEL[hold.stops] >= _LEVEL[new.stops] and (new.provisional or not hold.provisional)
        if alike and strong and _as_long(hold, new) and hold.lifted_at is None:
            return hold
    return None
