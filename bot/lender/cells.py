"""From a cell's text to a value: amounts, dates, numbers and plain text, each refused with its reason."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from bot.errors import BotError
from bot.lender.mapping import Source

LONGEST = 500  # characters in a cell
MOST = Decimal(10) ** 12  # no account owes that much in any currency
_COLUMN = re.compile(r"\{([^{}]+)\}")
_PLAIN_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,9})?([eE][+-]?\d{1,2})?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
# What a spreadsheet makes of a long number: its last digits are lost.
_MANGLED = re.compile(r"\d(\.\d+)?[eE]\+\d+")
_FORMULA = ("=", "+", "@", "-")

Read = Callable[[Sequence[str]], str | None]


class BadCell(BotError):
    """A cell does not hold what its field needs."""


def reader(source: Source, columns: Mapping[str, int]) -> Read:
    """A function that takes a row and gives the field's text, None for nothing."""
    take = _taken(source, columns)
    absent, values = frozenset(source.absent), {key: str(value) for key, value in source.values.items()}
    pad, last = source.pad or 0, source.last
    if not (absent or values or pad or last):
        return take

    def read(row: Sequence[str]) -> str | None:
        text = take(row)
        if text is None or text in absent:
            return None
        if values:
            if text not in values:
                raise BadCell(f"{text!r} is not among the values of the map")
            text = values[text]
        text = text.zfill(pad)
        return text[-last:] if last else text

    return read


def _taken(source: Source, columns: Mapping[str, int]) -> Read:
    if source.constant is not None:
        constant = str(source.constant)
        return lambda row: constant  # noqa: ARG005
    if source.template is not None:
        # Not str.format: that would read attributes of what it is given.
        parts = _COLUMN.split(source.template)
        wanted = [columns[name] for name in parts[1::2]]
        texts = parts[::2]
        return lambda row: (
            texts[0] + "".join(row[index].strip() + text for index, text in zip(wanted, texts[1:], strict=True))
        )
    index = columns[source.column or source.months_before or ""]
    return lambda row: row[index].strip() or None


def columns_of(source: Source) -> list[str]:
    """The columns that a source reads."""
    if source.template is not None:
        return _COLUMN.findall(source.template)
    return [name for name in (source.column, source.months_before) if name is not None]


def text_of(text: str) -> str:
    """Text to keep: no control characters, not too long, nothing that a spreadsheet would run as a formula."""
    if len(text) > LONGEST:
        raise BadCell(f"it has {len(text)} characters; at most {LONGEST} are taken")
    if not text.isprintable():
        raise BadCell("it holds a control character")
    if text.startswith(_FORMULA):
        raise BadCell("it looks like a formula")
    return text


def reference_of(text: str) -> str:
    if _MANGLED.fullmatch(text):
        raise BadCell(f"{text} is a number that a spreadsheet has shortened; its last digits are lost")
    return text_of(text)


def number_of(text: str, decimal_mark: str = ".") -> Decimal:
    """A number as lenders write it: 1234.50, 1,234.50, (12.00) for below zero, 1.00E+05, full-width digits."""
    if decimal_mark == "." and len(text) < 30 and _PLAIN_NUMBER.fullmatch(text) and text.isascii():
        return _bounded(Decimal(text), text)
    plain = unicodedata.normalize("NFKC", text[:100]).replace(" ", "").replace("\u2212", "-")
    if decimal_mark == ",":
        plain = plain.translate(str.maketrans(".,", ",."))
    if plain.startswith("(") and plain.endswith(")"):
        plain = "-" + plain[1:-1]
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    if not plain.isascii() or not _PLAIN_NUMBER.fullmatch(plain):
        raise BadCell(f"{text[:40]!r} is not a number")
    return _bounded(Decimal(plain), text)


def _bounded(number: Decimal, text: str) -> Decimal:
    if abs(number) >= MOST:
        raise BadCell(f"{text} is beyond any debt")
    return number


def date_of(text: str, form: str) -> date:
    try:
        # Dates in a sheet are dates already, whatever the map says about texts.
        if len(text) == 10 and text[4] == "-":
            found = date.fromisoformat(text)
        else:
            found = datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise BadCell(f"{text[:40]!r} is not a date like {form}") from None
    if not 1900 <= found.year <= 2200:
        raise BadCell(f"{found.isoformat()} is not in our time")
    return found


def months_before(day: date, months: int) -> date:
    """The same day `months` earlier; the last of the month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(last, day.day))
        except ValueError:
            continue
    raise BadCell(f"there is no day {months} months before {day}")
