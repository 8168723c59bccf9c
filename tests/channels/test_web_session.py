from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.backend import Message
from bot.channels.web_session import (
    Limiter,
    accepted,
    address_of,
    message_id,
    new_token,
    shown,
    update_id,
)
from bot.conversations.store import StoredInput
from bot.conversations.trace import user_event
from bot.dialogue.messages import Incoming
from bot.locale import negotiate

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
OFFERED = ("en", "zh_Hans", "zh_Hant")


def test_a_token_opens_its_own_chat_and_is_not_what_is_stored() -> None:
    token = new_token("harbour")
    address = address_of(token)
    assert address is not None
    assert address.account == "web:harbour"
    assert len(address.sender) == 64
    assert address.sender not in token
    assert token.partition(".")[2] not in address.sender
    assert address_of(new_token("harbour")) != address


@pytest.mark.parametrize(
    "token", ["", "harbour", "harbour.short", "har bour." + "a" * 43, "../x." + "a" * 43, "h." + "é" * 43]
)
def test_what_has_not_the_form_of_a_token_opens_nothing(token: str) -> None:
    assert address_of(token) is None


def test_the_same_message_id_of_two_senders_is_two_inputs() -> None:
    one, other = address_of(new_token("harbour")), address_of(new_token("harbour"))
    assert one is not None
    assert other is not None
    assert update_id(one, "x") != update_id(other, "x")
    assert message_id(update_id(one, "x")) == "x"


@pytest.mark.parametrize(
    ("wished", "locale"),
    [
        (["zh-TW"], "zh_Hant"),
        (["zh-HK", "en"], "zh_Hant"),
        (["zh"], "zh_Hans"),
        (["zh-Hans-HK"], "zh_Hans"),
        (["zh_Hant"], "zh_Hant"),
        (["fr", "zh-CN"], "zh_Hans"),
        (["en-GB"], "en"),
        (["xx"], "en"),
        ([], "en"),
    ],
)
def test_a_locale_is_chosen_by_script_and_region(wished: list[str], locale: str) -> None:
    assert (negotiate(wished, OFFERED) or OFFERED[0]) == locale


def test_accept_language_is_read_by_weight_and_never_trips() -> None:
    assert accepted("en;q=0.5, zh-TW, fr;q=0.9, xx;q=0") == ["zh-TW", "fr", "en"]
    assert accepted(None) == []
    assert accepted(";;;q=,*;q=x," * 50)[:1] != ["*"]


def test_a_flood_is_slowed_and_time_lets_it_go_on() -> None:
    limiter = Limiter(burst=3, every=2)
    assert [limiter.wait("a", NOW) for _ in range(3)] == [0, 0, 0]
    assert limiter.wait("a", NOW) == 2
    assert limiter.wait("b", NOW) == 0
    assert limiter.wait("a", NOW + timedelta(seconds=2)) == 0
    assert limiter.wait("a", NOW + timedelta(seconds=2)) > 0


def test_the_limiter_forgets_the_longest_unseen() -> None:
    limiter = Limiter(burst=1, every=100, keys=2)
    for key in ("a", "b", "c"):
        limiter.wait(key, NOW)
    assert limiter.wait("c", NOW) > 0
    assert limiter.wait("a", NOW) == 0


def test_a_bot_message_shows_buttons_with_their_ids_and_no_payload() -> None:
    body = {
        "text": "Which?",
        "buttons": [{"title": "A", "payload": "/SetSlots(plan_choice=1)"}, {"title": "B", "payload": "/x"}],
        "card": {"type": "plans", "plans": [{"label": "A", "payload": "/SetSlots(plan_choice=1)"}]},
        "args": {"secret": 1},
    }
    out = shown(Message(7, "bot", NOW, body))
    assert out is not None
    assert out["buttons"] == [{"id": "7-1", "title": "A"}, {"id": "7-2", "title": "B"}]
    assert "SetSlots" not in str(out)
    assert "secret" not in str(out)


def test_what_the_turn_records_is_shown_with_the_id_that_the_page_gave() -> None:
    incoming = Incoming("web:harbour", "abc", "abc/my-id", "text", text="hello")
    event = user_event(StoredInput(1, "c", incoming, NOW, 0), None)
    out = shown(Message(1, "user", NOW, event.body))
    assert out is not None
    assert (out["id"], out["text"]) == ("my-id", "hello")


def test_the_start_is_not_shown_and_what_was_erased_says_so() -> None:
    assert shown(Message(1, "user", NOW, {"kind": "start", "update_id": "x/y"})) is None
    erased = shown(Message(2, "user", NOW, None))
    assert erased is not None
    assert erased["erased"]
