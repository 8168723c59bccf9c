"""Who a borrower is, and how somebody proves to be that person."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from bot.lending.identity_input import normal_document, normal_reference

Role = Literal["borrower", "joint", "guarantor", "representative"]

# After so long without a wrong try, the count begins anew.
FORGIVEN_AFTER = timedelta(days=30)
# Without the letters and digits that look or sound alike: no 0 O, 1 I L, 5 S, 2 Z, 8 B, U V.
_CODE_LETTERS = "34679ACDEFGHJKMNPQRTWXY"


@dataclass(frozen=True, slots=True)
class Borrower:
    """A person with accounts at one creditor, as the creditor knows them."""

    id: str
    creditor: str
    reference: str
    name: str
    birth_date: date
    document_last4: str
    residence: str  # the jurisdiction where they live, by its pack's name
    time_zone: str  # IANA name
    time_zone_source: Literal["stated", "lender", "residence"]
    locale: str | None = None  # en, zh_Hans, zh_Hant, if the lender knows
    phone: str | None = None
    invented: tuple[str, ...] = ()  # names of fields that no lender gave, filled in by the import's map


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody typed to prove who they are; nothing in it is believed yet."""

    reference: str
    birth_date: date
    document_last4: str


# Compared against when a reference is unknown, so that the work is the same.
_NOBODY = Borrower("", "", "\0", "", date.min, "\0\0\0\0", "", "UTC", "residence")


def proves(claim: Claim, borrower: Borrower | None) -> bool:
    """Whether every detail fits; takes the same time whichever differs, and for an unknown reference."""
    known = borrower or _NOBODY
    fits = [
        _same(normal_reference(claim.reference), normal_reference(known.reference)),
        _same(claim.birth_date.isoformat(), known.birth_date.isoformat()),
        _same(claim.document_last4, normal_document(known.document_last4) or known.document_last4),
    ]
    # sum, not all(): nothing may end early.
    return sum(fits) == len(fits) and borrower is not None


def same_birth_date(borrower: Borrower, stated: str) -> bool:
    """Whether an ISO date is the borrower's date of birth; takes the same time either way."""
    return _same(stated, borrower.birth_date.isoformat())


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(_digest(left), _digest(right))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def try_subjects(address: str, speaker: str, reference: str) -> tuple[str, str]:
    """What wrong tries are counted against: the channel address, and the reference as typed, known or not."""
    return f"address:{address}", f"reference:{speaker}:{normal_reference(reference)}"


def locked_until(failures: Sequence[datetime], tries: int, lock_minutes: Sequence[int]) -> datetime | None:
    """When the latest lock ends: every `tries` wrong tries lock, each time for the next of `lock_minutes`.

    `failures` are oldest first. The answer may lie in the past; None: nothing ever locked.
    """
    counted = _counted(failures)
    locks = len(counted) // tries
    if locks == 0:
        return None
    minutes = lock_minutes[min(locks, len(lock_minutes)) - 1]
    return counted[locks * tries - 1] + timedelta(minutes=minutes)


def _counted(failures: Sequence[datetime]) -> Sequence[datetime]:
    """The failures since the last long quiet."""
    start = 0
    for number in range(1, len(failures)):
        if failures[number] - failures[number - 1] > FORGIVEN_AFTER:
            start = number
    return failures[start:]


def new_link_token() -> str:
    """What a one-time link carries: 192 random bits, in which nothing can be read."""
    return secrets.token_urlsafe(24)


def link_digest(token: str) -> str:
    """What is stored of a link's token, so that the database alone opens no link."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_check_code() -> str:
    """A code that a borrower reads here and types on the lender's own page: 36 random bits in two groups."""
    letters = [secrets.choice(_CODE_LETTERS) for _ in range(8)]
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"
