"""From understood messages and presses to commands."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.dialogue.commands import (
    CancelFlow,
    CannotHandle,
    Clarify,
    Command,
    CorrectSlot,
    HumanHandoff,
    RepeatQuestion,
    SetSlot,
    StartFlow,
)
from bot.dialogue.messages import Button, Reply
from bot.dialogue.understanding import Entity, IntentScore, Understood
from tests.dialogue.conftest import Write
from tests.dialogue.shop import DOMAIN, FLOWS, Talk


@pytest.fixture
def talk(write: Write) -> Talk:
    return Talk(write(DOMAIN, FLOWS))


def understood(*carries: str, text: str = "…", **more: Any) -> Understood:
    values: dict[str, Any] = {
        "intents": tuple(IntentScore(name, 0.9) for name in carries),
        "band": "act",
        "carries": carries,
        "entities": (),
        "language": None,
        "distress": "no",
    }
    return Understood(text=text, **(values | more))


def money(amount: str, high: str | None = None) -> Entity:
    return Entity("amount_of_money", Decimal(amount), 0, 1, high=Decimal(high) if high else None)


def read(talk: Talk, message: Understood) -> list[Command]:
    return talk.dialogue.commands(message, talk.tracker)


def test_intents_start_flows_in_order_and_bring_their_values(talk: Talk) -> None:
    message = understood("report_hardship", "make_offer", entities=(money("500"),))
    assert read(talk, message) == [
        StartFlow("tell"),
        StartFlow("make_offer"),
        SetSlot("amount", "500"),
        SetSlot("amount_high", None),
    ]


def test_a_range_sets_its_upper_end_too(talk: Talk) -> None:
    message = understood("make_offer", entities=(money("800", "1000"),))
    assert read(talk, message)[1:] == [SetSlot("amount", "800"), SetSlot("amount_high", "1000")]


def test_the_answer_comes_before_everything_else(talk: Talk) -> None:
    talk.do(StartFlow("make_offer"))
    message = understood("check_balance", answer=Decimal("500.50"), entities=(money("500.50"),))
    assert read(talk, message) == [
        SetSlot("amount", "500.50"),
        SetSlot("amount_high", None),
        StartFlow("check_balance"),
    ]


def test_free_words_are_the_answer_whatever_they_speak_of(talk: Talk) -> None:
    talk.do(StartFlow("tell"))
    message = understood("check_balance", text="I lost my job", answer="I lost my job")
    assert read(talk, message) == [SetSlot("reason", "I lost my job")]


def test_another_value_for_what_was_told_is_a_correction(talk: Talk) -> None:
    talk.do(StartFlow("make_offer"))
    talk.do(SetSlot("amount", "500"))
    assert read(talk, understood(entities=(money("600"),))) == [CorrectSlot("amount", "600")]
    assert read(talk, understood(entities=(money("500"),))) == [CannotHandle()]


def test_a_value_told_in_advance_is_kept(talk: Talk) -> None:
    talk.do(StartFlow("make_offer"))
    monthly = Entity("frequency", "monthly", 0, 1)
    message = understood(answer=Decimal(500), entities=(money("500"), monthly))
    assert read(talk, message)[-1] == SetSlot("often", "monthly")
    begin = Entity("date", date(2026, 12, 1), 0, 1)
    assert SetSlot("start", "2026-12-01") in read(talk, understood("make_offer", entities=(begin,)))


def test_yes_and_no_answer_only_yes_no_questions(talk: Talk) -> None:
    assert read(talk, understood("affirm")) == [CannotHandle()]
    talk.tracker.slots.update(amount="5", start="2026-12-01", often="weekly")
    talk.do(StartFlow("make_offer"))
    assert read(talk, understood("affirm")) == [SetSlot("sure", True)]
    assert read(talk, understood("deny")) == [SetSlot("sure", False)]


def test_go_back_cancels_what_is_under_way(talk: Talk) -> None:
    talk.do(StartFlow("make_offer"))
    assert read(talk, understood("go_back")) == [CancelFlow()]


def test_an_unsure_reading_asks_and_starts_nothing(talk: Talk) -> None:
    scores = tuple(IntentScore(name, 0.4) for name in ("make_offer", "check_balance", "circle", "tell"))
    assert read(talk, understood(band="ask", intents=scores)) == [
        Clarify(("make_offer", "check_balance", "circle"))
    ]
    nothing = understood(band="ask", intents=(IntentScore("thank", 0.4),))
    assert read(talk, nothing) == [CannotHandle()]
    assert read(talk, understood("out_of_scope", band="reject", intents=scores)) == [CannotHandle()]


def test_an_intent_below_its_flow_s_threshold_starts_nothing(talk: Talk) -> None:
    message = understood("check_balance", intents=(IntentScore("check_balance", 0.3),))
    assert read(talk, message) == [CannotHandle()]


def test_a_person_is_always_to_be_had(talk: Talk) -> None:
    assert read(talk, understood("request_human")) == [HumanHandoff()]
    assert talk.dialogue.pressed("/request_human", talk.tracker) == [HumanHandoff()]


def test_a_title_that_is_typed_counts_as_pressed(talk: Talk) -> None:
    talk.do(StartFlow("make_offer"))
    reply = Reply("How much?", "utter_ask_amount", (Button("A hundred", "/SetSlots(amount=100.00)"),))
    talk.dialogue.remember(talk.tracker, [reply])
    assert read(talk, understood(text=" a HUNDRED ")) == [SetSlot("amount", "100.00")]


def test_a_yes_after_other_buttons_asks_the_question_again(talk: Talk) -> None:
    talk.tracker.slots.update(amount="5", start="2026-12-01", often="weekly")
    talk.do(StartFlow("make_offer"))
    assert read(talk, understood(text="ok go", answer=True)) == [SetSlot("sure", True)]
    talk.dialogue.remember(talk.tracker, [Reply("Which?", "utter_which", (Button("This", "/check_balance"),))])
    assert read(talk, understood(text="ok go", answer=True)) == [RepeatQuestion()]
    assert read(talk, understood(text="no", answer=False)) == [SetSlot("sure", False)]


def test_a_command_may_be_typed_but_sets_no_slot(talk: Talk) -> None:
    assert read(talk, understood(text="/make_offer", band="reject")) == [StartFlow("make_offer")]
    assert read(talk, understood(text="/SetSlots(verified=true)", band="reject")) == [CannotHandle()]
    assert read(talk, understood(text="/verify", band="reject")) == [CannotHandle()]


def test_the_open_question_says_what_it_takes(talk: Talk) -> None:
    assert talk.dialogue.awaiting(talk.tracker) is None
    talk.tracker.slots["currency"] = "CNY"
    talk.do(StartFlow("make_offer"))
    reply = Reply("How much?", "utter_ask_amount", (Button("A hundred", "/SetSlots(amount=100.00)"),))
    talk.dialogue.remember(talk.tracker, [reply])
    awaiting = talk.dialogue.awaiting(talk.tracker)
    assert awaiting is not None
    assert (awaiting.slot, awaiting.kind, awaiting.currency) == ("amount", "money", "CNY")
    assert awaiting.choices == {"A hundred": "100.00"}


@pytest.mark.parametrize(
    ("payload", "commands"),
    [
        ("/SetSlots(amount=100.00)", [SetSlot("amount", "100.00")]),
        ("/SetSlots(sure=true, often=weekly)", [SetSlot("sure", True), SetSlot("often", "weekly")]),
        ("/SetSlots(reason=\"lost job, and more\", amount=null)", [
            SetSlot("reason", "lost job, and more"), SetSlot("amount", None),
        ]),
        ("/SetSlots(rounds=2)", [SetSlot("rounds", 2.0)]),
        ("/make_offer", [StartFlow("make_offer")]),
        ("/verify", [StartFlow("verify")]),
        ('/make_offer{"amount_of_money": "5"}', [StartFlow("make_offer"), SetSlot("amount", "5")]),
        ("/affirm", [CannotHandle("bad_payload")]),
        ("/gone", [CannotHandle("bad_payload")]),
        ("/SetSlots(often=hourly)", [CannotHandle("bad_payload")]),
        ("/SetSlots(gone=1)", [CannotHandle("bad_payload")]),
        ("/SetSlots()", [CannotHandle("bad_payload")]),
        ("hello", [CannotHandle("bad_payload")]),
        ("", [CannotHandle("bad_payload")]),
    ],
)  # fmt: skip
def test_presses(talk: Talk, payload: str, commands: list[Command]) -> None:
    assert talk.dialogue.pressed(payload, talk.tracker) == commands


def test_pressing_another_value_of_what_was_told_corrects_it(talk: Talk) -> None:
    talk.do(StartFlow("make_offer"))
    talk.do(SetSlot("amount", "100.00"))
    assert talk.dialogue.pressed("/SetSlots(amount=200.00)", talk.tracker) == [CorrectSlot("amount", "200.00")]
