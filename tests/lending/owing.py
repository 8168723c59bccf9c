"""The harbour card of the tone page, and what plans for it start from."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from bot.lending.affordability import Budget
from bot.lending.debts import InterestTerm, Statement
from bot.lending.plans import Basis
from bot.lending.policy_rules import PlanRules
from bot.lending.schedules import Owed
from bot.money import Money

TODAY = date(2026, 11, 21)


def yuan(amount: int | str) -> Money:
    return Money.of(amount, "CNY")


def statement(
    principal: str = "12000.00",
    interest: str = "480.00",
    fees: str = "120.00",
    rate: str | None = "0.0005",
    as_of: date = TODAY,
) -> Statement:
    parts = yuan(principal), yuan(interest), yuan(fees)
    whole = parts[0] + parts[1] + parts[2]
    return Statement(
        as_of=as_of,
        total=whole,
        principal=parts[0],
        interest=parts[1],
        fees=parts[2],
        overdue=whole,
        overdue_since=date(2026, 10, 7),
        interest_term=InterestTerm(parts[0], Decimal(rate), date(2026, 9, 2), 80) if rate is not None else None,
    )


def owed(
    principal: str = "12000.00",
    interest: str = "480.00",
    fees: str = "120.00",
    rate: str = "0",
    as_of: date = TODAY,
) -> Owed:
    return Owed.of(statement(principal, interest, fees, rate, as_of), accrues=Decimal(rate) > 0)


def rules(longest_months: int = 24, step: str = "5", least: str = "100", down: int = 0) -> PlanRules:
    return PlanRules(
        longest_months=longest_months,
        least_instalment=Decimal(least),
        step=Decimal(step),
        down_payment_percent=Decimal(down),
        frequencies=("monthly",),
    )


def basis(
    debt: Owed | None = None,
    *,
    surplus: str | None = "800",
    payday: int | None = 8,
    allowed: PlanRules | None = None,
    today: date = TODAY,
    taken: Mapping[tuple[int, int], Money] | None = None,
) -> Basis:
    return Basis(
        owed=debt or owed(),
        rules=allowed or rules(),
        country="CN",
        today=today,
        policy_version="v1",
        rule="harbour#plans",
        budget=Budget(yuan(surplus), taken or {}) if surplus is not None else None,
        payday=payday,
    )
