"""Takes a lender's portfolio in: first the whole table is checked, then all of it is stored in one transaction."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.clock import Clock, SystemClock
from bot.conversations.store import Database, Work
from bot.errors import BadInput, BotError
from bot.lender import ended
from bot.lender.ended import Ended
from bot.lender.fields import BadRow
from bot.lender.mapping import PortfolioMap, load_map
from bot.lender.rows import RowReader
from bot.lender.tables import open_table
from bot.lending.debts import Account
from bot.lending.identity import Borrower, Role
from bot.lending.identity_input import normal_reference
from bot.lending.store import LendingStore

BATCH = 1000
MOST_SHOWN = 1000  # bad rows that a report names; the others are only counted


class ImportWork(Work, Protocol):
    @property
    def lending(self) -> LendingStore: ...


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was kept out: the line on which it starts, and the field and reason."""

    line: int
    reason: str


@dataclass(slots=True)
class Report:
    """What an import did, or would have done: `new` and `known` count accounts, `refused` names the first rows."""

    rows: int = 0
    good: int = 0
    new: int = 0
    known: int = 0
    lifted: int = 0  # holds that ended by what the data says
    answered: int = 0  # disputes that did
    refused: list[Refused] = field(default_factory=list)
    refused_count: int = 0
    invented: tuple[str, ...] = ()
    source: str | None = None

    def refuse(self, line: int, reason: str) -> None:
        self.refused_count += 1
        if len(self.refused) < MOST_SHOWN:
            self.refused.append(Refused(line, reason))


class BadRows(BotError):
    """Some rows are bad, and nothing was stored."""

    def __init__(self, path: Path, report: Report) -> None:
        first = report.refused[0]
        super().__init__(
            f"{path}: {report.refused_count} of {report.rows} rows are bad and nothing was stored; the first is "
            f"line {first.line}: {first.reason}"
        )
        self.report = report


# Called with "check" or "store", the rows done, and how many there are (None while that is not known).
Progress = Callable[[str, int, int | None], None]
Person = tuple[Borrower, list[tuple[Account, Role]]]


def import_portfolio(
    database: Database[ImportWork],
    path: Path,
    map_path: Path,
    *,
    creditor: str | None = None,
    skip_bad: bool = False,
    progress: Progress | None = None,
    clock: Clock | None = None,
) -> Report:
    """Import `path` by the map; run again, it brings the same accounts up to date.

    Raises BadInput for a file or map that cannot be used at all, and BadRows unless `skip_bad`.
    """
    mapping = load_map(map_path)
    if not isinstance(mapping, PortfolioMap):
        raise BadInput(str(map_path), "it maps payments, not a portfolio")
    if creditor is not None and creditor != mapping.creditor:
        raise BadInput(str(map_path), f"it is for the creditor {mapping.creditor}, not for {creditor}")
    tell = progress or (lambda stage, done, of: None)  # noqa: ARG005
    report = Report(invented=mapping.invented, source=mapping.source)
    for people in _batches(_checked(path, mapping, report), BATCH):
        report.good += sum(len(owned) for _, owned in people)
        tell("check", report.rows, None)
    if report.refused_count and not skip_bad:
        raise BadRows(path, report)
    if not report.rows:
        raise BadInput(str(path), "there are no rows below the column names")
    _store(database, path, mapping, report, tell, (clock or SystemClock()).now())
    return report


def _store(
    database: Database[ImportWork],
    path: Path,
    mapping: PortfolioMap,
    report: Report,
    tell: Progress,
    at: datetime,
) -> None:
    """The table is read once more: kept in memory it would be too much of a large lender's."""
    done = 0
    told: list[Ended] = []
    with database.transaction() as work:
        for people in _batches(_checked(path, mapping, Report(), told), BATCH):
            new, known = work.lending.import_portfolio(mapping.creditor, people)
            report.new += new
            report.known += known
            done += sum(len(owned) for _, owned in people)
            tell("store", done, report.good)
        report.lifted, report.answered = ended.apply(work.lending, mapping.creditor, told, at)


def _checked(
    path: Path, mapping: PortfolioMap, report: Report, told: list[Ended] | None = None
) -> Iterator[tuple[Borrower, Account, Role]]:
    """Every good row; the bad ones go into the report, what has ended into `told`."""
    twice = _Twice()
    with open_table(path, mapping) as table:
        reader = RowReader(str(path), table.header, mapping)
        for line, cells in table.rows:
            report.rows += 1
            try:
                borrower, account, role = reader.read(cells)
                twice.check(line, borrower, account)
                over = reader.ended(cells, account)
            except BadRow as error:
                report.refuse(line, str(error))
            else:
                if over is not None and told is not None:
                    told.append(over)
                yield borrower, account, role


class _Twice:
    """Finds a reference that comes again: of an account, or of a borrower with other details."""

    def __init__(self) -> None:
        self._accounts: dict[str, int] = {}
        self._borrowers: dict[str, tuple[int, int]] = {}

    def check(self, line: int, borrower: Borrower, account: Account) -> None:
        first = self._accounts.setdefault(normal_reference(account.reference), line)
        if first != line:
            raise BadRow(f"account.reference: {account.reference} is already on line {first}")
        details = hash(
            (borrower.name, borrower.birth_date, borrower.document_last4, borrower.residence, borrower.phone)
        )
        known = self._borrowers.setdefault(normal_reference(borrower.reference), (line, details))
        if known[1] != details:
            raise BadRow(f"borrower.reference: {borrower.reference} is another person on line {known[0]}")


def _batches(rows: Iterator[tuple[Borrower, Account, Role]], size: int) -> Iterator[list[Person]]:
    """People with the accounts that stand next to each other; a person may come again in a later batch."""
    batch: list[Person] = []
    for borrower, account, role in rows:
        if batch and batch[-1][0].reference == borrower.reference:
            batch[-1][1].append((account, role))
            continue
        if len(batch) == size:
            yield batch
            batch = []
        batch.append((borrower, [(account, role)]))
    if batch:
        yield batch
