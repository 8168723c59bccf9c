"""Borrowers, their accounts, and the import that brings both."""

from collections import namedtuple
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.lending.debts import Account
from bot.lending.identity import Borrower, Role
from bot.storage.columns import per_dialect
from bot.storage.fields import plain
from bot.storage.people_rows import account_of, account_row, borrower_of, borrower_row
from bot.storage.schema_lending import accounts, borrowers, parties
from bot.storage.session import Session

# A turn that asks for a borrower nearly always asks for their accounts too: one statement reads both.
_BORROWER = (
    sa.select(*borrowers.c, *accounts.c, parties.c.role)
    .outerjoin(parties, parties.c.borrower_id == borrowers.c.id)
    .outerjoin(accounts, accounts.c.id == parties.c.account_id)
    .where(borrowers.c.id == bindparam("borrower"))
    .order_by(accounts.c.overdue_since.nulls_last(), accounts.c.id)
)
_BorrowerRow = namedtuple("_BorrowerRow", [column.name for column in borrowers.c])  # type: ignore[misc]
_AccountRow = namedtuple("_AccountRow", [column.name for column in accounts.c])  # type: ignore[misc]
_BY_REFERENCE = sa.select(borrowers).where(
    borrowers.c.creditor.in_(bindparam("creditors", expanding=True)),
    borrowers.c.reference_lookup == bindparam("lookup"),
)
_BY_PHONE = (
    sa.select(borrowers)
    .where(
        borrowers.c.creditor.in_(bindparam("creditors", expanding=True)),
        borrowers.c.phone_lookup.in_(bindparam("lookups", expanding=True)),
    )
    .order_by(borrowers.c.id)
)
_LOCK_BORROWER = (
    sa.select(borrowers.c.id).where(borrowers.c.id == bindparam("borrower")).with_for_update(key_share=True)
)
_LOCK_ACCOUNTS = (
    sa.select(accounts.c.id)
    .join(parties, parties.c.account_id == accounts.c.id)
    .where(parties.c.borrower_id == bindparam("borrower"))
    .order_by(accounts.c.id)
    .with_for_update(key_share=True, of=accounts)
)
_ACCOUNT = sa.select(accounts).where(accounts.c.id == bindparam("account"))


def _known(table: sa.Table) -> sa.Select[Any]:
    return sa.select(table.c.reference_lookup, table.c.id).where(
        table.c.creditor == bindparam("whose"),
        table.c.reference_lookup.in_(bindparam("lookups", expanding=True)),
    )


def _replace(table: sa.Table) -> dict[str, Any]:
    kept = {"id", "creditor", "reference_lookup"}
    return per_dialect(
        lambda insert: (new := insert(table)).on_conflict_do_update(
            index_elements=["creditor", "reference_lookup"],
            set_={column.name: new.excluded[column.name] for column in table.c if column.name not in kept},
        )
    )


_KNOWN_BORROWERS, _KNOWN_ACCOUNTS = _known(borrowers), _known(accounts)
_REPLACE_BORROWERS, _REPLACE_ACCOUNTS = _replace(borrowers), _replace(accounts)
_REPLACE_PARTIES = per_dialect(
    lambda insert: (new := insert(parties)).on_conflict_do_update(
        index_elements=["borrower_id", "account_id"], set_={"role": new.excluded.role}
    )
)


class People:
    """The part of LendingStore about people and debts.

    A transaction reads a person and their figures once, so that all that it says comes from one statement;
    a lock reads them anew.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._connection = session.connection
        self._fields = session.fields
        self._borrowers: dict[str, Borrower | None] = {}
        self._accounts: dict[str, list[tuple[Account, Role]]] = {}

    def _forget(self) -> None:
        self._borrowers.clear()
        self._accounts.clear()

    def borrower(self, borrower_id: str) -> Borrower | None:
        if borrower_id not in self._borrowers:
            self._read_person(borrower_id)
        return self._borrowers[borrower_id]

    def _read_person(self, borrower_id: str) -> None:
        rows = self._connection.execute(_BORROWER, {"borrower": borrower_id}).all()
        own, last = len(_BorrowerRow._fields), len(_BorrowerRow._fields) + len(_AccountRow._fields)
        self._borrowers[borrower_id] = borrower_of(_BorrowerRow(*rows[0][:own]), self._fields) if rows else None
        self._accounts[borrower_id] = [
            (account_of(_AccountRow(*row[own:last]), self._fields), row.role)
            for row in rows
            if row.role is not None
        ]

    def borrower_by_reference(self, creditors: Sequence[str], reference: str) -> Borrower | None:
        lookup = self._fields.lookup("borrower", plain(reference))
        rows = self._connection.execute(_BY_REFERENCE, {"creditors": list(creditors), "lookup": lookup}).all()
        first = min(rows, key=lambda row: creditors.index(row.creditor), default=None)
        return borrower_of(first, self._fields) if first else None

    def borrowers_by_phone(self, creditors: Sequence[str], forms: Sequence[str]) -> list[Borrower]:
        lookups = [self._fields.lookup("phone", form) for form in forms if form]
        rows = self._connection.execute(_BY_PHONE, {"creditors": list(creditors), "lookups": lookups}).all()
        found = [borrower_of(row, self._fields) for row in rows]
        return sorted(found, key=lambda borrower: creditors.index(borrower.creditor))

    def lock_borrower(self, borrower_id: str) -> None:
        self._forget()
        if self._session.dialect == "sqlite":
            return  # the transaction already holds the only write lock
        self._connection.execute(_LOCK_BORROWER, {"borrower": borrower_id})
        self._connection.execute(_LOCK_ACCOUNTS, {"borrower": borrower_id}).all()

    def accounts(self, borrower_id: str) -> list[tuple[Account, Role]]:
        if borrower_id not in self._accounts:
            self._read_person(borrower_id)
        return list(self._accounts[borrower_id])

    def account(self, account_id: str) -> Account | None:
        row = self._connection.execute(_ACCOUNT, {"account": account_id}).first()
        return account_of(row, self._fields) if row else None

    def import_portfolio(
        self, creditor: str, rows: Sequence[tuple[Borrower, Sequence[tuple[Account, Role]]]]
    ) -> tuple[int, int]:
        if not rows:
            return 0, 0
        self._forget()
        people = {self._lookup("borrower", borrower.reference): borrower for borrower, _ in rows}
        debts = {self._lookup("account", account.reference): account for _, owned in rows for account, _ in owned}
        ids = self._ids(_KNOWN_BORROWERS, creditor, people)
        account_ids = self._ids(_KNOWN_ACCOUNTS, creditor, debts)
        known = len(account_ids)
        _add_new(ids, people)
        _add_new(account_ids, debts)
        dialect = self._session.dialect
        self._connection.execute(
            _REPLACE_BORROWERS[dialect],
            [borrower_row(person, ids[key], creditor, key, self._fields) for key, person in people.items()],
        )
        if debts:
            self._connection.execute(
                _REPLACE_ACCOUNTS[dialect],
                [account_row(debt, account_ids[key], creditor, key, self._fields) for key, debt in debts.items()],
            )
            self._connection.execute(_REPLACE_PARTIES[dialect], self._parties(rows, ids, account_ids))
        return len(debts) - known, known

    def _parties(
        self,
        rows: Sequence[tuple[Borrower, Sequence[tuple[Account, Role]]]],
        ids: Mapping[bytes, str],
        account_ids: Mapping[bytes, str],
    ) -> list[dict[str, str]]:
        roles = {
            (
                ids[self._lookup("borrower", borrower.reference)],
                account_ids[self._lookup("account", account.reference)],
            ): role
            for borrower, owned in rows
            for account, role in owned
        }
        return [
            {"borrower_id": borrower_id, "account_id": account_id, "role": role}
            for (borrower_id, account_id), role in roles.items()
        ]

    def _ids(self, statement: sa.Select[Any], creditor: str, wanted: Mapping[bytes, object]) -> dict[bytes, str]:
        if not wanted:
            return {}
        found = self._connection.execute(statement, {"whose": creditor, "lookups": list(wanted)})
        return {bytes(row[0]): row[1] for row in found}

    def _lookup(self, domain: str, reference: str) -> bytes:
        return self._fields.lookup(domain, plain(reference))


def _add_new(ids: dict[bytes, str], records: Mapping[bytes, Borrower] | Mapping[bytes, Account]) -> None:
    for key, record in records.items():
        ids.setdefault(key, record.id)
