"""Promises to pay and reports of payment."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from bot.money import Money


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise to pay: an amount by a day, without a plan."""

    id: str
    account_id: str
    borrower_id: str
    amount: Money
    due: date
    made_at: datetime
    status: Literal["open", "kept", "broken", "cancelled"] = "open"
