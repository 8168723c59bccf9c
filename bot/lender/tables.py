"""Reads a lender's table row by row, from CSV or XLSX, as texts with their line numbers."""

import csv
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from bot.errors import BadInput
from bot.lender.encoding import find_encoding
from bot.lender.mapping import TableMap

T = TypeVar("T")
Row = tuple[int, list[str]]
_DELIMITERS = ",;\t|"
_MOST_UNPACKED = 1_000_000_000  # bytes; a small XLSX can unpack to more than the machine has


@dataclass(frozen=True, slots=True)
class Table:
    """Column names in order, and the rows below them, each with the line (or sheet row) on which it starts."""

    header: list[str]
    rows: Iterator[Row]


def in_batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in their order, `size` at a time."""
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch


@contextmanager
def open_table(path: Path, mapping: TableMap) -> Iterator[Table]:
    """The table in `path`, by its content: XLSX is a ZIP archive, everything else is taken for CSV."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise BadInput(str(path), error.strerror or "it cannot be read") from None
    if not start:
        raise BadInput(str(path), "the file is empty")
    if start == b"\xd0\xcf\x11\xe0":
        raise BadInput(
            str(path), "it is an old or encrypted Excel file; save it as .xlsx or CSV without a password"
        )
    with _xlsx(path, mapping) if start == b"PK\x03\x04" else _csv(path, mapping) as table:
        _check_header(path, table.header)
        yield table


@contextmanager
def _csv(path: Path, mapping: TableMap) -> Iterator[Table]:
    encoding = find_encoding(path, mapping.encoding)
    with path.open(encoding=encoding, newline="") as file:
        first = file.readline()
        counts: dict[str, int] = {each: first.count(each) for each in _DELIMITERS}
        delimiter = max(counts, key=counts.__getitem__) if mapping.delimiter is None else mapping.delimiter
        file.seek(0)
        records = _records(path, csv.reader(file, delimiter=delimiter, strict=True))
        header = next(records, (1, []))[1]
        yield Table([name.strip() for name in header], records)


def _records(path: Path, reader: Any) -> Iterator[Row]:
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, UnicodeDecodeError) as error:
            # What follows cannot be told apart any more: an open quotation mark may have swallowed it.
            raise BadInput(f"{path} line {line}", str(error)) from None
        if any(cells):
            yield line, cells


@contextmanager
def _xlsx(path: Path, mapping: TableMap) -> Iterator[Table]:
    import openpyxl  # takes a while to import, and most portfolios are CSV

    _check_archive(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # noqa: BLE001 - its parser lets every kind through
        raise BadInput(str(path), f"it is not a readable XLSX file: {error}") from None
    try:
        if mapping.sheet is not None and mapping.sheet not in book.sheetnames:
            raise BadInput(str(path), f"there is no sheet {mapping.sheet}; there are {', '.join(book.sheetnames)}")
        sheet = book[mapping.sheet] if mapping.sheet else book.worksheets[0]
        rows = _sheet_rows(sheet)
        yield Table([name.strip() for name in next(rows, (1, []))[1]], rows)
    finally:
        book.close()


def _check_archive(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        raise BadInput(str(path), "it is a broken XLSX file") from None
    if unpacked > _MOST_UNPACKED:
        raise BadInput(str(path), f"it unpacks to {unpacked} bytes; at most {_MOST_UNPACKED} are read")


def _sheet_rows(sheet: Any) -> Iterator[Row]:
    width = 0
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells = [_text(value) for value in values]
        if not any(cells):
            continue
        if not width:
            while cells and not cells[-1]:
                cells.pop()
            width = len(cells)
        # Sheets leave out empty cells at the end of a row, or carry some more.
        cells += [""] * (width - len(cells))
        yield number, cells if any(cells[width:]) else cells[:width]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        # Excel keeps decimals in binary: 0.1 + 0.2 is not 0.3 in it.
        return str(int(value)) if value.is_integer() else repr(round(value, 6))
    return str(value)


def _check_header(path: Path, header: list[str]) -> None:
    if not any(header):
        raise BadInput(f"{path} line 1", "there are no column names")
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise BadInput(f"{path} line 1", f"the column {twice[0]} appears twice")
