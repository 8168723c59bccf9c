"""How a request is made, and by whom."""

import pytest

from tests.telegram.asking import Asking, bites
from tests.telegram.people import Person


@bites("token")
def test_a_token_that_is_no_bots_is_unauthorized(api: Asking) -> None:
    other = f"{api.bot.id}:not-the-token-of-this-bot"
    assert api.denied(401, api.raw("GET", f"../bot{other}/getMe"))["description"] == "Unauthorized"
    garbled = api.denied(401, api.raw("GET", "../botnonsense/getMe"))
    assert garbled["description"] == "Unauthorized: invalid token specified"


def test_get_me_says_who_the_bot_is(api: Asking) -> None:
    me = api.ok("getMe")
    assert (me["id"], me["is_bot"], me["username"]) == (api.bot.id, True, api.bot.username)


@bites("request_form")
def test_a_method_that_does_not_exist_is_not_found(api: Asking) -> None:
    assert api.refused(404, "sendTelegram")["description"] == "Not Found"


@bites("http_methods")
def test_only_get_and_post(api: Asking) -> None:
    for verb in ("PUT", "DELETE", "PATCH"):
        api.denied(405, api.raw(verb, "getMe"))


@bites("case")
def test_case_does_not_count(api: Asking) -> None:
    assert api.ok("GETME") == api.ok("getme")


@bites("four_ways")
def test_parameters_come_in_four_ways(api: Asking, person: Person) -> None:
    given = {"chat_id": str(person.id), "text": "hello"}
    for verb, what in (
        ("GET", {"params": given}),
        ("POST", {"params": given}),
        ("POST", {"data": given}),
        ("POST", {"json": given}),
        ("POST", {"data": given, "files": {"unused": ("", b"")}}),
    ):
        answer = api.raw(verb, "sendMessage", **what).json()
        if "files" in what:
            assert "unused" in answer["description"]
        else:
            assert answer["result"]["text"] == "hello"
    xml = api.raw("POST", "sendMessage", content=b"<a/>", headers={"Content-Type": "text/xml"})
    assert "content type" in api.denied(400, xml)["description"]
    wrong = api.raw("POST", "sendMessage", content=b"{", headers={"Content-Type": "application/json"})
    assert "JSON" in api.denied(400, wrong)["description"]


@bites("utf8")
def test_other_encodings_are_refused(api: Asking) -> None:
    body = '{"chat_id": 1, "text": "銀行"}'.encode("big5")
    answer = api.raw("POST", "sendMessage", content=body, headers={"Content-Type": "application/json"})
    assert "UTF-8" in api.denied(400, answer)["description"]


@bites("parameter_types")
@pytest.mark.parametrize(
    ("method", "given"),
    [
        ("sendMessage", {"protect_content": "perhaps"}),
        ("sendMessage", {"reply_markup": "{"}),
        ("sendMessage", {"reply_markup": []}),
        ("sendMessage", {"disable_notification": 3}),
        ("sendMessage", {"reply_makrup": {}}),
        ("sendMessage", {"text": ["a"]}),
        ("editMessageText", {"message_id": "first"}),
        ("editMessageText", {}),
        ("getUpdates", {"limit": "many"}),
        ("getUpdates", {"allowed_updates": "message"}),
        ("answerCallbackQuery", {"text": "done"}),
    ],
)
def test_parameters_of_another_type_or_name_are_refused(
    api: Asking, person: Person, method: str, given: dict[str, object]
) -> None:
    if method not in ("getUpdates", "answerCallbackQuery"):
        given = {"chat_id": person.id, "text": "x"} | given
    assert api.because(method, **given)


@bites("chat_found")
def test_a_chat_that_the_bot_does_not_know_is_not_found(api: Asking, person: Person) -> None:
    for chat_id in (1, "@nobody", person.id + 1):
        assert api.because("sendMessage", chat_id=chat_id, text="x") == "chat not found"
    assert api.because("sendMessage", text="x") == "chat_id is empty"
    other = api.served.world.add_bot("other_bot")
    theirs = Person(api.served.world, other)
    theirs.start()
    assert api.because("sendMessage", chat_id=theirs.id, text="x") == "chat not found"


def test_every_request_is_noted_with_what_was_wrong(api: Asking, person: Person) -> None:
    api.ok("sendMessage", chat_id=person.id, text="x")
    api.because("sendMessage", chat_id=person.id)
    granted, refused = api.bot.calls[-2:]
    assert granted.parameters == {"chat_id": person.id, "text": "x"}
    assert granted.refused is None
    assert refused.refused is not None
    assert refused.refused.sentence == "Text of the message to be sent, 1-4096 characters after entities parsing"
