"""Who a borrower is, and how somebody proves to be that person."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Role = Literal["borrower", "joint", "guarantor", "representative"]


@dataclass(frozen=True, slots=True)
class Borrower:
    """A person with accounts at one creditor, as the creditor knows them."""

    id: str
    creditor: str
    reference: str
    name: str
    birth_date: date
    document_last4: str
    residence: str  # the jurisdiction where they live: cn, tw, us, gb, in
    time_zone: str  # IANA name
    time_zone_source: Literal["stated", "lender", "residence"]
    locale: str | None = None  # en, zh_Hans, zh_Hant, if the lender knows
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody typed to prove who they are; nothing in it is believed yet."""

    reference: str
    birth_date: date
    document_last4: str
