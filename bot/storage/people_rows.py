"""Borrowers and accounts as rows: personal data sealed, amounts as minor units."""

from datetime import date
from decimal import Decimal
from typing import Any

from bot.lending.debts import Account, Charge, InterestTerm, Statement
from bot.lending.identity import Borrower
from bot.lending.phones import digits
from bot.money import Money
from bot.storage.fields import Fields


def borrower_row(
    borrower: Borrower, borrower_id: str, creditor: str, lookup: bytes, fields: Fields
) -> dict[str, Any]:
    return {
        "id": borrower_id,
        "creditor": creditor,
        "reference_lookup": lookup,
        "reference": fields.seal(f"borrowers.reference:{borrower_id}", borrower.reference),
        "name": fields.seal(f"borrowers.name:{borrower_id}", borrower.name),
        "birth_date": fields.seal(f"borrowers.birth_date:{borrower_id}", borrower.birth_date.isoformat()),
        "document_last4": fields.seal(f"borrowers.document_last4:{borrower_id}", borrower.document_last4),
        "phone": fields.seal(f"borrowers.phone:{borrower_id}", borrower.phone),
        "phone_lookup": None if borrower.phone is None else fields.lookup("phone", digits(borrower.phone)),
        "residence": borrower.residence,
        "time_zone": borrower.time_zone,
        "time_zone_source": borrower.time_zone_source,
        "locale": borrower.locale,
        "invented": list(borrower.invented),
    }


def borrower_of(row: Any, fields: Fields) -> Borrower:
    return Borrower(
        id=row.id,
        creditor=row.creditor,
        reference=fields.open(f"borrowers.reference:{row.id}", row.reference),
        name=fields.open(f"borrowers.name:{row.id}", row.name),
        birth_date=date.fromisoformat(fields.open(f"borrowers.birth_date:{row.id}", row.birth_date)),
        document_last4=fields.open(f"borrowers.document_last4:{row.id}", row.document_last4),
        residence=row.residence,
        time_zone=row.time_zone,
        time_zone_source=row.time_zone_source,
        locale=row.locale,
        phone=fields.open_optional(f"borrowers.phone:{row.id}", row.phone),
        invented=tuple(row.invented),
    )


def account_row(account: Account, account_id: str, creditor: str, lookup: bytes, fields: Fields) -> dict[str, Any]:
    told = account.statement
    return {
        "id": account_id,
        "creditor": creditor,
        "reference_lookup": lookup,
        "reference": fields.seal(f"accounts.reference:{account_id}", account.reference),
        "product": account.product,
        "currency": account.currency,
        "jurisdiction": account.jurisdiction,
        "opened_on": account.opened_on,
        "original_creditor": account.original_creditor,
        "judgment": account.judgment,
        "limitation_from": account.limitation_from,
        "as_of": told.as_of,
        "total": told.total.minor,
        "principal": told.principal.minor,
        "interest": told.interest.minor,
        "fees": told.fees.minor,
        "overdue": told.overdue.minor,
        "overdue_since": told.overdue_since,
        "next_due": told.next_due,
        "last_payment": None if told.last_payment is None else told.last_payment.minor,
        "last_payment_on": told.last_payment_on,
        "terms": _terms(told),
    }


def _terms(told: Statement) -> dict[str, Any]:
    """What of a statement is never searched for: amounts as minor units, the rate as decimal text."""
    terms: dict[str, Any] = {}
    if told.reported_missed:
        terms["reported_missed"] = told.reported_missed
    if told.late_fees:
        terms["late_fees"] = [[fee.on.isoformat(), fee.amount.minor] for fee in told.late_fees]
    if (term := told.interest_term) is not None:
        terms["interest"] = [term.principal.minor, str(term.daily_rate), term.since.isoformat(), term.days]
    return terms


def account_of(row: Any, fields: Fields) -> Account:
    return Account(
        id=row.id,
        creditor=row.creditor,
        reference=fields.open(f"accounts.reference:{row.id}", row.reference),
        product=row.product,
        currency=row.currency,
        jurisdiction=row.jurisdiction,
        statement=_statement(row),
        opened_on=row.opened_on,
        original_creditor=row.original_creditor,
        judgment=row.judgment,
        limitation_from=row.limitation_from,
    )


def _statement(row: Any) -> Statement:
    def money(minor: int) -> Money:
        return Money.from_minor(minor, row.currency)

    interest = row.terms.get("interest")
    return Statement(
        as_of=row.as_of,
        total=money(row.total),
        principal=money(row.principal),
        interest=money(row.interest),
        fees=money(row.fees),
        overdue=money(row.overdue),
        overdue_since=row.overdue_since,
        next_due=row.next_due,
        last_payment=None if row.last_payment is None else money(row.last_payment),
        last_payment_on=row.last_payment_on,
        interest_term=interest
        and InterestTerm(money(interest[0]), Decimal(interest[1]), date.fromisoformat(interest[2]), interest[3]),
        late_fees=tuple(
            Charge(date.fromisoformat(on), money(amount)) for on, amount in row.terms.get("late_fees", ())
        ),
        reported_missed=row.terms.get("reported_missed", 0),
    )
