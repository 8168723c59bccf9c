"""From one row of a lender's table to a borrower and an account, or to the reason why not."""

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar, get_args
from zoneinfo import ZoneInfo

from bot.errors import BadInput, BotError
from bot.lender import ended
from bot.lender.cells import (
    BadCell,
    Read,
    columns_of,
    date_of,
    months_before,
    number_of,
    reader,
    reference_of,
    text_of,
)
from bot.lender.ended import Ended
from bot.lender.mapping import PortfolioMap, Source
from bot.lending.debts import Account, Product, Statement
from bot.lending.identity import Borrower, Role
from bot.money import Money, TooPrecise

T = TypeVar("T")

_PRODUCTS, _ROLES = frozenset(get_args(Product)), frozenset(get_args(Role))
_WORDS = {"1": True, "true": True, "yes": True, "y": True, "0": False, "false": False, "no": False, "n": False}
_LAST4 = re.compile(r"[0-9A-Za-z]{4}")
_COUNTRY = re.compile(r"[a-z]{2}")


class BadRow(BotError):
    """A row is kept out; the text says which field and why."""


class RowReader:
    """Reads rows of one table by one map."""

    def __init__(self, place: str, header: Sequence[str], mapping: PortfolioMap) -> None:
        columns = {name: index for index, name in enumerate(header)}
        _check_columns(place, columns, mapping)
        self._map = mapping
        self._width = len(header)
        self._borrower = _Part("borrower", mapping.borrower, columns, mapping)
        self._account = _Part("account", mapping.account, columns, mapping)

    def read(self, cells: Sequence[str]) -> tuple[Borrower, Account, Role]:
        """Raises BadRow."""
        if len(cells) != self._width:
            raise BadRow(f"it has {len(cells)} cells and the table {self._width} columns")
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
        total = part.needed(cells, "total", part.amounts["total"])
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
            reported_missed=part.optional(cells, "reported_missed", _whole) or 0,
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


class _Part:
    """The mapped fields of the borrower or of the account; what is wrong is told with the field's name."""

    def __init__(
        self, name: str, sources: Mapping[str, Source], columns: Mapping[str, int], mapping: PortfolioMap
    ) -> None:
        self._name = name
        self._map = mapping
        self._sources = sources
        self._reads: dict[str, Read] = {field: reader(source, columns) for field, source in sources.items()}
        self._dates = {
            field: _date_reader(source.format or mapping.date_format) for field, source in sources.items()
        }
        self.amounts = {field: _money_reader(source, mapping) for field, source in sources.items()}

    def optional(self, cells: Sequence[str], field: str, convert: Callable[[str], T]) -> T | None:
        read = self._reads.get(field)
        if read is None:
            return None
        try:
            text = read(cells)
            return None if text is None else convert(text)
        except (BadCell, TooPrecise) as error:
            raise BadRow(f"{self._name}.{field}: {error}") from None

    def needed(self, cells: Sequence[str], field: str, convert: Callable[[str], T]) -> T:
        value = self.optional(cells, field, convert)
        if value is None:
            raise BadRow(f"{self._name}.{field}: it is empty")
        return value

    def day(self, cells: Sequence[str], field: str) -> date | None:
        return self.optional(cells, field, self._dates[field]) if field in self._dates else None

    def needed_day(self, cells: Sequence[str], field: str) -> date:
        return self.needed(cells, field, self._dates[field])

    def money(self, cells: Sequence[str], field: str) -> Money | None:
        return self.optional(cells, field, self.amounts[field]) if field in self.amounts else None

    def since(self, cells: Sequence[str], field: str, as_of: date) -> date | None:
        """A date that may be told as a number of months before the as-of day."""
        source = self._sources.get(field)
        if source is None or source.months_before is None:
            return self.day(cells, field)
        months = self.optional(cells, field, _whole)
        return months_before(as_of, months) if months is not None and months >= 1 else None


def _date_reader(form: str) -> Callable[[str], date]:
    return lru_cache(maxsize=4096)(lambda text: date_of(text, form))


def _money_reader(source: Source, mapping: PortfolioMap) -> Callable[[str], Money]:
    least = None if source.at_least is None else Decimal(source.at_least)

    def read(text: str) -> Money:
        amount = number_of(text, mapping.decimal_mark)
        if least is not None and amount < least:
            amount = least
        if amount < 0:
            raise BadCell(f"{text} is below zero")
        money = Money(amount, mapping.currency)
        _ = money.minor  # refuses what the currency cannot hold, here, where the line is known
        return money

    return read


def _whole(text: str) -> int:
    number = number_of(text)
    if number != number.to_integral_value() or abs(number) > 1200:
        raise BadCell(f"{text} is not a whole number in reason")
    return int(number)


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


def _check_columns(place: str, columns: Mapping[str, int], mapping: PortfolioMap) -> None:
    for part, sources in (("borrower", mapping.borrower), ("account", mapping.account)):
        for field, source in sources.items():
            missing = [name for name in columns_of(source) if name not in columns]
            if missing:
                there = ", ".join(columns)[:300]
                raise BadInput(
                    place, f"no column {missing[0]}, which the map wants for {part}.{field}; there are {there}"
                )
