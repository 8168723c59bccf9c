"""What the borrower reads of payments that the lender booked, and of a plan that came to its end."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.lending.payments import Payment
from bot.lending.plans import PlanStatus
from bot.lending.standing import Standing
from bot.money import Money
from bot.storage.engine import Database
from tests.actions.stage import NOW, Chat
from tests.actions.test_debts import about, words

TODAY = date(2026, 11, 21)
DAY = timedelta(days=1)


def booked(chat: Chat, reference: str, *amounts: tuple[str, date]) -> None:
    borrower = chat.borrower(reference)
    with chat.database.transaction() as work:
        ((account, _),) = work.lending.accounts(borrower.id)
        work.lending.add_payments(
            borrower.creditor,
            [
                Payment(f"t{number}", account.id, f"T{number}", Money.of(amount, account.currency), on, NOW)
                for number, (amount, on) in enumerate(amounts)
            ],
        )


def restated(chat: Chat, reference: str, as_of: date) -> None:
    """The lender's figures are of an earlier day."""
    borrower = chat.borrower(reference)
    with chat.database.transaction() as work:
        accounts = [
            (replace(account, statement=replace(account.statement, as_of=as_of, interest_term=None)), role)
            for account, role in work.lending.accounts(borrower.id)
        ]
        work.lending.import_portfolio(borrower.creditor, [(borrower, accounts)])


@pytest.mark.parametrize(
    ("locale", "line"),
    [
        (
            "en",
            "Since 10 Nov 2026: ¥500.00 received on 12 Nov 2026 and ¥500.00 came back on "
            "16 Nov 2026. The figures above don't show that yet.",
        ),
        (
            "zh_Hans",
            "2026年11月10日之后：2026年11月12日收到¥500.00、2026年11月16日退回¥500.00。上面的金额还没有算进去。",
        ),
    ],
)
def test_what_came_in_since_the_figures_is_told_beside_them(database: Database, locale: str, line: str) -> None:
    chat = Chat(database)
    restated(chat, "HB-1001", TODAY - 11 * DAY)
    booked(chat, "HB-1001", ("1", TODAY - 11 * DAY), ("500", TODAY - 9 * DAY), ("-500", TODAY - 5 * DAY))
    assert line in words(about(chat, "HB-1001", "action_debt_detail").utterances, locale)


def test_nothing_is_said_where_the_figures_show_all(database: Database) -> None:
    chat = Chat(database)
    booked(chat, "HB-1001", ("500", TODAY))
    assert "utter_received_since" not in about(chat, "HB-1001", "action_debt_detail").said


@pytest.mark.parametrize(
    ("day", "seen"),
    [("2026-11-10", True), ("2026-11-01", False), ("unknown", True)],
)
def test_who_has_paid_already_reads_what_came_in_about_that_day(database: Database, day: str, seen: bool) -> None:
    chat = Chat(database)
    booked(chat, "HB-1001", ("500", TODAY - 9 * DAY))
    account = chat.accounts(chat.verify("HB-1001"))[0]
    step = chat.step("action_payment_record", slots={"account_id": account.id, "payment_made_on": day})
    assert ("utter_payment_seen" in step.said) is seen
    assert "utter_payment_next" in step.said


ENDS: Sequence[tuple[PlanStatus, str, str, int]] = [
    (
        "completed",
        "5400",
        "Your plan for the card ending 1477 is finished: every instalment is paid. Thank you.",
        1,
    ),
    (
        "broken",
        "1800",
        "Your plan for the card ending 1477 has stopped: 2 instalments did not reach us. What you paid, "
        "¥1,800.00, counts in full.",
        0,
    ),
    (
        "broken",
        "0",
        "Your plan for the card ending 1477 has stopped: 2 instalments did not reach us. That can happen; we can "
        "look for one that fits better.",
        0,
    ),
]


@pytest.mark.parametrize(("status", "paid", "line", "plans"), ENDS)
@pytest.mark.parametrize("action", ["action_show_plan", "action_count_plans"])
def test_a_plan_that_has_ended_is_told_as_what_it_came_to(
    database: Database, action: str, status: PlanStatus, paid: str, line: str, plans: int
) -> None:
    chat = Chat(database)
    borrower = chat.verify("HB-1003")
    with database.transaction() as work:
        (plan,) = work.lending.agreements(borrower.id)
        missed = 0 if status == "completed" else 2
        work.lending.settle_plan(plan.id, Standing(Money.of(paid, "CNY"), missed, status))
    step = chat.step(action)
    assert words(step.utterances) == [line]
    assert dict(step.results[0].slots)["plans_count"] == (plans if action == "action_show_plan" else 0)
