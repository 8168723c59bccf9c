"""What the lender booked, and the terms of accounts that it is held against."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlalchemy.exc import IntegrityError

from bot.lending.debts import Account
from bot.lending.payments import Payment, PromiseStatus
from bot.lending.plans import Agreement
from bot.lending.standing import Standing, Terms
from bot.lending.store import PlanExists
from bot.money import Money
from bot.storage.columns import literal
from bot.storage.fields import plain
from bot.storage.people_rows import account_of
from bot.storage.plans import agreement_of, promise_of
from bot.storage.schema_lending import accounts, agreements, borrowers, instalments, payments, promises
from bot.storage.session import Session

_IDS: Any = bindparam("ids", expanding=True)


def _named(table: sa.Table) -> sa.Select[Any]:
    wanted = table.c.reference_lookup.in_(bindparam("lookups", expanding=True))
    return sa.select(table).where(table.c.creditor == bindparam("whose"), wanted)


_ACCOUNTS_NAMED, _PAYMENTS_NAMED = _named(accounts), _named(payments)
_ADD = sa.insert(payments)
_SINCE = (
    sa.select(payments)
    .where(payments.c.account_id == bindparam("account"), payments.c.paid_on > bindparam("day"))
    .order_by(payments.c.paid_on, payments.c.id)
)
_AGREED_UPON = (
    sa.select(agreements.c.account_id)
    .join(accounts, accounts.c.id == agreements.c.account_id)
    .where(agreements.c.status == literal("live"), accounts.c.creditor == bindparam("whose"))
    .union(
        sa.select(promises.c.account_id)
        .join(accounts, accounts.c.id == promises.c.account_id)
        .where(promises.c.status == literal("open"), accounts.c.creditor == bindparam("whose"))
    )
    .order_by("account_id")
)
_LOCK = (
    sa.select(accounts.c.id).where(accounts.c.id.in_(_IDS)).order_by(accounts.c.id).with_for_update(key_share=True)
)
_ACCOUNTS = sa.select(accounts).where(accounts.c.id.in_(_IDS)).order_by(accounts.c.id)
_LATEST = (
    sa.select(agreements)
    .where(agreements.c.account_id.in_(_IDS))
    .order_by(agreements.c.account_id, agreements.c.agreed_at, agreements.c.id)
)
_INSTALMENTS = (
    sa.select(instalments.c.agreement_id, instalments.c.number, instalments.c.due, instalments.c.amount)
    .where(instalments.c.agreement_id.in_(_IDS))
    .order_by(instalments.c.agreement_id, instalments.c.number)
)
_PROMISES = (
    sa.select(promises)
    .where(
        promises.c.account_id.in_(_IDS), promises.c.status.not_in([literal("cancelled"), literal("rescheduled")])
    )
    .order_by(promises.c.due, promises.c.made_at, promises.c.id)
)
_PAYMENTS = sa.select(payments).where(payments.c.account_id.in_(_IDS)).order_by(payments.c.paid_on, payments.c.id)
_ZONES = sa.select(borrowers.c.id, borrowers.c.time_zone).where(borrowers.c.id.in_(_IDS))
_SETTLE_PLAN = (
    sa.update(agreements)
    .where(agreements.c.id == bindparam("which"))
    .values(paid=bindparam("so_far"), missed=bindparam("not_in"), status=bindparam("new_status"))
)
_SETTLE_PROMISE = (
    sa.update(promises).where(promises.c.id == bindparam("which")).values(status=bindparam("new_status"))
)


class Payments:
    """The part of LendingStore about what the lender booked."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._connection = session.connection
        self._fields = session.fields

    def payments_since(self, account_id: str, day: date) -> list[Payment]:
        rows = self._connection.execute(_SINCE, {"account": account_id, "day": day})
        return [self._payment(row) for row in rows]

    def accounts_named(self, creditor: str, references: Sequence[str]) -> Mapping[str, Account]:
        found = self._found(_ACCOUNTS_NAMED, "account", creditor, references)
        return {reference: account_of(row, self._fields) for reference, row in found.items()}

    def payments_named(self, creditor: str, references: Sequence[str]) -> Mapping[str, Payment]:
        found = self._found(_PAYMENTS_NAMED, "payment", creditor, references)
        return {reference: self._payment(row) for reference, row in found.items()}

    def _found(
        self, statement: sa.Select[Any], domain: str, creditor: str, references: Sequence[str]
    ) -> Mapping[str, Any]:
        lookups = {reference: self._fields.lookup(domain, plain(reference)) for reference in references}
        wanted = {"whose": creditor, "lookups": list(set(lookups.values()))}
        rows = {bytes(row.reference_lookup): row for row in self._connection.execute(statement, wanted)}
        return {reference: rows[lookup] for reference, lookup in lookups.items() if lookup in rows}

    def add_payments(self, creditor: str, payments: Sequence[Payment]) -> None:
        if payments:
            self._connection.execute(_ADD, [self._row(creditor, payment) for payment in payments])

    def _row(self, creditor: str, payment: Payment) -> dict[str, Any]:
        return {
            "id": payment.id,
            "creditor": creditor,
            "reference_lookup": self._fields.lookup("payment", plain(payment.reference)),
            "reference": self._fields.seal(f"payments.reference:{payment.id}", payment.reference),
            "account_id": payment.account_id,
            "currency": payment.amount.currency,
            "amount": payment.amount.minor,
            "paid_on": payment.paid_on,
            "recorded_at": payment.recorded_at,
        }

    def _payment(self, row: Any) -> Payment:
        return Payment(
            id=row.id,
            account_id=row.account_id,
            reference=self._fields.open(f"payments.reference:{row.id}", row.reference),
            amount=Money.from_minor(row.amount, row.currency),
            paid_on=row.paid_on,
            recorded_at=row.recorded_at,
        )

    def agreed_upon(self, creditor: str) -> list[str]:
        return list(self._connection.execute(_AGREED_UPON, {"whose": creditor}).scalars())

    def lock_accounts(self, account_ids: Sequence[str]) -> None:
        if account_ids and self._session.dialect != "sqlite":
            self._connection.execute(_LOCK, {"ids": list(account_ids)}).all()

    def terms(self, account_ids: Sequence[str]) -> list[Terms]:
        ids = {"ids": list(account_ids)}
        plans = self._latest_plans(ids)
        promised = _by_account(promise_of(row) for row in self._connection.execute(_PROMISES, ids))
        paid = _by_account(self._payment(row) for row in self._connection.execute(_PAYMENTS, ids))
        zones = self._zones(
            {
                *(plan.borrower_id for plan in plans.values()),
                *(one.borrower_id for made in promised.values() for one in made),
            }
        )
        return [
            Terms(
                account=account_of(row, self._fields),
                plan=plans.get(row.id),
                promises=tuple(promised[row.id]),
                payments=tuple(paid[row.id]),
                zones=zones,
            )
            for row in self._connection.execute(_ACCOUNTS, ids)
        ]

    def _latest_plans(self, ids: Mapping[str, list[str]]) -> dict[str, Agreement]:
        """By account. Earlier agreements are over: what is paid now counts towards the latest."""
        latest = {row.account_id: row for row in self._connection.execute(_LATEST, ids)}
        standing = {account_id: row for account_id, row in latest.items() if row.status != "cancelled"}
        parts: dict[str, list[tuple[int, date, int]]] = defaultdict(list)
        wanted = {"ids": [row.id for row in standing.values()]}
        for agreement_id, *part in self._connection.execute(_INSTALMENTS, wanted):
            parts[agreement_id].append(tuple(part))
        return {account_id: agreement_of(row, parts[row.id]) for account_id, row in standing.items()}

    def _zones(self, ids: Iterable[str]) -> dict[str, str]:
        return {row[0]: row[1] for row in self._connection.execute(_ZONES, {"ids": list(ids)})}

    def settle_plan(self, agreement_id: str, standing: Standing) -> None:
        values = {"so_far": standing.paid.minor, "not_in": standing.missed, "new_status": standing.status}
        try:
            self._connection.execute(_SETTLE_PLAN, {"which": agreement_id, **values})
        except IntegrityError as error:
            raise PlanExists(f"of agreement {agreement_id}") from error

    def settle_promise(self, promise_id: str, status: PromiseStatus) -> None:
        self._connection.execute(_SETTLE_PROMISE, {"which": promise_id, "new_status": status})


def _by_account(found: Iterable[Any]) -> dict[str, list[Any]]:
    ordered: dict[str, list[Any]] = defaultdict(list)
    for one in found:
        ordered[one.account_id].append(one)
    return ordered
