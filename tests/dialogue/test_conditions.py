"""Rasa's predicate language as flows use it."""

import pytest

from bot.dialogue.conditions import BadCondition, State, compile_condition

SLOTS = {"amount", "sure", "reason", "many"}


@pytest.mark.parametrize(
    ("text", "slots", "holds"),
    [
        ("slots.sure", {"sure": True}, True),
        ("slots.sure", {}, False),
        ("not slots.sure", {}, True),
        ("slots.amount is null", {}, True),
        ("slots.amount is not null", {"amount": "5"}, True),
        ("slots.amount > 500", {"amount": "800.00"}, True),
        ("slots.amount > 500", {"amount": "90.00"}, False),
        ("slots.amount > 500", {}, False),
        ("slots.amount <= 500", {}, False),
        ("slots.amount > 500", {"amount": "plenty"}, False),
        ("slots.amount >= slots.many", {"amount": "5", "many": 5.0}, True),
        ("slots.reason = 'job_loss'", {"reason": "job_loss"}, True),
        ("slots.reason != 'job_loss'", {}, True),
        ("slots.reason is empty", {"reason": ""}, True),
        ("slots.reason contains 'job'", {"reason": "job_loss"}, True),
        ("slots.many contains 'a'", {"many": ["a"]}, True),
        ("slots.reason contains 'job'", {}, False),
        ("slots.reason matches '^job'", {"reason": "job_loss"}, True),
        ("slots.reason matches '^job'", {}, False),
        ("slots.sure and (slots.amount > 1 or slots.reason = 'x')", {"sure": True, "reason": "x"}, True),
        ("context.misunderstood >= 2", {}, True),
        (True, {}, True),
        (False, {}, False),
    ],
)
def test_conditions(text: object, slots: dict[str, object], holds: bool) -> None:
    state: State = {"slots": slots, "context": {"misunderstood": 2}}
    assert compile_condition(text, SLOTS)(state) is holds


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("slots.amuont > 5", "no slot is called 'amuont'"),
        ("slots.reason is job_loss", "neither slots"),
        ("slots.sure and slots.amount > 1 or slots.many", "brackets"),
        ("slots.sure and", "not a condition"),
        ("slots.reason matches '('", "not a condition"),
        ("", "a condition is a text"),
        (7, "a condition is a text"),
    ],
)
def test_what_would_be_silently_false_is_refused(text: object, problem: str) -> None:
    with pytest.raises(BadCondition, match=problem):
        compile_condition(text, SLOTS)
