"""The mapped fields of a table's rows, read one by one; what is wrong is told with the field's name."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

from bot.errors import BadInput, BotError
from bot.lender.cells import BadCell, Read, columns_of, date_of, months_before, number_of, reader
from bot.lender.mapping import Source, TableMap
from bot.money import Money, TooPrecise

T = TypeVar("T")


class BadRow(BotError):
    """A row is kept out; the text says which field and why."""


class Fields:
    """The mapped fields of one part of a row: a borrower's, an account's, a payment's.

    Amounts may be below zero only when they are `signed`.
    """

    def __init__(
        self,
        part: str,
        sources: Mapping[str, Source],
        header: Sequence[str],
        mapping: TableMap,
        *,
        signed: bool = False,
    ) -> None:
        columns = {name: index for index, name in enumerate(header)}
        self._part = part
        self._sources = sources
        self._reads: dict[str, Read] = {field: reader(source, columns) for field, source in sources.items()}
        self._dates = {
            field: _date_reader(source.format or mapping.date_format) for field, source in sources.items()
        }
        self._amounts = {field: _money_reader(source, mapping, signed) for field, source in sources.items()}

    def optional(self, cells: Sequence[str], field: str, convert: Callable[[str], T]) -> T | None:
        read = self._reads.get(field)
        if read is None:
            return None
        try:
            text = read(cells)
            return None if text is None else convert(text)
        except (BadCell, TooPrecise) as error:
            raise BadRow(f"{self._part}.{field}: {error}") from None

    def needed(self, cells: Sequence[str], field: str, convert: Callable[[str], T]) -> T:
        value = self.optional(cells, field, convert)
        if value is None:
            raise BadRow(f"{self._part}.{field}: it is empty")
        return value

    def day(self, cells: Sequence[str], field: str) -> date | None:
        return self.optional(cells, field, self._dates[field]) if field in self._dates else None

    def needed_day(self, cells: Sequence[str], field: str) -> date:
        return self.needed(cells, field, self._dates[field])

    def money(self, cells: Sequence[str], field: str) -> Money | None:
        return self.optional(cells, field, self._amounts[field]) if field in self._amounts else None

    def needed_money(self, cells: Sequence[str], field: str) -> Money:
        return self.needed(cells, field, self._amounts[field])

    def since(self, cells: Sequence[str], field: str, as_of: date) -> date | None:
        """A date that may be told as a number of months before the as-of day."""
        source = self._sources.get(field)
        if source is None or source.months_before is None:
            return self.day(cells, field)
        months = self.optional(cells, field, whole)
        return months_before(as_of, months) if months is not None and months >= 1 else None


def check_columns(place: str, part: str, sources: Mapping[str, Source], header: Sequence[str]) -> None:
    """Refuse a table that lacks a column; raises BadInput."""
    for field, source in sources.items():
        missing = [name for name in columns_of(source) if name not in header]
        if missing:
            there = ", ".join(header)[:300]
            raise BadInput(
                place, f"no column {missing[0]}, which the map wants for {part}.{field}; there are {there}"
            )


def check_width(cells: Sequence[str], width: int) -> None:
    """Refuse a row that has more or fewer cells than the table has columns; raises BadRow."""
    if len(cells) != width:
        raise BadRow(f"it has {len(cells)} cells and the table {width} columns")


def whole(text: str) -> int:
    number = number_of(text)
    if number != number.to_integral_value() or abs(number) > 1200:
        raise BadCell(f"{text} is not a whole number in reason")
    return int(number)


def _date_reader(form: str) -> Callable[[str], date]:
    return lru_cache(maxsize=4096)(lambda text: date_of(text, form))


def _money_reader(source: Source, mapping: TableMap, signed: bool) -> Callable[[str], Money]:
    least = None if source.at_least is None else Decimal(source.at_least)

    def read(text: str) -> Money:
        amount = number_of(text, mapping.decimal_mark)
        if least is not None and amount < least:
            amount = least
        if amount < 0 and not signed:
            raise BadCell(f"{text} is below zero")
        money = Money(amount, mapping.currency)
        _ = money.minor  # refuses what the currency cannot hold, here, where the line is known
        return money

    return read
