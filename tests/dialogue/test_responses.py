"""Utterances in words."""

import json
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.domain import Domain, Response
from bot.dialogue.messages import (
    Button,
    Count,
    DayMonth,
    DynamicButton,
    Figure,
    Label,
    Listed,
    Names,
    Percent,
    Utterance,
    Value,
)
from bot.dialogue.responses import MissingValue, Responses, UnknownFormat, UnknownResponse, encode_args
from bot.locale import Catalogues, Localizer
from bot.money import Money

_TEXTS = {
    "utter_owed": "{who} owes {total} since {since}.",
    "utter_value": "{value}",
    "utter_card": "card ending {ending}",
    "utter_button_plan": "{amount} a month",
}
_BUTTONS = {"utter_owed": (Button("Pay {total}", "/pay_now"), Button("A person", "/request_human"))}
_HANS: Any = {
    ("utter_owed", "{who} owes {total} since {since}."): "{since}起，{who}欠{total}。",
    ("utter_owed/2", "A person"): "转人工",
    ("utter_card", "card ending {ending}"): "尾号{ending}的卡",
    ("unit", "{n} day"): ["{n}天"],
}
CNY = Money.of("12600.00", "CNY")


def _responses() -> Responses:
    made = {name: Response(name, text, _BUTTONS.get(name, ()), "test") for name, text in _TEXTS.items()}
    locales = {"en": Localizer("en", {}), "zh_Hans": Localizer("zh_Hans", _HANS)}
    return Responses(Domain({}, made, frozenset()), Catalogues(locales))


RESPONSES = _responses()


def test_an_utterance_in_two_languages() -> None:
    utterance = Utterance("utter_owed", {"who": "Lin Wei", "total": CNY, "since": DayMonth(date(2026, 10, 7))})
    english = RESPONSES.render(utterance, "en")
    assert english.text == "Lin Wei owes ¥12,600.00 since 7 Oct."
    assert [button.title for button in english.buttons] == ["Pay ¥12,600.00", "A person"]
    chinese = RESPONSES.render(utterance, "zh_Hans")
    assert chinese.text == "10月7日起，Lin Wei欠¥12,600.00。"
    assert chinese.buttons[1] == Button("转人工", "/request_human")


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        (CNY, "¥12,600.00", "¥12,600.00"),
        (Figure(CNY), "12,600.00", "12,600.00"),
        (date(2026, 11, 21), "21 Nov 2026", "2026年11月21日"),
        (time(8, 30), "08:30", "8:30"),
        (Count(45, "day"), "45 days", "45天"),
        (Count(1, "day"), "1 day", "1天"),
        (Percent(Decimal("0.0005")), "0.05%", "0.05%"),
        (Decimal("100.00"), "100", "100"),
        (1234, "1,234", "1,234"),
        (Names({"en": "Harbour Bank", "zh_Hans": "海港银行"}), "Harbour Bank", "海港银行"),
        (Label("utter_card", {"ending": "0916"}), "card ending 0916", "尾号0916的卡"),
        (Listed((DayMonth(date(2026, 10, 7)), DayMonth(date(2026, 11, 7)))), "7 Oct and 7 Nov", "10月7日、11月7日"),
        (None, "", ""),
    ],
)
def test_values_by_kind(value: Value, english: str, chinese: str) -> None:
    said = Utterance("utter_value", {"value": value})
    assert RESPONSES.render(said, "en").text == english
    assert RESPONSES.render(said, "zh_Hans").text == chinese


@given(st.text())
def test_what_a_value_holds_is_never_a_template(name: str) -> None:
    for text in (name, "{total}", "{who.__class__}", "%(who)s"):
        said = Utterance("utter_owed", {"who": text, "total": CNY, "since": "x"})
        assert RESPONSES.render(said, "en").text == f"{text} owes ¥12,600.00 since x."


def test_what_does_not_fit_is_named() -> None:
    with pytest.raises(MissingValue, match=r"utter_owed needs a value for \{who\}"):
        RESPONSES.render(Utterance("utter_owed"), "en")
    with pytest.raises(UnknownResponse, match="utter_gone"):
        RESPONSES.render(Utterance("utter_gone"), "en")
    for value in (True, datetime(2026, 1, 1), object()):  # noqa: DTZ001 - refused whatever its zone
        with pytest.raises(UnknownFormat):
            RESPONSES.render(Utterance("utter_value", {"value": value}), "en")  # type: ignore[dict-item]


def test_added_buttons_come_first() -> None:
    button = DynamicButton("utter_button_plan", "/SetSlots(plan_choice=1)", {"amount": Figure(CNY)})
    args: dict[str, Value] = {"who": "x", "total": CNY, "since": "y"}
    reply = RESPONSES.render(Utterance("utter_owed", args, buttons=(button,)), "en")
    assert [b.title for b in reply.buttons] == ["12,600.00 a month", "Pay ¥12,600.00", "A person"]


def test_cards_are_put_into_words_too() -> None:
    card = {"type": "plans", "plans": [{"amount": CNY, "last": date(2028, 5, 10), "count": 18, "spare": None}]}
    reply = RESPONSES.render(Utterance("utter_value", {"value": ""}, card=card), "zh_Hans")
    plan = {"amount": "¥12,600.00", "last": "2028年5月10日", "count": 18, "spare": None}
    assert reply.card == {"type": "plans", "plans": [plan]}
    json.dumps(reply.card)


def test_values_are_kept_as_json() -> None:
    args = {
        "total": CNY,
        "rate": Percent(Decimal("0.0005")),
        "due": Listed((date(2026, 10, 7), time(8, 30))),
        "card": Label("utter_card", {"ending": "0916"}),
        "n": 3,
        "lender": Names({"en": "Harbour"}),
        "none": None,
    }
    assert json.loads(json.dumps(encode_args(args))) == {
        "total": {"money": ["12600.00", "CNY"]},
        "rate": {"percent": {"fraction": {"decimal": "0.0005"}}},
        "due": {"listed": {"items": [{"date": "2026-10-07"}, {"time": "08:30:00"}]}},
        "card": {"label": {"response": "utter_card", "args": {"ending": "0916"}}},
        "n": 3,
        "lender": {"names": {"by_locale": {"en": "Harbour"}}},
        "none": None,
    }
