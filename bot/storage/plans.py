"""Hardship reports, agreements with their instalments, and promises to pay."""

import json
from collections import defaultdict
from datetime import date
from typing import Any, get_args

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlalchemy.exc import IntegrityError

from bot.lending.affordability import Means, Range
from bot.lending.hardship import SENSITIVE, Hardship
from bot.lending.payments import Promise
from bot.lending.plans import Agreement, Instalment, PlanStatus, Schedule
from bot.lending.store import PlanExists
from bot.money import Money
from bot.record.chain import canonical
from bot.storage.columns import literal, per_dialect
from bot.storage.fields import Fields
from bot.storage.schema_lending import agreements, hardship_details, hardships, instalments, promises
from bot.storage.session import Session

_ADD_HARDSHIP, _ADD_DETAIL = sa.insert(hardships), sa.insert(hardship_details)
_LATEST_HARDSHIP = (
    sa.select(
        hardships, hardship_details.c.reason.label("sensitive_reason"), hardship_details.c.detail.label("detail")
    )
    .outerjoin(hardship_details, hardship_details.c.hardship_id == hardships.c.id)
    .where(hardships.c.borrower_id == bindparam("borrower"))
    .order_by(hardships.c.reported_at.desc(), hardships.c.id.desc())
    .limit(1)
)
_ADD_AGREEMENT = per_dialect(
    lambda insert: (
        insert(agreements)
        .on_conflict_do_nothing(index_elements=["account_id"], index_where=agreements.c.status == literal("live"))
        .returning(agreements.c.id)
    )
)
_ADD_INSTALMENTS = sa.insert(instalments)
_AGREEMENTS = (
    sa.select(agreements)
    .where(agreements.c.borrower_id == bindparam("borrower"))
    .order_by(agreements.c.agreed_at, agreements.c.id)
)
# The status stands in the text: SQLite plans a statement anew at each run when a partial index hangs on its value.
_OF_STATUS = {status: _AGREEMENTS.where(agreements.c.status == literal(status)) for status in get_args(PlanStatus)}
_INSTALMENTS = (
    sa.select(instalments.c.agreement_id, instalments.c.number, instalments.c.due, instalments.c.amount)
    .where(instalments.c.borrower_id == bindparam("borrower"))
    .order_by(instalments.c.agreement_id, instalments.c.number)
)
_SET_STATUS = (
    sa.update(agreements).where(agreements.c.id == bindparam("which")).values(status=bindparam("new_status"))
)
_ACCOUNT_OF = sa.select(agreements.c.account_id).where(agreements.c.id == bindparam("which"))
_ADD_PROMISE = sa.insert(promises)
_PROMISES = (
    sa.select(promises)
    .where(promises.c.borrower_id == bindparam("borrower"))
    .order_by(promises.c.made_at, promises.c.id)
)


class Plans:
    """The part of LendingStore about hardship, plans and payments."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._connection = session.connection
        self._fields = session.fields

    def add_hardship(self, hardship: Hardship) -> None:
        apart = hardship.reason in SENSITIVE
        row = {
            "id": hardship.id,
            "borrower_id": hardship.borrower_id,
            "reported_at": hardship.reported_at,
            "reason": None if apart else hardship.reason,
            "since": hardship.since,
            "means": self._fields.seal_bytes(f"hardships.means:{hardship.id}", canonical(_means(hardship.means))),
            "consent": hardship.consent,
            "evidence": list(hardship.evidence),
        }
        self._connection.execute(_ADD_HARDSHIP, row)
        if apart or hardship.detail is not None:
            self._connection.execute(_ADD_DETAIL, self._detail(hardship, apart))

    def _detail(self, hardship: Hardship, apart: bool) -> dict[str, Any]:
        return {
            "hardship_id": hardship.id,
            "reason": self._fields.seal(f"hardships.reason:{hardship.id}", hardship.reason if apart else None),
            "detail": self._fields.seal(f"hardships.detail:{hardship.id}", hardship.detail),
        }

    def latest_hardship(self, borrower_id: str) -> Hardship | None:
        row = self._connection.execute(_LATEST_HARDSHIP, {"borrower": borrower_id}).first()
        return _hardship(row, self._fields) if row else None

    def add_agreement(self, agreement: Agreement) -> None:
        row = _agreement_row(agreement)
        if self._connection.execute(_ADD_AGREEMENT[self._session.dialect], row).first() is None:
            raise PlanExists(agreement.account_id)
        self._connection.execute(
            _ADD_INSTALMENTS,
            [
                {
                    "borrower_id": agreement.borrower_id,
                    "agreement_id": agreement.id,
                    "number": each.number,
                    "due": each.due,
                    "amount": each.amount.minor,
                }
                for each in agreement.schedule.instalments
            ],
        )

    def agreements(self, borrower_id: str, status: PlanStatus | None = None) -> list[Agreement]:
        wanted = _AGREEMENTS if status is None else _OF_STATUS[status]
        rows = self._connection.execute(wanted, {"borrower": borrower_id}).all()
        if not rows:
            return []
        parts: dict[str, list[tuple[int, date, int]]] = defaultdict(list)
        for agreement_id, *part in self._connection.execute(_INSTALMENTS, {"borrower": borrower_id}):
            parts[agreement_id].append(tuple(part))
        return [agreement_of(row, parts[row.id]) for row in rows]

    def set_agreement_status(self, agreement_id: str, status: PlanStatus) -> None:
        try:
            self._connection.execute(_SET_STATUS, {"which": agreement_id, "new_status": status})
        except IntegrityError as error:
            raise PlanExists(f"of agreement {agreement_id}") from error

    def add_promise(self, promise: Promise) -> None:
        row = {name: getattr(promise, name) for name in Promise.__slots__}
        row["currency"], row["amount"] = promise.amount.currency, promise.amount.minor
        self._connection.execute(_ADD_PROMISE, row)

    def promises(self, borrower_id: str) -> list[Promise]:
        return [promise_of(row) for row in self._connection.execute(_PROMISES, {"borrower": borrower_id})]


def _means(means: Means) -> dict[str, Any]:
    def amounts(stated: Range | None) -> list[Any] | None:
        return None if stated is None else [stated.low.minor, stated.high.minor, stated.low.currency]

    return {
        name: value if name == "payday" else amounts(value)
        for name in Means.__slots__
        if (value := getattr(means, name)) is not None
    }


def _read_means(body: dict[str, Any]) -> Means:
    def amounts(low: int, high: int, currency: str) -> Range:
        return Range(Money.from_minor(low, currency), Money.from_minor(high, currency))

    values: dict[str, Any] = {name: value if name == "payday" else amounts(*value) for name, value in body.items()}
    return Means(**values)


def _hardship(row: sa.Row[Any], fields: Fields) -> Hardship:
    means = _read_means(json.loads(fields.open_bytes(f"hardships.means:{row.id}", row.means)))
    sensitive: Any = fields.open_optional(f"hardships.reason:{row.id}", row.sensitive_reason)
    return Hardship(
        id=row.id,
        borrower_id=row.borrower_id,
        reported_at=row.reported_at,
        reason=sensitive or row.reason,
        since=row.since,
        means=means,
        detail=fields.open_optional(f"hardships.detail:{row.id}", row.detail),
        consent=row.consent,
        evidence=tuple(row.evidence),
    )


def _agreement_row(agreement: Agreement) -> dict[str, Any]:
    same = (
        "id",
        "borrower_id",
        "account_id",
        "status",
        "missed",
        "agreed_at",
        "locale",
        "channel",
        "words",
        "policy_version",
        "rule",
        "grace_days",
        "missed_before_broken",
    )
    schedule = agreement.schedule
    return {name: getattr(agreement, name) for name in same} | {
        "currency": schedule.total.currency,
        "total": schedule.total.minor,
        "added": schedule.added.minor,
        "paid": agreement.paid.minor,
        "frequency": schedule.frequency,
    }


def agreement_of(row: sa.Row[Any], parts: list[tuple[int, date, int]]) -> Agreement:
    def money(minor: int) -> Money:
        return Money.from_minor(minor, row.currency)

    schedule = Schedule(
        frequency=row.frequency,
        instalments=tuple(Instalment(number, due, money(amount)) for number, due, amount in parts),
        total=money(row.total),
        added=money(row.added),
    )
    return Agreement(
        id=row.id,
        account_id=row.account_id,
        borrower_id=row.borrower_id,
        schedule=schedule,
        status=row.status,
        agreed_at=row.agreed_at,
        locale=row.locale,
        channel=row.channel,
        words=row.words,
        policy_version=row.policy_version,
        rule=row.rule,
        paid=money(row.paid),
        missed=row.missed,
        grace_days=row.grace_days,
        missed_before_broken=row.missed_before_broken,
    )


def promise_of(row: sa.Row[Any]) -> Promise:
    return Promise(
        id=row.id,
        account_id=row.account_id,
        borrower_id=row.borrower_id,
        amount=Money.from_minor(row.amount, row.currency),
        due=row.due,
        made_at=row.made_at,
        status=row.status,
    )
