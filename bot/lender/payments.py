"""Takes in what a lender booked: the whole list is checked and stored; plans and promises are held against it."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from bot.clock import Clock, SystemClock
from bot.conversations.store import Database
from bot.errors import BadInput
from bot.lender.cells import reference_of
from bot.lender.fields import BadRow, Fields, check_columns, check_width
from bot.lender.imports import BATCH, BadRows, ImportWork, Progress, Report
from bot.lender.mapping import PaymentsMap, load_map
from bot.lender.settling import Settled, SettleWork, settle
from bot.lender.tables import in_batches, open_table
from bot.lending.identity_input import normal_reference
from bot.lending.payments import Payment
from bot.lending.policy import Policies
from bot.money import Money

Found = tuple[Payment, bool]  # and whether it is new


@dataclass(frozen=True, slots=True)
class _Booked:
    """A row of the list that can be read."""

    line: int
    reference: str
    account: str  # its reference
    amount: Money
    paid_on: date


def import_payments(
    database: Database[SettleWork],
    policies: Policies,
    path: Path,
    map_path: Path,
    *,
    through: date | None = None,
    skip_bad: bool = False,
    progress: Progress | None = None,
    clock: Clock | None = None,
) -> tuple[Report, Settled]:
    """Import `path` by the map; run again, it adds what is new. Its report counts payments.

    `through`: the lender says that everything paid up to this day is known; only then may something be missed.
    Raises BadInput for a file or map that cannot be used at all, and BadRows unless `skip_bad`.
    """
    mapping = load_map(map_path)
    if not isinstance(mapping, PaymentsMap):
        raise BadInput(str(map_path), "it maps a portfolio, not payments")
    now, tell = (clock or SystemClock()).now(), progress or (lambda stage, done, of: None)  # noqa: ARG005
    latest = now.astimezone(UTC).date()
    if through is not None and through > latest:
        raise BadInput("--through", f"{through} is still to come")
    report = Report(source=mapping.source)
    with database.reading() as work:
        for found in _payments(work, path, mapping, report, now):
            report.good += len(found)
            tell("check", report.rows, None)
    if report.refused_count and not skip_bad:
        raise BadRows(path, report)
    if not report.rows and through is None:
        raise BadInput(str(path), "there are no rows below the column names")
    touched = _store(database, path, mapping, report, tell, now)
    return report, settle(database, policies, mapping.creditor, touched, through, now)


def _store(
    database: Database[SettleWork], path: Path, mapping: PaymentsMap, report: Report, tell: Progress, now: datetime
) -> set[str]:
    """Store what is new, all of it or nothing; the ids of every account that the list names."""
    touched: set[str] = set()
    with database.transaction() as work:
        for found in _payments(work, path, mapping, Report(), now):
            new = [payment for payment, is_new in found if is_new]
            work.lending.add_payments(mapping.creditor, new)
            touched.update(payment.account_id for payment, _ in found)
            report.new += len(new)
            report.known += len(found) - len(new)
            tell("store", report.new + report.known, report.good)
    return touched


def _payments(
    work: ImportWork, path: Path, mapping: PaymentsMap, report: Report, now: datetime
) -> Iterator[list[Found]]:
    """Every good row as the payment that it is, a batch at a time; the bad ones go into the report."""
    with open_table(path, mapping) as table:
        rows = _rows(str(path), table.header, table.rows, mapping, report, now)
        for batch in in_batches(rows, BATCH):
            yield list(_matched(work, mapping, batch, report, now))


def _rows(
    place: str,
    header: Sequence[str],
    rows: Iterator[tuple[int, list[str]]],
    mapping: PaymentsMap,
    report: Report,
    now: datetime,
) -> Iterator[_Booked]:
    check_columns(place, "payment", mapping.payment, header)
    fields, lines = Fields("payment", mapping.payment, header, mapping, signed=True), dict[str, int]()
    for line, cells in rows:
        report.rows += 1
        try:
            check_width(cells, len(header))
            booked = _read(line, cells, fields, now)
            first = lines.setdefault(normal_reference(booked.reference), line)
            if first != line:
                raise BadRow(f"payment.reference: {booked.reference} is already on line {first}")
        except BadRow as error:
            report.refuse(line, str(error))
        else:
            yield booked


def _read(line: int, cells: Sequence[str], fields: Fields, now: datetime) -> _Booked:
    amount, paid_on = fields.needed_money(cells, "amount"), fields.needed_day(cells, "paid_on")
    if not amount:
        raise BadRow("payment.amount: it is zero")
    # Somewhere it is tomorrow already.
    if (paid_on - now.astimezone(UTC).date()).days > 1:
        raise BadRow(f"payment.paid_on: {paid_on} is still to come")
    return _Booked(
        line,
        fields.needed(cells, "reference", reference_of),
        fields.needed(cells, "account", reference_of),
        amount,
        paid_on,
    )


def _matched(
    work: ImportWork, mapping: PaymentsMap, batch: Sequence[_Booked], report: Report, now: datetime
) -> Iterator[Found]:
    """Payments with their accounts; those that are kept already as they were kept."""
    accounts = work.lending.accounts_named(mapping.creditor, [booked.account for booked in batch])
    known = work.lending.payments_named(mapping.creditor, [booked.reference for booked in batch])
    for booked in batch:
        account, before = accounts.get(booked.account), known.get(booked.reference)
        if account is None:
            report.refuse(booked.line, f"payment.account: {mapping.creditor} has no account {booked.account}")
        elif account.currency != booked.amount.currency:
            report.refuse(booked.line, f"payment.amount: account {booked.account} is in {account.currency}")
        elif before is None:
            new = Payment(uuid.uuid4().hex, account.id, booked.reference, booked.amount, booked.paid_on, now)
            yield new, True
        elif (before.account_id, before.amount, before.paid_on) != (account.id, booked.amount, booked.paid_on):
            told = f"{before.amount} of {before.paid_on}"
            report.refuse(
                booked.line,
                f"payment.reference: {booked.reference} is known as {told}; book a correction beside it",
            )
        else:
            yield before, False
