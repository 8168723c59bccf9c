"""Offers of staff, approvals of them, referrals."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.desk.acting_store import Approval, Referral
from bot.lending.plans import Instalment, Schedule
from bot.lending.staff_offers import StaffOffer, Waiver
from bot.money import Money
from bot.storage.columns import literal
from bot.storage.schema_acting import approvals, referrals, staff_offers
from bot.storage.session import Session

# As they stand in the row; money and the schedule are written in columns of their own.
_PLAIN = (
    "id", "case_id", "conversation_id", "borrower_id", "account_id", "made_by", "made_at", "figures", "rule",
    "policy_version", "expires_at",
)  # fmt: skip
# What changes of a record once it is made.
_OF_OFFER = ("status", "seq", "words", "ended_at", "ended_why", "agreement_id")
_OF_APPROVAL = ("status", "decided_by", "decided_at", "decision")
_OF_REFERRAL = ("status", "outcome", "closed_by", "closed_at")


def _saving(table: sa.Table, names: Sequence[str]) -> sa.Update:
    return (
        sa.update(table)
        .where(table.c.id == bindparam("which"))
        .values({name: bindparam(f"new_{name}") for name in names})
    )


def _saved(record: StaffOffer | Approval | Referral, names: Sequence[str]) -> dict[str, Any]:
    """The values for `_saving`."""
    return {"which": record.id, **{f"new_{name}": getattr(record, name) for name in names}}


_OPEN = staff_offers.c.status.in_([literal("asked"), literal("approved"), literal("sent")])

_ADD_OFFER = sa.insert(staff_offers)
_SAVE_OFFER = _saving(staff_offers, _OF_OFFER)
_OFFER = sa.select(staff_offers).where(staff_offers.c.id == bindparam("which"))
_NEWEST = (staff_offers.c.made_at.desc(), staff_offers.c.id)
_OF_BORROWER = sa.select(staff_offers).where(staff_offers.c.borrower_id == bindparam("borrower")).order_by(*_NEWEST)
_OPEN_OF_CASE = sa.select(staff_offers).where(staff_offers.c.case_id == bindparam("case"), _OPEN).order_by(*_NEWEST)
_SHOWN = (
    sa.select(staff_offers)
    .where(staff_offers.c.conversation_id == bindparam("conversation"), staff_offers.c.seq.is_not(None))
    .order_by(staff_offers.c.seq.desc())
)

_ADD_APPROVAL = sa.insert(approvals)
_APPROVAL = sa.select(approvals).where(approvals.c.id == bindparam("which"))
_OF_OFFERS = (
    sa.select(approvals)
    .where(approvals.c.offer_id.in_(bindparam("offers", expanding=True)))
    .order_by(approvals.c.asked_at.desc(), approvals.c.id)
)
_WAITING = (
    sa.select(approvals).where(approvals.c.status == literal("open")).order_by(approvals.c.asked_at, approvals.c.id)
)
_SAVE_APPROVAL = _saving(approvals, _OF_APPROVAL)

_ADD_REFERRAL = sa.insert(referrals)
_REFERRAL = sa.select(referrals).where(referrals.c.id == bindparam("which"))
_REFERRALS = sa.select(referrals).order_by(referrals.c.opened_at.desc(), referrals.c.id)
_REFERRALS_OF = _REFERRALS.where(referrals.c.borrower_id == bindparam("borrower"))
_SAVE_REFERRAL = _saving(referrals, _OF_REFERRAL)


class Acting:
    """Implements ActingStore."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection

    def add_offer(self, offer: StaffOffer) -> None:
        self._connection.execute(_ADD_OFFER, _offer_row(offer))

    def save_offer(self, offer: StaffOffer) -> None:
        self._connection.execute(_SAVE_OFFER, _saved(offer, _OF_OFFER))

    def offer(self, offer_id: str) -> StaffOffer | None:
        return next(iter(self._offers(_OFFER, which=offer_id)), None)

    def offers(self, borrower_id: str) -> list[StaffOffer]:
        return self._offers(_OF_BORROWER, borrower=borrower_id)

    def open_offers(self, case_id: str) -> list[StaffOffer]:
        return self._offers(_OPEN_OF_CASE, case=case_id)

    def shown_in(self, conversation_id: str) -> list[StaffOffer]:
        return self._offers(_SHOWN, conversation=conversation_id)

    def _offers(self, statement: sa.Select[Any], **wanted: str) -> list[StaffOffer]:
        return [_offer(row) for row in self._connection.execute(statement, wanted)]

    def add_approval(self, approval: Approval) -> None:
        self._connection.execute(_ADD_APPROVAL, {**_fields(approval), "needs": list(approval.needs)})

    def save_approval(self, approval: Approval) -> None:
        self._connection.execute(_SAVE_APPROVAL, _saved(approval, _OF_APPROVAL))

    def approval(self, approval_id: str) -> Approval | None:
        row = self._connection.execute(_APPROVAL, {"which": approval_id}).first()
        return _approval(row) if row else None

    def approvals(self, offer_ids: Sequence[str]) -> list[Approval]:
        if not offer_ids:
            return []
        return [_approval(row) for row in self._connection.execute(_OF_OFFERS, {"offers": list(offer_ids)})]

    def waiting_approvals(self) -> list[Approval]:
        return [_approval(row) for row in self._connection.execute(_WAITING)]

    def add_referral(self, referral: Referral) -> None:
        self._connection.execute(_ADD_REFERRAL, _fields(referral))

    def save_referral(self, referral: Referral) -> None:
        self._connection.execute(_SAVE_REFERRAL, _saved(referral, _OF_REFERRAL))

    def referral(self, referral_id: str) -> Referral | None:
        row = self._connection.execute(_REFERRAL, {"which": referral_id}).first()
        return _referral(row) if row else None

    def referrals(self, borrower_id: str | None = None) -> list[Referral]:
        if borrower_id is None:
            return [_referral(row) for row in self._connection.execute(_REFERRALS)]
        return [_referral(row) for row in self._connection.execute(_REFERRALS_OF, {"borrower": borrower_id})]


def _fields(record: Approval | Referral) -> dict[str, Any]:
    return {name: getattr(record, name) for name in type(record).__slots__}


def _offer_row(offer: StaffOffer) -> dict[str, Any]:
    schedule = offer.schedule
    return {
        **{name: getattr(offer, name) for name in (*_PLAIN, *_OF_OFFER)},
        "currency": schedule.total.currency,
        "frequency": schedule.frequency,
        "instalments": [[row.due.isoformat(), row.amount.minor] for row in schedule.instalments],
        "total": schedule.total.minor,
        "added": schedule.added.minor,
        **{f"waived_{part}": amount.minor for part, amount in offer.waiver.parts.items()},
        "shortfall": offer.shortfall.minor,
    }


def _offer(row: sa.Row[Any]) -> StaffOffer:
    def money(units: int) -> Money:
        return Money.from_minor(units, row.currency)

    rows = tuple(
        Instalment(number, date.fromisoformat(due), money(units))
        for number, (due, units) in enumerate(row.instalments, 1)
    )
    return StaffOffer(
        **{name: getattr(row, name) for name in (*_PLAIN, *_OF_OFFER)},
        schedule=Schedule(row.frequency, rows, money(row.total), money(row.added)),
        waiver=Waiver(money(row.waived_fees), money(row.waived_interest), money(row.waived_principal)),
        shortfall=money(row.shortfall),
    )


def _approval(row: sa.Row[Any]) -> Approval:
    kept = {name: getattr(row, name) for name in Approval.__slots__}
    return Approval(**{**kept, "needs": tuple(row.needs)})


def _referral(row: sa.Row[Any]) -> Referral:
    return Referral(**{name: getattr(row, name) for name in Referral.__slots__})
