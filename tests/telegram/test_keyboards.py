"""Keyboards and the presses of their buttons."""

from typing import Any

import pytest

from tests.telegram.asking import Asking, bites
from tests.telegram.conftest import MovableTime
from tests.telegram.people import Group, NoButton, Person


def inline(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"inline_keyboard": [list(buttons)]}


def _send(api: Asking, person: Person, markup: dict[str, Any]) -> str:
    return api.because("sendMessage", chat_id=person.id, text="x", reply_markup=markup)


@bites("callback_data")
def test_callback_data_has_1_to_64_bytes(api: Asking, person: Person) -> None:
    for data in ("", "x" * 65, "銀" * 22, 5):
        assert _send(api, person, inline({"text": "A", "callback_data": data})) == "BUTTON_DATA_INVALID"
    for data in ("x", "x" * 64, "銀" * 21 + "x"):
        markup = inline({"text": "A", "callback_data": data})
        assert api.ok("sendMessage", chat_id=person.id, text="x", reply_markup=markup)["reply_markup"] == markup


@bites("one_button_kind", "button_text")
@pytest.mark.parametrize(
    "button",
    [
        {"text": "A"},
        {"text": "A", "callback_data": "a", "url": "https://bank.example"},
        {"text": "", "callback_data": "a"},
        {"callback_data": "a"},
        {"text": "A", "url": "javascript:alert(1)"},
        {"text": "A", "callback_data": "a", "colour": "red"},
    ],
)
def test_a_button_does_one_thing_and_says_what(api: Asking, person: Person, button: dict[str, str]) -> None:
    assert _send(api, person, inline(button))


def test_other_shapes_are_refused(api: Asking, person: Person) -> None:
    flat = [{"text": "A", "callback_data": "a"}]
    wrong: list[dict[str, Any]] = [
        {"inline_keyboard": flat},
        {"inline_keyboard": [["A"]]},
        {"keys": []},
        {"keyboard": "A"},
    ]
    for markup in wrong:
        assert _send(api, person, markup)


@bites("request_contact")
def test_a_phone_number_is_asked_for_in_private_only(api: Asking, person: Person) -> None:
    markup = {"keyboard": [[{"text": "Share my number", "request_contact": True}]], "one_time_keyboard": True}
    api.ok("sendMessage", chat_id=person.id, text="x", reply_markup=markup)
    assert person.chat.below == markup
    group = Group(api.served.world, api.bot)
    problem = api.because("sendMessage", chat_id=group.id, text="x", reply_markup=markup)
    assert problem == "phone number can be requested in private chats only"
    api.ok("sendMessage", chat_id=person.id, text="x", reply_markup={"remove_keyboard": True})
    assert person.chat.below == {"remove_keyboard": True}


def test_a_shared_contact_says_whose_it_is(api: Asking, person: Person) -> None:
    person.share_contact()
    person.share_contact(other=True)
    own, other = (update["message"]["contact"] for update in api.ok("getUpdates"))
    assert own["user_id"] == person.id
    assert "user_id" not in other


@bites("edit_inline_only")
def test_an_edit_takes_an_inline_keyboard_only(api: Asking, person: Person) -> None:
    sent = api.ok("sendMessage", chat_id=person.id, text="x")
    here = {"chat_id": person.id, "message_id": sent["message_id"]}
    markup = {"keyboard": [[{"text": "A"}]]}
    assert api.because("editMessageReplyMarkup", **here, reply_markup=markup) == "inline keyboard expected"


def _pressed(api: Asking, person: Person) -> str:
    markup = inline({"text": "Yes", "callback_data": "1-1"})
    api.ok("sendMessage", chat_id=person.id, text="x", reply_markup=markup)
    return person.press("Yes")


TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


@bites("answer_query")
def test_a_press_is_answered_once_and_in_time(api: Asking, person: Person, time: MovableTime) -> None:
    query = _pressed(api, person)
    (update,) = api.ok("getUpdates")
    assert update["callback_query"]["id"] == query
    assert update["callback_query"]["data"] == "1-1"
    assert update["callback_query"]["message"]["text"] == "x"
    assert api.ok("answerCallbackQuery", callback_query_id=query) is True
    assert api.because("answerCallbackQuery", callback_query_id=query) == TOO_OLD
    assert api.because("answerCallbackQuery", callback_query_id="5") == TOO_OLD
    late = _pressed(api, person)
    time.at += api.served.world.answer_within + 0.1
    assert api.because("answerCallbackQuery", callback_query_id=late) == TOO_OLD


@bites("answer_length")
def test_the_notice_of_a_press_has_up_to_200_characters(api: Asking, person: Person) -> None:
    query = _pressed(api, person)
    assert api.because("answerCallbackQuery", callback_query_id=query, text="x" * 201) == "MESSAGE_TOO_LONG"
    api.ok("answerCallbackQuery", callback_query_id=query, text="x" * 200)


def test_only_a_button_that_is_shown_can_be_pressed(api: Asking, person: Person) -> None:
    _pressed(api, person)
    (shown,) = person.chat.shown
    api.ok("editMessageReplyMarkup", chat_id=person.id, message_id=shown["message_id"])
    with pytest.raises(NoButton):
        person.press("Yes")
