"""Records for the storage tests: a borrower with one card, a chat, a plan."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

from bot.dialogue.messages import Incoming
from bot.lending.debts import Account, Charge, InterestTerm, Statement
from bot.lending.identity import Borrower
from bot.lending.plans import Agreement, Instalment, Schedule
from bot.money import Money
from bot.storage.engine import Database

NOW = datetime(2026, 11, 21, 4, 0, 0, 123456, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
_updates = count()


def yuan(amount: str) -> Money:
    return Money.of(amount, "CNY")


def lin_wei(borrower_id: str = "b1", reference: str = "HB-1001") -> Borrower:
    return Borrower(
        id=borrower_id,
        creditor="harbour",
        reference=reference,
        name="林伟",
        birth_date=date(1990, 5, 17),
        document_last4="4417",
        residence="cn",
        time_zone="Asia/Shanghai",
        time_zone_source="residence",
        locale="zh_Hans",
        phone="+86 138 0013 8000",
    )


def card(account_id: str = "a1", reference: str = "6225000000000916") -> Account:
    statement = Statement(
        as_of=date(2026, 11, 21),
        total=yuan("12600.00"),
        principal=yuan("12000.00"),
        interest=yuan("480.00"),
        fees=yuan("120.00"),
        overdue=yuan("1350.00"),
        overdue_since=date(2026, 10, 7),
        next_due=date(2026, 12, 7),
        last_payment=yuan("500.00"),
        last_payment_on=date(2026, 9, 1),
        interest_term=InterestTerm(yuan("12000.00"), Decimal("0.00050"), date(2026, 9, 2), 80),
        late_fees=(Charge(date(2026, 10, 7), yuan("60.00")), Charge(date(2026, 11, 7), yuan("60.00"))),
        reported_missed=2,
    )
    return Account(
        id=account_id,
        creditor="harbour",
        reference=reference,
        product="card",
        currency="CNY",
        jurisdiction="cn",
        statement=statement,
        opened_on=date(2020, 2, 29),
        limitation_from=date(2026, 10, 7),
    )


def agreement(agreement_id: str, account_id: str = "a1", borrower_id: str = "b1") -> Agreement:
    amounts = [("1", "6300.00", date(2026, 12, 31)), ("2", "6300.00", date(2027, 1, 31))]
    schedule = Schedule(
        "monthly",
        tuple(Instalment(int(number), due, yuan(amount)) for number, amount, due in amounts),
        yuan("12600.00"),
        yuan("0.00"),
    )
    return Agreement(
        id=agreement_id,
        account_id=account_id,
        borrower_id=borrower_id,
        schedule=schedule,
        status="live",
        agreed_at=NOW,
        locale="zh_Hans",
        channel="web:harbour",
        words="两期，每期¥6,300.00",
        policy_version="v1",
        rule="harbour#plans",
        paid=yuan("0.00"),
    )


def with_borrower(database: Database) -> None:
    with database.transaction() as work:
        work.lending.import_portfolio("harbour", [(lin_wei(), [(card(), "borrower")])])


def wrote(text: str = "你好", sender: str = "s1", update_id: str | None = None) -> Incoming:
    return Incoming("web:harbour", sender, update_id or f"u{next(_updates)}", "text", text=text, locale="zh_Hans")


def conversation(database: Database, sender: str = "s1") -> str:
    with database.transaction() as work:
        return work.inbox.receive(wrote(sender=sender), "harbour", "en", NOW).conversation_id
