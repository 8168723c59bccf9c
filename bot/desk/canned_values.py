"""The values that canned replies put in: each read from the facts of now, or not known."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from babel.dates import get_day_names

from bot.desk.canned_facts import Facts, NotKnown, Words
from bot.desk.settling import disputes_here, holds_here
from bot.lending.debts import Statement, past_limitation, stale_days
from bot.lending.plans import Agreement
from bot.lending.policy_hours import OfficeHours
from bot.lending.policy_rules import WEEKDAYS, Line
from bot.money import Money

Value = str | Money | date | None


def value(facts: Facts, name: str) -> str:
    """One value as the borrower reads it; raises NotKnown."""
    found = NAMES[name](facts)
    if found is None:
        raise NotKnown(name)
    if isinstance(found, Money):
        return facts.words.money(found)
    return facts.words.date(found) if isinstance(found, date) else found


def _statement(facts: Facts) -> Statement:
    """The lender's figures, where they may be told: fresh, and of a debt that is not past its limitation period."""
    if facts.account is None:
        raise NotKnown("account")
    if past_limitation(facts.account, facts.policy, facts.today):
        raise NotKnown("past_limitation")
    if stale_days(facts.account.statement, facts.policy, facts.today) is not None:
        raise NotKnown("stale")
    return facts.account.statement


def _days_late(facts: Facts) -> str | None:
    """As of the statement's own day, like every figure beside it."""
    statement = _statement(facts)
    return str(statement.days_past_due(statement.as_of)) if statement.overdue_since else None


def _plan(facts: Facts) -> Agreement:
    live = facts.work.lending.agreements(facts.borrower.id, "live") if facts.borrower else []
    theirs = [plan for plan in live if facts.account and plan.account_id == facts.account.id]
    if not theirs or not theirs[0].still_to_pay():
        raise NotKnown("plan")
    return theirs[0]


def _promise(facts: Facts) -> tuple[Money, date]:
    made = facts.work.lending.promises(facts.borrower.id) if facts.borrower else []
    theirs = [one for one in made if one.status == "open" and facts.account and one.account_id == facts.account.id]
    if not theirs:
        raise NotKnown("promise")
    first = min(theirs, key=lambda one: one.due)
    return first.amount, first.due


def _dispute(facts: Facts) -> tuple[str, date]:
    still = [one for one in disputes_here(facts.work, facts.conversation) if one.status == "open"]
    if not still:
        raise NotKnown("dispute")
    newest = max(still, key=lambda one: one.raised_at)
    return newest.ticket, newest.answer_by


def _held_until(facts: Facts) -> date | None:
    reviews = [hold.review_on for hold in holds_here(facts.work, facts.conversation) if hold.review_on]
    return max(reviews, default=None)


def _line(facts: Facts, lines: tuple[Line, ...]) -> str | None:
    if not lines:
        return None
    name = lines[0].name.get(facts.locale) or lines[0].name.get("en", "")
    return f"{name} {lines[0].number}".strip()


def _emergency(facts: Facts) -> str:
    lines = facts.residence.emergency
    return facts.words.list([line.number for line in lines])


def _ways(facts: Facts) -> str | None:
    ways = [way.get(facts.locale) or way["en"] for way in facts.policy.ways_to_pay]
    return facts.words.list(ways) if ways else None


def _lender(facts: Facts) -> str:
    names = facts.policies.speaker(facts.conversation.speaker).names
    return names.get(facts.locale) or names.get("en") or facts.conversation.speaker


def office_hours(hours: OfficeHours, words: Words, locale: str) -> str:
    """Mon–Fri 08:30–18:00 and Sat 09:00–12:00, in the words of a locale."""
    names = get_day_names("abbreviated", "stand-alone", locale)
    spans = [
        f"{_days([WEEKDAYS.index(day) for day in span.days], names, locale)} "
        f"{words.time(span.opens)}–{words.time(span.closes)}"
        for span in hours.spans
    ]
    return words.list(spans)


def _days(days: list[int], names: Mapping[int, str], locale: str) -> str:
    if len(days) > 2 and days == list(range(days[0], days[0] + len(days))):
        return names[days[0]] + ("至" if locale.startswith("zh") else "–") + names[days[-1]]
    return ("、" if locale.startswith("zh") else ", ").join(names[day] for day in days)


# What tells whoever reads it that there is a debt.
_OF_THE_DEBT: Mapping[str, Callable[[Facts], Value]] = {
    "account_ending": lambda facts: facts.account.ending if facts.account else None,
    "as_of": lambda facts: _statement(facts).as_of,
    "owed": lambda facts: _statement(facts).total,
    "principal": lambda facts: _statement(facts).principal,
    "interest": lambda facts: _statement(facts).interest,
    "fees": lambda facts: _statement(facts).fees,
    "overdue": lambda facts: _statement(facts).overdue,
    "overdue_since": lambda facts: _statement(facts).overdue_since,
    "days_late": _days_late,
    "next_due": lambda facts: _statement(facts).next_due,
    "last_payment": lambda facts: _statement(facts).last_payment,
    "last_payment_on": lambda facts: _statement(facts).last_payment_on,
    "plan_next": lambda facts: _plan(facts).still_to_pay()[0][0],
    "plan_next_due": lambda facts: _plan(facts).still_to_pay()[0][1],
    "plan_left": lambda facts: str(len(_plan(facts).still_to_pay())),
    "plan_last_due": lambda facts: _plan(facts).still_to_pay()[-1][1],
    "plan_paid": lambda facts: _plan(facts).paid,
    "promise": lambda facts: _promise(facts)[0],
    "promise_due": lambda facts: _promise(facts)[1],
    "dispute_ticket": lambda facts: _dispute(facts)[0],
    "dispute_answer_by": lambda facts: _dispute(facts)[1],
    "held_until": _held_until,
}
_OF_THE_HOUSE: Mapping[str, Callable[[Facts], Value]] = {
    "collector": lambda facts: facts.staff.name,
    "lender": _lender,
    "today": lambda facts: facts.today,
    "office_hours": lambda facts: office_hours(facts.hours, facts.words, facts.locale),
    "ways_to_pay": _ways,
    "redress": lambda facts: _line(facts, (facts.policy.redress,)),
    "crisis_line": lambda facts: _line(facts, facts.residence.crisis),
    "emergency": _emergency,
    "advice_line": lambda facts: _line(facts, facts.residence.advice),
}
NAMES: Mapping[str, Callable[[Facts], Value]] = MappingProxyType({**_OF_THE_DEBT, **_OF_THE_HOUSE})
REVEALING = frozenset(_OF_THE_DEBT)
