"""getUpdates: confirmed by the offset, sent again until then, a day at most, one poller at a time."""

import threading
import time as real_time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.telegram.asking import Asking, bites
from tests.telegram.conftest import MovableTime
from tests.telegram.people import Person


def _texts(updates: list[dict[str, Any]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


@bites("unconfirmed", "offset")
def test_what_is_not_confirmed_comes_again(api: Asking, person: Person) -> None:
    first, second, third = (person.say(text) for text in "abc")
    assert _texts(api.ok("getUpdates")) == _texts(api.ok("getUpdates")) == ["a", "b", "c"]
    assert _texts(api.ok("getUpdates", offset=first)) == ["a", "b", "c"]
    assert _texts(api.ok("getUpdates", offset=second + 1)) == ["c"]
    assert _texts(api.ok("getUpdates", offset=first)) == ["c"]
    assert api.ok("getUpdates", offset=third + 1) == []
    assert api.bot.queue.confirmed == [first, second, third]


@bites("negative_offset")
def test_a_negative_offset_counts_from_the_end_and_forgets_the_rest(api: Asking, person: Person) -> None:
    for text in "abcd":
        person.say(text)
    assert _texts(api.ok("getUpdates", offset=-2)) == ["c", "d"]
    assert _texts(api.ok("getUpdates")) == ["c", "d"]
    assert _texts(api.ok("getUpdates", offset=-9)) == ["c", "d"]


@bites("limit")
def test_at_most_a_hundred_at_once(api: Asking, person: Person) -> None:
    for number in range(103):
        person.say(str(number))
    assert len(api.ok("getUpdates")) == 100
    assert _texts(api.ok("getUpdates", limit=2)) == ["0", "1"]
    for limit in (0, 101, -1):
        assert api.because("getUpdates", limit=limit) == "limit must be 1-100"


@bites("sequential")
def test_identifiers_increase_by_one(api: Asking, person: Person) -> None:
    for text in "abc":
        person.say(text)
    ids = [update["update_id"] for update in api.ok("getUpdates")]
    assert ids == list(range(ids[0], ids[0] + 3))
    assert ids[0] > 0


@bites("after_a_week")
def test_after_a_week_of_silence_identifiers_begin_elsewhere(
    api: Asking, person: Person, time: MovableTime
) -> None:
    before = person.say("a")
    time.at += 7 * 24 * 3600
    after = person.say("b")
    assert 0 < after < before
    assert person.say("c") == after + 1
    assert _texts(api.ok("getUpdates")) == ["b", "c"]


@bites("stored")
def test_an_update_is_kept_for_a_day(api: Asking, person: Person, time: MovableTime) -> None:
    person.say("yesterday")
    time.at += 24 * 3600 - 1
    person.say("today")
    assert _texts(api.ok("getUpdates")) == ["yesterday", "today"]
    time.at += 2
    assert _texts(api.ok("getUpdates")) == ["today"]


@bites("long_poll")
def test_a_long_poll_waits_for_what_comes(api: Asking, person: Person) -> None:
    started = real_time.monotonic()
    assert api.ok("getUpdates") == []
    assert real_time.monotonic() - started < 1
    threading.Timer(0.2, person.say, ["here"]).start()
    assert _texts(api.ok("getUpdates", timeout=10)) == ["here"]
    assert 0.15 < real_time.monotonic() - started < 5
    assert api.because("getUpdates", timeout=-1) == "timeout must be positive"


def test_a_long_poll_ends_empty_at_its_time(api: Asking) -> None:
    started = real_time.monotonic()
    assert api.ok("getUpdates", timeout=1) == []
    assert real_time.monotonic() - started >= 0.9


@bites("one_poller")
def test_the_newer_of_two_pollers_wins(api: Asking, person: Person) -> None:
    with ThreadPoolExecutor(1) as pool:
        older = pool.submit(api.refused, 409, "getUpdates", timeout=20)
        while api.bot.queue.poller is None:
            real_time.sleep(0.01)
        threading.Timer(0.2, person.say, ["here"]).start()
        assert _texts(api.ok("getUpdates", timeout=10)) == ["here"]
        assert older.result()["description"].startswith("Conflict: terminated by other getUpdates request; make")


@bites("allowed_updates", "allowed_later")
def test_only_the_kinds_that_are_wanted_are_queued_from_then_on(api: Asking, person: Person) -> None:
    person.say("before")
    assert _texts(api.ok("getUpdates", allowed_updates=["callback_query"])) == ["before"]
    person.say("unwanted")
    assert _texts(api.ok("getUpdates")) == ["before"]
    api.ok("getUpdates", allowed_updates=[])
    person.say("after")
    person.block()
    api.bot.queue.put("chat_member", {})
    kinds = [list(update)[1] for update in api.ok("getUpdates")]
    assert kinds == ["message", "message", "my_chat_member"]
    assert api.because("getUpdates", allowed_updates=[1])


@bites("exclusive")
def test_polling_and_a_webhook_exclude_each_other(api: Asking, person: Person) -> None:
    api.ok("setWebhook", url="http://127.0.0.1:9/hook")
    problem = api.refused(409, "getUpdates")["description"]
    assert problem.startswith("Conflict: can't use getUpdates method while webhook is active; use deleteWebhook")
    api.ok("deleteWebhook")
    assert api.ok("getUpdates") == []
    with ThreadPoolExecutor(1) as pool:
        polling = pool.submit(api.refused, 409, "getUpdates", timeout=20)
        real_time.sleep(0.2)
        api.ok("setWebhook", url="http://127.0.0.1:9/hook")
        assert polling.result()["description"] == "Conflict: terminated by setWebhook request"


@bites("deep_link")
def test_a_deep_link_carries_up_to_64_plain_characters(api: Asking, person: Person) -> None:
    person.start("Az09_-" + "x" * 58)
    (update,) = api.ok("getUpdates")
    assert update["message"]["text"] == "/start Az09_-" + "x" * 58
    assert update["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    for payload in ("x" * 65, "a b", "é", "a.b"):
        with pytest.raises(ValueError, match="deep link"):
            person.start(payload)


@bites("block_seen")
def test_the_bot_is_told_when_it_is_blocked_and_let_in_again(api: Asking, person: Person) -> None:
    person.block()
    person.unblock()
    states = [update["my_chat_member"]["new_chat_member"]["status"] for update in api.ok("getUpdates")]
    assert states == ["kicked", "member"]


def test_an_edited_message_is_the_same_message(api: Asking, person: Person) -> None:
    person.say("helo")
    person.edit("hello")
    first, second = api.ok("getUpdates")
    assert first["message"]["text"] == "helo"
    assert first["message"]["message_id"] == second["edited_message"]["message_id"]
    assert second["edited_message"]["text"] == "hello"
    assert second["edited_message"]["edit_date"]
