"""From one row of a lender's table to a borrower and an account, or to the reason why not."""

import re
import uuid
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any, get_args
from zoneinfo import ZoneInfo

from bot.lender import ended
from bot.lender.cells import BadCell, reference_of, text_of
from bot.lender.ended import Ended
from bot.lender.fields import BadRow, Fields, check_columns, check_width, whole
from bot.lender.mapping import PortfolioMap
from bot.lending.debts import Account, Product, Statement
from bot.lending.identity import Borrower, Role
from bot.money import Money

_PRODUCTS, _ROLES = frozenset(get_args(Product)), frozenset(get_args(Role))
_WORDS = {"1": True, "true": True, "yes": True, "y": True, "0": False, "false": False, "no": False, "n": False}
_LAST4 = re.compile(r"[0-9A-Za-z]{4}")
_COUNTRY = re.compile(r"[a-z]{2}")


class RowReader:
    """Reads rows of one table by one map."""

    def __init__(self, place: str, header: Sequence[str], mapping: PortfolioMap) -> None:
        check_columns(place, "borrower", mapping.borrower, header)
        check_columns(place, "account", mapping.account, header)
        self._map = mapping
        self._width = len(header)
        self._borrower = Fields("borrower", mapping.borrower, header, mapping)
        self._account = Fields("account", mapping.account, header, mapping)

    def read(self, cells: Sequence[str]) -> tuple[Borrower, Account, Role]:
        """Raises BadRow."""
        check_width(cells, self._width)
        role: Any = self._account.optional(cells, "role", _role) or "borrower"
        return self._read_borrower(cells), self._read_account(cells), role

    def ended(self, cells: Sequence[str], account: Account) -> Ended | None:
        """What the row says is over for its account; None where it says nothing. Raises BadRow."""
        over = self._account.optional(cells, "ended", ended.reasons) or ()
        outcome = self._account.optional(cells, "dispute_outcome", ended.outcome)
        return Ended(account.reference, over, outcome) if over or outcome else None

    def _read_borrower(self, cells: Sequence[str]) -> Borrower:
        part = self._borrower
        return Borrower(
            id=uuid.uuid4().hex,
            creditor=self._map.creditor,
            reference=part.needed(cells, "reference", reference_of),
            name=part.needed(cells, "name", text_of),
            birth_date=part.needed_day(cells, "birth_date"),
            document_last4=part.needed(cells, "document_last4", _last4),
            residence=part.needed(cells, "residence", _country),
            time_zone=part.needed(cells, "time_zone", _time_zone),
            time_zone_source=self._map.time_zone_source,
            locale=part.optional(cells, "locale", text_of),
            phone=part.optional(cells, "phone", text_of),
            invented=self._map.invented,
        )

    def _read_account(self, cells: Sequence[str]) -> Account:
        part = self._account
        product: Any = part.needed(cells, "product", _product)
        return Account(
            id=uuid.uuid4().hex,
            creditor=self._map.creditor,
            reference=part.needed(cells, "reference", reference_of),
            product=product,
            currency=self._map.currency,
            jurisdiction=self._map.jurisdiction,
            statement=self._statement(cells),
            opened_on=part.day(cells, "opened_on"),
            original_creditor=part.optional(cells, "original_creditor", text_of),
            judgment=part.optional(cells, "judgment", _truth) or False,
            limitation_from=part.day(cells, "limitation_from"),
        )

    def _statement(self, cells: Sequence[str]) -> Statement:
        part = self._account
        as_of = part.needed_day(cells, "as_of")
        total = part.needed_money(cells, "total")
        zero = Money.zero(self._map.currency)
        interest = part.money(cells, "interest") or zero
        fees = part.money(cells, "fees") or zero
        stated = part.money(cells, "principal")
        principal = total - interest - fees if stated is None else stated
        _check_sum(total, principal, interest, fees)
        # Whoever owes nothing is not late, whatever the table's column of lateness says.
        since = part.since(cells, "overdue_since", as_of) if total else None
        return Statement(
            as_of=as_of,
            total=total,
            principal=principal,
            interest=interest,
            fees=fees,
            overdue=self._overdue(cells, total, since),
            overdue_since=since,
            next_due=part.day(cells, "next_due"),
            last_payment=part.money(cells, "last_payment"),
            last_payment_on=part.day(cells, "last_payment_on"),
            reported_missed=part.optional(cells, "reported_missed", whole) or 0,
        )

    def _overdue(self, cells: Sequence[str], total: Money, since: date | None) -> Money:
        if since is None:
            return Money.zero(total.currency)
        overdue = self._account.money(cells, "overdue")
        if overdue is None:
            return total
        if overdue > total:
            raise BadRow(f"account.overdue: {overdue} is more than the total of {total}")
        return overdue


def _product(text: str) -> str:
    if text not in _PRODUCTS:
        raise BadCell(f"{text[:40]!r} is none of {', '.join(sorted(_PRODUCTS))}")
    return text


def _role(text: str) -> str:
    if text not in _ROLES:
        raise BadCell(f"{text[:40]!r} is none of {', '.join(sorted(_ROLES))}")
    return text


def _truth(text: str) -> bool:
    try:
        return _WORDS[text.lower()]
    except KeyError:
        raise BadCell(f"{text[:40]!r} is neither yes nor no") from None


def _last4(text: str) -> str:
    if not _LAST4.fullmatch(text):
        raise BadCell("it must be four letters or digits")
    return text.upper()


def _country(text: str) -> str:
    if not _COUNTRY.fullmatch(text):
        raise BadCell(f"{text[:40]!r} is not a jurisdiction's two letters")
    return text


@lru_cache(maxsize=1024)
def _time_zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ValueError, OSError):
        raise BadCell(f"{text[:40]!r} is not a time zone like Asia/Taipei") from None
    return text


def _check_sum(total: Money, principal: Money, interest: Money, fees: Money) -> None:
    if principal.amount < 0:
        raise BadRow(f"account.principal: interest and fees are more than the total of {total}")
    if principal + interest + fees != total:
        raise BadRow(f"account.total: {principal} + {interest} + {fees} is not {total}")
