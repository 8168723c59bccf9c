"""Disputes, and what borrowers want considered: when to write to them, what helps them."""

import json
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.lending.contact_rules import Preference
from bot.lending.disputes import Dispute, Outcome
from bot.lending.policy_rules import Hours
from bot.lending.support import Support
from bot.storage.columns import literal, per_dialect
from bot.storage.fields import Fields, plain
from bot.storage.schema_lending import accounts, contact_preferences, disputes, parties, support_notes
from bot.storage.session import Session

_ADD = sa.insert(disputes)
_OF_BORROWER = (
    sa.select(disputes)
    .where(disputes.c.borrower_id == bindparam("borrower"))
    .order_by(disputes.c.raised_at, disputes.c.id)
)
_OF_ADDRESS = (
    sa.select(disputes)
    .where(disputes.c.address == bindparam("whence"), disputes.c.borrower_id.is_(None))
    .order_by(disputes.c.raised_at, disputes.c.id)
)
_ADOPT = (
    sa.update(disputes)
    .where(disputes.c.address == bindparam("whence"), disputes.c.borrower_id.is_(None))
    .values(borrower_id=bindparam("borrower"))
)
_SETTLE = (
    sa.update(disputes)
    .where(disputes.c.id == bindparam("which"), disputes.c.status == literal("open"))
    .values(status=bindparam("outcome"), settled_at=bindparam("at"))
)
_PREFERENCE = sa.select(contact_preferences).where(contact_preferences.c.borrower_id == bindparam("borrower"))
_FORGET_PREFERENCE = sa.delete(contact_preferences).where(contact_preferences.c.borrower_id == bindparam("whose"))
_SUPPORT = sa.select(support_notes).where(support_notes.c.borrower_id == bindparam("borrower"))


_PARTIES = (
    sa.select(accounts.c.id, parties.c.borrower_id)
    .join(parties, parties.c.account_id == accounts.c.id, isouter=True)
    .where(accounts.c.creditor == bindparam("whose"), accounts.c.reference_lookup == bindparam("lookup"))
    .order_by(parties.c.borrower_id)
)


def _put(table: sa.Table) -> dict[str, Any]:
    return per_dialect(
        lambda insert: (new := insert(table)).on_conflict_do_update(
            index_elements=["borrower_id"],
            set_={column.name: new.excluded[column.name] for column in table.c if column.name != "borrower_id"},
        )
    )


_PUT_PREFERENCE, _PUT_SUPPORT = _put(contact_preferences), _put(support_notes)


class Disputes:
    """The part of LendingStore about disputes, contact preferences and support."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._fields = session.fields

    def add_dispute(self, dispute: Dispute) -> None:
        row: dict[str, Any] = {name: getattr(dispute, name) for name in Dispute.__slots__}
        words = dispute.words.encode("utf-8", "replace")
        row["words"] = self._fields.seal_bytes(f"disputes.words:{dispute.id}", words)
        self._connection.execute(_ADD, row)

    def disputes(self, borrower_id: str) -> list[Dispute]:
        return self._disputes(_OF_BORROWER, {"borrower": borrower_id})

    def disputes_from(self, address: str) -> list[Dispute]:
        return self._disputes(_OF_ADDRESS, {"whence": address})

    def adopt_disputes(self, address: str, borrower_id: str) -> None:
        self._connection.execute(_ADOPT, {"whence": address, "borrower": borrower_id})

    def settle_dispute(self, dispute_id: str, outcome: Outcome, at: datetime) -> None:
        self._connection.execute(_SETTLE, {"which": dispute_id, "outcome": outcome, "at": at})

    def concerned(self, creditor: str, account: str) -> tuple[str, list[str]]:
        found = self._connection.execute(
            _PARTIES, {"whose": creditor, "lookup": self._fields.lookup("account", plain(account))}
        )
        rows = found.all()
        if not rows:
            raise KeyError(account)
        return rows[0].id, [row.borrower_id for row in rows if row.borrower_id]

    def contact_preference(self, borrower_id: str) -> Preference | None:
        row = self._connection.execute(_PREFERENCE, {"borrower": borrower_id}).first()
        return _preference(row) if row else None

    def set_contact_preference(self, borrower_id: str, preference: Preference | None) -> None:
        if preference is None:
            self._connection.execute(_FORGET_PREFERENCE, {"whose": borrower_id})
            return
        hours = preference.hours
        row = {
            "borrower_id": borrower_id,
            "opens": hours.opens.isoformat("minutes") if hours else None,
            "closes": hours.closes.isoformat("minutes") if hours else None,
            "days": list(preference.days),
            "stated_at": preference.stated_at,
        }
        self._connection.execute(_PUT_PREFERENCE[self._connection.dialect.name], row)

    def support(self, borrower_id: str) -> Support | None:
        row = self._connection.execute(_SUPPORT, {"borrower": borrower_id}).first()
        return _support(row, self._fields) if row else None

    def note_support(self, support: Support) -> None:
        """Health and the like: sealed, as the details of a hardship are."""
        told = json.dumps({"needs": support.needs, "help": support.help}).encode()
        row = {
            "borrower_id": support.borrower_id,
            "told": self._fields.seal_bytes(f"support_notes.told:{support.borrower_id}", told),
            "noted_at": support.noted_at,
        }
        self._connection.execute(_PUT_SUPPORT[self._connection.dialect.name], row)

    def _disputes(self, statement: sa.Select[Any], wanted: dict[str, str]) -> list[Dispute]:
        return [_dispute(row, self._fields) for row in self._connection.execute(statement, wanted)]


def _dispute(row: sa.Row[Any], fields: Fields) -> Dispute:
    values = dict(row._mapping)
    values["words"] = fields.open(f"disputes.words:{row.id}", row.words)
    return Dispute(**values)


def _preference(row: sa.Row[Any]) -> Preference:
    hours = None
    if row.opens and row.closes:
        hours = Hours(opens=time.fromisoformat(row.opens), closes=time.fromisoformat(row.closes))
    return Preference(row.borrower_id, hours, tuple(row.days), row.stated_at)


def _support(row: sa.Row[Any], fields: Fields) -> Support:
    told = json.loads(fields.open(f"support_notes.told:{row.borrower_id}", row.told))
    needs: Sequence[Any] = told["needs"]
    return Support(row.borrower_id, tuple(needs), told["help"], row.noted_at)
