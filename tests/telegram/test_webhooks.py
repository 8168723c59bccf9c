"""Webhooks: which addresses are taken, what comes with an update, and that it comes until it is taken."""

import json
from collections.abc import Iterator

import pytest

from tests.telegram.asking import Asking, bites
from tests.telegram.conftest import MovableTime
from tests.telegram.hook import Hook, answering
from tests.telegram.people import Person


@pytest.fixture
def hook() -> Iterator[Hook]:
    with answering(Hook()) as hook:
        yield hook


@bites("webhook_https", "webhook_local")
def test_a_webhook_is_https_save_on_a_server_of_ones_own(api: Asking) -> None:
    refused = "bad webhook: An HTTPS URL must be provided for webhook"
    for url in ("http://bank.example/hook", "bank.example", "ftp://127.0.0.1/"):
        assert api.because("setWebhook", url=url) == refused
    api.ok("setWebhook", url="https://bank.example/hook")
    api.ok("setWebhook", url="http://127.0.0.1:1234/hook")
    api.served.world.local = False
    assert api.because("setWebhook", url="http://127.0.0.1:1234/hook") == refused
    assert "reserved" in api.because("setWebhook", url="https://127.0.0.1/hook")


@bites("webhook_ports")
def test_a_webhook_is_on_one_of_four_ports(api: Asking) -> None:
    for port in (443, 80, 88, 8443):
        api.ok("setWebhook", url=f"https://bank.example:{port}/hook")
    for port in (8000, 444):
        problem = api.because("setWebhook", url=f"https://bank.example:{port}/hook")
        assert problem == "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"


@bites("webhook_secret")
def test_a_secret_is_plain_characters_and_comes_with_every_update(api: Asking, person: Person, hook: Hook) -> None:
    for secret in ("x" * 257, "a b", "é", "a.b", "a=b"):
        problem = api.because("setWebhook", url=hook.url, secret_token=secret)
        assert problem == "secret token contains unallowed characters"
    secret = "Az09_-" + "x" * 250
    api.ok("setWebhook", url=hook.url, secret_token=secret)
    person.say("a")
    api.served.world.wait(lambda: hook.secrets)
    assert hook.secrets == [secret]
    api.ok("setWebhook", url=hook.url)
    person.say("b")
    api.served.world.wait(lambda: len(hook.secrets) == 2)
    assert hook.secrets[1] is None


@bites("webhook_connections")
def test_connections_are_1_to_100(api: Asking) -> None:
    for number in (0, 101):
        assert api.because("setWebhook", url="https://bank.example/", max_connections=number)
    api.ok("setWebhook", url="https://bank.example/", max_connections=100)
    assert api.ok("getWebhookInfo")["max_connections"] == 100


@bites("webhook_retry")
@pytest.mark.parametrize("status", [301, 400, 403, 404, 429, 500, 503])
def test_what_is_not_answered_with_2xy_comes_again(api: Asking, person: Person, hook: Hook, status: int) -> None:
    hook.statuses = [status, status, 204]
    api.ok("setWebhook", url=hook.url)
    first, second = person.say("a"), person.say("b")
    api.served.world.wait(lambda: api.bot.queue.confirmed == [first, second])
    assert hook.texts == ["a", "a", "a", "b"]
    info = api.ok("getWebhookInfo")
    assert info["pending_update_count"] == 0
    assert str(status) in info["last_error_message"]


def test_it_gives_up_after_a_reasonable_amount_of_attempts(api: Asking, person: Person, hook: Hook) -> None:
    api.ok("setWebhook", url=hook.url)
    sender = api.served.api.deliverers[api.bot.token]
    sender.give_up, sender.first_wait = 3, 0.01
    hook.statuses = [500, 500, 500]
    person.say("a")
    api.served.world.wait(lambda: api.bot.queue.confirmed)
    person.say("b")
    api.served.world.wait(lambda: len(api.bot.queue.confirmed) == 2)
    assert hook.texts == ["a", "a", "a", "b"]


def test_one_chat_that_fails_does_not_hold_up_another(api: Asking, person: Person, hook: Hook) -> None:
    api.ok("setWebhook", url=hook.url)
    api.served.api.deliverers[api.bot.token].first_wait = 60
    hook.statuses = [500]
    person.say("stuck")
    api.served.world.wait(lambda: hook.received)
    other = Person(api.served.world, api.bot)
    done = other.say("through")
    api.served.world.wait(lambda: api.bot.queue.confirmed == [done])


@bites("webhook_remove")
def test_an_empty_url_removes_the_webhook(api: Asking, person: Person, hook: Hook) -> None:
    api.ok("setWebhook", url=hook.url)
    assert api.ok("getWebhookInfo")["url"] == hook.url
    api.ok("setWebhook", url="")
    person.say("a")
    assert [update["message"]["text"] for update in api.ok("getUpdates")] == ["a"]
    assert hook.received == []


@bites("webhook_drop")
def test_pending_updates_are_dropped_on_request(api: Asking, person: Person) -> None:
    person.say("a")
    api.ok("deleteWebhook")
    assert api.ok("getWebhookInfo")["pending_update_count"] == 1
    api.ok("deleteWebhook", drop_pending_updates=True)
    assert api.ok("getWebhookInfo")["pending_update_count"] == 0
    person.say("b")
    api.ok("setWebhook", url="https://bank.example/", drop_pending_updates=True)
    assert api.ok("getWebhookInfo")["pending_update_count"] == 0


@bites("webhook_info")
def test_without_a_webhook_the_url_is_empty(api: Asking) -> None:
    assert api.ok("getWebhookInfo") == {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": 0,
    }


@bites("webhook_answer")
def test_a_bot_may_ask_for_something_in_its_answer(api: Asking, person: Person, hook: Hook) -> None:
    hook.answer = json.dumps({"method": "sendMessage", "chat_id": person.id, "text": "hello"}).encode()
    api.ok("setWebhook", url=hook.url)
    person.say("a")
    api.served.world.wait(lambda: person.chat.shown)
    assert person.chat.shown[0]["text"] == "hello"


def test_a_webhooks_updates_are_kept_for_a_day_too(
    api: Asking, person: Person, time: MovableTime, hook: Hook
) -> None:
    person.say("old")
    time.at += 24 * 3600 + 1
    fresh = person.say("fresh")
    api.ok("setWebhook", url=hook.url)
    api.served.world.wait(lambda: api.bot.queue.confirmed == [fresh])
    assert hook.texts == ["fresh"]
