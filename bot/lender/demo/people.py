"""Reads `portfolio.yml` and makes borrowers, accounts, plans and disputes of it, as of today."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.clock import Clock, local_date
from bot.lending.debts import Account, Charge, InterestTerm, Statement
from bot.lending.disputes import Dispute
from bot.lending.holds import Hold
from bot.lending.identity import Borrower, Role
from bot.lending.payments import Payment
from bot.lending.plans import Agreement, Instalment, Schedule
from bot.lending.store import LendingStore
from bot.money import Money, total

PORTFOLIO = Path(__file__).with_name("portfolio.yml")
DISPUTE_DAYS = 28
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """What the start page shows of a demo borrower, and what the store is given."""

    speaker: str
    borrower: Borrower
    latin: str
    situation: str
    accounts: tuple[Account, ...]
    plan: Mapping[str, Any] | None
    dispute: Mapping[str, Any] | None


def people(clock: Clock) -> list[DemoPerson]:
    """All demo borrowers, with figures as of today where each of them lives."""
    return [_person(entry, clock) for entry in _portfolio()]


def newcomer(like: int, reference: str, name: str, times: Decimal, later: int, clock: Clock) -> DemoPerson:
    """Somebody as the demo's person number `like`, with debts `times` as large and `later` days older.

    Who has a plan or a dispute keeps their own figures, which belong to it.
    """
    entries = _portfolio()
    entry = {**entries[like % len(entries)], "reference": reference, "name": name, "latin": name}
    if not entry.get("plan") and not entry.get("dispute"):
        entry["accounts"] = [_grown(account, times, later) for account in entry["accounts"]]
    return _person(entry, clock)


def _grown(account: Mapping[str, Any], times: Decimal, later: int) -> dict[str, Any]:
    def larger(amount: str) -> str:
        return str((Decimal(amount) * times).quantize(Decimal(1) if "." not in amount else CENT))

    grown = {**account, "principal": larger(account["principal"])}
    grown["late_fees"] = [[amount, days + later] for amount, days in account["late_fees"]]
    grown |= {name: account[name] + later for name in ("overdue_days", "interest_days") if name in account}
    if "overdue" in account:
        grown["overdue"] = larger(account["overdue"])
    if "last_payment" in account:
        grown["last_payment"] = [account["last_payment"][0], account["last_payment"][1] + later]
    return grown


@cache
def _portfolio() -> Sequence[Mapping[str, Any]]:
    entries: list[Mapping[str, Any]] = yaml.load(PORTFOLIO.read_text("utf-8"), yaml.CSafeLoader)
    return entries


def load(lending: LendingStore, clock: Clock) -> None:
    """Put the demo into the store; safe to run again: what is there keeps its ids, plans and chats."""
    for person in people(clock):
        settle(lending, person, clock)


def settle(lending: LendingStore, person: DemoPerson, clock: Clock) -> Borrower:
    """Put one person into the store, with their plan and dispute; returns them as they are kept there."""
    roles: Sequence[tuple[Account, Role]] = [(account, "borrower") for account in person.accounts]
    lending.import_portfolio(person.borrower.creditor, [(person.borrower, roles)])
    borrower = lending.borrower_by_reference([person.borrower.creditor], person.borrower.reference)
    assert borrower is not None
    accounts = {account.reference: account for account, _ in lending.accounts(borrower.id)}
    if person.plan and not lending.agreements(borrower.id):
        plan = _agreement(person.plan, accounts[person.plan["account"]], borrower, clock)
        lending.add_agreement(plan)
        lending.add_payments(borrower.creditor, _paid(plan, person.plan["paid"], clock))
    if person.dispute and not lending.disputes(borrower.id):
        _add_dispute(lending, person.dispute, accounts[person.dispute["account"]], borrower, clock)
    return borrower


def _person(entry: Mapping[str, Any], clock: Clock) -> DemoPerson:
    today = local_date(clock, entry["time_zone"])
    borrower = Borrower(
        id=uuid.uuid4().hex,
        creditor=entry["creditor"],
        reference=entry["reference"],
        name=entry["name"],
        birth_date=entry["birth_date"],
        document_last4=entry["document_last4"],
        residence=entry["residence"],
        time_zone=entry["time_zone"],
        time_zone_source="lender",
        locale=entry["locale"],
        phone=entry.get("phone"),
    )
    return DemoPerson(
        speaker=entry["speaker"],
        borrower=borrower,
        latin=entry.get("latin", entry["name"]),
        situation=entry["situation"],
        accounts=tuple(_account(account, entry["creditor"], today) for account in entry["accounts"]),
        plan=entry.get("plan"),
        dispute=entry.get("dispute"),
    )


def _account(entry: Mapping[str, Any], creditor: str, today: date) -> Account:
    def ago(key: str) -> date | None:
        return today - timedelta(days=entry[key]) if key in entry else None

    return Account(
        id=uuid.uuid4().hex,
        creditor=creditor,
        reference=entry["reference"],
        product=entry["product"],
        currency=entry["currency"],
        jurisdiction=entry["jurisdiction"],
        statement=_statement(entry, today),
        opened_on=ago("opened_days"),
        original_creditor=entry.get("original_creditor"),
        limitation_from=ago("limitation_days"),
    )


def _statement(entry: Mapping[str, Any], today: date) -> Statement:
    currency = entry["currency"]
    principal = Money.of(entry["principal"], currency)
    fees = tuple(
        Charge(today - timedelta(days=days), Money.of(amount, currency)) for amount, days in entry["late_fees"]
    )
    term = _interest(entry, principal, today)
    interest = (principal * (term.daily_rate * term.days)).rounded(CENT) if term else Money.zero(currency)
    owed = principal + interest + total((fee.amount for fee in fees), currency)
    paid, paid_days = entry.get("last_payment", (None, 0))
    return Statement(
        as_of=today,
        total=owed,
        principal=principal,
        interest=interest,
        fees=total((fee.amount for fee in fees), currency),
        overdue=Money.of(entry["overdue"], currency) if "overdue" in entry else owed,
        overdue_since=today - timedelta(days=entry["overdue_days"]),
        last_payment=Money.of(paid, currency) if paid else None,
        last_payment_on=today - timedelta(days=paid_days) if paid else None,
        interest_term=term,
        late_fees=fees,
        reported_missed=entry.get("reported_missed", 0),
    )


def _interest(entry: Mapping[str, Any], principal: Money, today: date) -> InterestTerm | None:
    if "daily_rate" not in entry:
        return None
    days = entry["interest_days"]
    return InterestTerm(principal, Decimal(entry["daily_rate"]), today - timedelta(days=days), days)


def _agreement(plan: Mapping[str, Any], account: Account, borrower: Borrower, clock: Clock) -> Agreement:
    amount = Money.of(plan["instalment"], account.currency)
    first = local_date(clock, borrower.time_zone) - timedelta(days=plan["first_due_days"])
    # 30 days apart, so that the demo shows the same number of paid and missed ones on every day of the year.
    schedule = Schedule(
        frequency="monthly",
        instalments=tuple(
            Instalment(number + 1, first + timedelta(days=30 * number), amount) for number in range(plan["count"])
        ),
        total=amount * plan["count"],
        added=Money.zero(account.currency),
    )
    return Agreement(
        id=uuid.uuid4().hex,
        account_id=account.id,
        borrower_id=borrower.id,
        schedule=schedule,
        status="live",
        agreed_at=datetime.combine(first - timedelta(days=12), time(6), UTC),
        locale=borrower.locale or "en",
        channel="web",
        words=f"{amount} × {plan['count']}",
        policy_version="demo",
        rule="demo#plan",
        paid=amount * plan["paid"],
        missed=plan.get("missed", 0),
    )


def _paid(plan: Agreement, count: int, clock: Clock) -> list[Payment]:
    """The first instalments, each on its day."""
    return [
        Payment(uuid.uuid4().hex, plan.account_id, f"{plan.id}-{row.number}", row.amount, row.due, clock.now())
        for row in plan.schedule.instalments[:count]
    ]


def _add_dispute(
    lending: LendingStore, entry: Mapping[str, Any], account: Account, borrower: Borrower, clock: Clock
) -> None:
    raised = clock.now() - timedelta(days=entry["days"])
    answer_by = local_date(clock, borrower.time_zone) + timedelta(days=DISPUTE_DAYS - entry["days"])
    lending.add_dispute(
        Dispute(uuid.uuid4().hex, borrower.id, account.id, entry["kind"], entry["words"], raised, answer_by)
    )
    lending.add_hold(
        Hold(
            id=uuid.uuid4().hex,
            subject_kind="account",
            subject=account.id,
            reason="dispute",
            stops="collection",
            placed_at=raised,
            review_on=answer_by,
            lifted_by=("supervisor", "lender"),
        )
    )
