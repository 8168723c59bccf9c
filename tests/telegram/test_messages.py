"""What may be said: how long, with which tags, to whom, how fast; and what may be changed afterwards."""

import pytest

from tests.telegram.asking import Asking, bites
from tests.telegram.conftest import MovableTime
from tests.telegram.people import Group, Person
from tests.telegram.texts import units
from tests.telegram.world import Limits

SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


@bites("text_length")
def test_a_text_has_1_to_4096_characters_after_parsing(api: Asking, person: Person) -> None:
    def say(text: str, **how: object) -> str:
        return api.because("sendMessage", chat_id=person.id, text=text, **how)

    assert say("x" * 4097) == "message is too long"
    assert say("😀" * 2048 + "x") == "message is too long"
    for empty in ("", "   \n", "\u3000"):
        assert say(empty) == "message text is empty"
    assert say("<b> </b>", parse_mode="HTML") == "message text is empty"
    for text in ("x" * 4096, "😀" * 2048, "<b>" + "&lt;" * 4096 + "</b>"):
        sent = api.ok("sendMessage", chat_id=person.id, text=text, parse_mode="HTML")
        assert units(sent["text"]) == 4096


@bites("html_tags", "html_escape")
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a <p>b</p>", 'Unsupported start tag "p" at byte offset 2'),
        ("é <Name@x>", 'Unsupported start tag "name@x" at byte offset 3'),
        ("1 <2", "Unclosed start tag at byte offset 2"),
        ("a <b>b", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a </b>", "Unexpected end tag at byte offset 2"),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b><i>a</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<a href>x</a>", 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0'),
        ("<>", 'Unsupported start tag "" at byte offset 0'),
    ],
)
def test_html_that_is_not_telegrams_is_refused(api: Asking, person: Person, text: str, problem: str) -> None:
    refused = api.because("sendMessage", chat_id=person.id, text=text, parse_mode="HTML")
    assert refused == f"can't parse entities: {problem}"


@bites("html_named", "entities")
def test_html_becomes_a_text_and_its_entities(api: Asking, person: Person) -> None:
    text = (
        ' 😀 <b>a &lt;<i>b</i></b> &amp; <a href="https://bank.example/?a=1&amp;b">c</a> &nbsp; &#39;<pre>d</pre> '
    )
    sent = api.ok("sendMessage", chat_id=person.id, text=text, parse_mode="html")
    assert sent["text"] == "😀 a <b & c &nbsp; 'd"
    assert sent["entities"] == [
        {"type": "bold", "offset": 3, "length": 4},
        {"type": "italic", "offset": 6, "length": 1},
        {"type": "text_link", "offset": 10, "length": 1, "url": "https://bank.example/?a=1&b"},
        {"type": "pre", "offset": 20, "length": 1},
    ]
    plain = api.ok("sendMessage", chat_id=person.id, text="<b>_*[ &amp;")
    assert plain["text"] == "<b>_*[ &amp;"
    for span in ({"offset": 0, "length": 9}, {"offset": -1, "length": 1}, {"offset": 0, "length": 0}, {}):
        entities = [{"type": "bold", **span}]
        assert api.because("sendMessage", chat_id=person.id, text="four", entities=entities)


@bites("parse_mode")
def test_other_parse_modes_are_not_served(api: Asking, person: Person) -> None:
    problem = api.because("sendMessage", chat_id=person.id, text="x", parse_mode="BBCode")
    assert problem == "unsupported parse_mode"


@bites("user_starts")
def test_a_bot_does_not_speak_first(api: Asking) -> None:
    stranger = Person(api.served.world, api.bot)
    refused = api.refused(403, "sendMessage", chat_id=stranger.id, text="hello")
    assert refused["description"] == "Forbidden: bot can't initiate conversation with a user"


@bites("blocked")
def test_whoever_blocked_the_bot_gets_nothing(api: Asking, person: Person) -> None:
    person.block()
    for method, given in (("sendMessage", {"text": "hello"}), ("sendChatAction", {"action": "typing"})):
        refused = api.refused(403, method, chat_id=person.id, **given)
        assert refused["description"] == "Forbidden: bot was blocked by the user"
    person.unblock()
    api.ok("sendMessage", chat_id=person.id, text="hello")


@bites("reply_to", "protect")
def test_replies_and_protected_messages(api: Asking, person: Person) -> None:
    person.say("question")
    (theirs,) = (message for message in person.chat.messages.values() if message.get("text") == "question")
    reply = {"message_id": theirs["message_id"]}
    sent = api.ok("sendMessage", chat_id=person.id, text="a", reply_parameters=reply, protect_content=True)
    assert sent["reply_to_message"]["text"] == "question"
    assert sent["has_protected_content"] is True
    gone = {"message_id": 5}
    problem = api.because("sendMessage", chat_id=person.id, text="a", reply_parameters=gone)
    assert problem == "message to be replied not found"
    api.ok(
        "sendMessage", chat_id=person.id, text="a", reply_parameters=gone | {"allow_sending_without_reply": True}
    )


@bites("not_modified", "edit_own")
def test_an_edit_must_change_something_of_the_bots_own(api: Asking, person: Person) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Yes", "callback_data": "1-1"}]]}
    sent = api.ok("sendMessage", chat_id=person.id, text="<b>a</b>", parse_mode="HTML", reply_markup=keyboard)
    here = {"chat_id": person.id, "message_id": sent["message_id"]}
    same = {"text": "<strong>a</strong>", "parse_mode": "HTML", "reply_markup": keyboard}
    assert api.because("editMessageText", **here, **same) == SAME
    assert api.because("editMessageReplyMarkup", **here, reply_markup=keyboard) == SAME
    assert "reply_markup" not in api.ok("editMessageReplyMarkup", **here)
    assert api.because("editMessageReplyMarkup", **here) == SAME
    edited = api.ok("editMessageText", **here, text="b")
    assert edited["text"] == "b"
    assert "entities" not in edited
    assert person.chat.shown[-1]["text"] == "b"
    assert api.because("editMessageText", **here, text="x" * 4097) == "message is too long"
    assert api.because("editMessageCaption", **here, caption="c") == "there is no caption in the message to edit"
    theirs = next(iter(person.chat.messages))
    assert (
        api.because("editMessageText", chat_id=person.id, message_id=theirs, text="b") == "message can't be edited"
    )
    assert api.because("editMessageText", chat_id=person.id, message_id=5, text="b") == "message to edit not found"


@bites("delete_in_time")
def test_a_message_is_deleted_within_two_days(api: Asking, person: Person, time: MovableTime) -> None:
    first, second = (api.ok("sendMessage", chat_id=person.id, text=text)["message_id"] for text in "ab")
    assert api.ok("deleteMessage", chat_id=person.id, message_id=first) is True
    again = api.because("deleteMessage", chat_id=person.id, message_id=first)
    assert again == "message to delete not found"
    time.at += 48 * 3600 + 1
    assert api.because("deleteMessage", chat_id=person.id, message_id=second) == "message can't be deleted"


@bites("chat_action")
def test_a_chat_action_is_one_of_the_known(api: Asking, person: Person) -> None:
    assert api.ok("sendChatAction", chat_id=person.id, action="typing") is True
    problem = api.because("sendChatAction", chat_id=person.id, action="thinking")
    assert problem == "wrong parameter action in request"
    assert person.chat.actions == ["typing"]


@bites("chat_rate", "retry_after")
def test_one_message_a_second_in_a_chat(api: Asking, person: Person, time: MovableTime) -> None:
    api.served.world.limits = Limits(chat_burst=2, retry_after=3)
    other = Person(api.served.world, api.bot)
    other.start()
    say = {"chat_id": person.id, "text": "x"}
    api.ok("sendMessage", **say)
    api.ok("sendMessage", **say)
    refused = api.refused(429, "sendMessage", **say)
    assert refused["description"] == "Too Many Requests: retry after 3"
    assert refused["parameters"] == {"retry_after": 3}
    api.ok("sendMessage", chat_id=other.id, text="x")
    time.at += 2.9
    assert api.refused(429, "sendMessage", **say)["parameters"] == {"retry_after": 1}
    time.at += 0.1
    api.ok("sendMessage", **say)
    assert len(person.chat.sent_at) == 3


@bites("bot_rate")
def test_thirty_messages_a_second_from_a_bot(api: Asking, time: MovableTime) -> None:
    api.served.world.limits = Limits()
    crowd = [Person(api.served.world, api.bot) for _ in range(31)]
    for person in crowd:
        person.start()
    for person in crowd[:30]:
        api.ok("sendMessage", chat_id=person.id, text="x")
    assert api.refused(429, "sendMessage", chat_id=crowd[30].id, text="x")["parameters"] == {"retry_after": 1}
    time.at += 1
    api.ok("sendMessage", chat_id=crowd[30].id, text="x")


def test_a_chat_can_be_closed_for_longer(api: Asking, person: Person, time: MovableTime) -> None:
    api.served.world.refuse_for(person.chat, 35)
    assert api.refused(429, "sendMessage", chat_id=person.id, text="x")["parameters"] == {"retry_after": 35}


@bites("leave")
def test_a_group_that_was_left_is_closed(api: Asking, person: Person) -> None:
    group = Group(api.served.world, api.bot)
    group.add_bot(person.user)
    api.ok("sendMessage", chat_id=group.id, text="hello")
    assert api.ok("leaveChat", chat_id=group.id) is True
    refused = api.refused(403, "sendMessage", chat_id=group.id, text="hello")
    assert refused["description"] == "Forbidden: bot is not a member of the supergroup chat"
    assert api.because("leaveChat", chat_id=group.id) == "bot is not a member of the chat"
    assert "private chats" in api.because("leaveChat", chat_id=person.id)
