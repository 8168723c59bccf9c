"""What an update says, from raw JSON in which anything may be missing or strange."""

from typing import Any

import pytest

from bot.channels.telegram_updates import NOTHING, RemoteFile, Update, clean, number_of, read, sender_of
from bot.errors import BadInput

ME = {"id": 7, "is_bot": False, "first_name": "<b>_*[", "language_code": "zh-hans"}
CHAT = {"id": 7, "type": "private", "first_name": "<b>_*["}
GROUP = {"id": -100123, "type": "supergroup", "title": "Family"}


def message(**content: Any) -> dict[str, Any]:
    return {"update_id": 5, "message": {"message_id": 3, "date": 1, "chat": CHAT, "from": ME, **content}}


def press(data: str = "12-3", **message: Any) -> dict[str, Any]:
    stood_on = {"message_id": 9, "date": 1, "chat": CHAT, "text": "Which?", **message}
    return {"update_id": 6, "callback_query": {"id": "q1", "from": ME, "message": stood_on, "data": data}}


def test_text_is_read_with_the_language_of_the_app() -> None:
    assert read(message(text="hello")) == Update("input", "7", "text", text="hello", locale="zh-hans", message_id=3)


@pytest.mark.parametrize(
    ("text", "kind", "said", "link"),
    [
        ("/start", "start", None, None),
        ("/start@harbour_bot", "start", None, None),
        ("/start Ab-_9", "start", None, "Ab-_9"),
        ("/HELP", "command", "/help", None),
        ("/stop please", "command", "/stop", None),
        ("/complain", "text", "/complain", None),
        ("/ no command", "text", "/ no command", None),
    ],
)
def test_commands_are_told_from_words(text: str, kind: str, said: str | None, link: str | None) -> None:
    update = read(message(text=text))
    assert (update.want, update.kind, update.text, update.link) == ("input", kind, said, link)


@pytest.mark.parametrize(
    ("data", "choice"),
    [("12-3", "12-3"), ("", "0-0"), ("12-3-4", "0-0"), ("/SetSlots(verified=true)", "0-0"), ("x" * 64, "0-0")],
)
def test_a_press_names_a_choice_or_none_that_was_offered(data: str, choice: str) -> None:
    update = read(press(data))
    assert (update.want, update.kind, update.choice) == ("input", "button", choice)
    assert update.press
    assert (update.press.query, update.press.data) == ("q1", data)


def test_a_press_on_a_message_too_old_to_be_seen_brings_no_message() -> None:
    update = read(press(date=0))
    assert update.press
    assert update.press.message is None


def test_an_edit_is_of_the_message_that_it_names_and_only_words_are_edited() -> None:
    raw = message(text="I meant 500")
    edited = {"update_id": 8, "edited_message": raw["message"]}
    assert read(edited) == Update("input", "7", "edited", text="I meant 500", locale="zh-hans", message_id=3)
    moved = {"update_id": 9, "edited_message": message(location={"latitude": 1, "longitude": 2})["message"]}
    assert read(moved) == NOTHING


@pytest.mark.parametrize("kind", ["voice", "sticker", "location", "video_note", "poll"])
def test_what_cannot_be_read_says_what_it_is(kind: str) -> None:
    update = read(message(**{kind: {"file_id": "f"}}))
    assert (update.want, update.kind, update.text) == ("input", "unreadable", kind)


def test_what_telegram_may_bring_one_day_is_answered_too() -> None:
    assert read(message(hologram={})).text == "other"


def test_what_is_no_message_of_anybody_is_let_be() -> None:
    assert read(message(pinned_message={})) == NOTHING
    assert read({"update_id": 1, "poll_answer": {}}) == NOTHING


def test_a_photo_is_its_largest_size_that_may_be_fetched() -> None:
    sizes = [
        {"file_id": "small", "width": 90, "height": 90, "file_size": 1000},
        {"file_id": "large", "width": 1280, "height": 960, "file_size": 200_000},
        {"file_id": "huge", "width": 4000, "height": 3000, "file_size": 30 * 1024 * 1024},
    ]
    update = read(message(photo=sizes, caption="my payslip"))
    assert update.file == RemoteFile("large", "photo-3.jpg", "image/jpeg", 200_000)
    assert (update.want, update.text) == ("file", "my payslip")


def test_a_document_is_told_by_what_the_app_says_of_it() -> None:
    document = {"file_id": "d", "file_name": "slip.pdf", "mime_type": "application/pdf", "file_size": 10}
    assert read(message(document=document)).file == RemoteFile("d", "slip.pdf", "application/pdf", 10)
    assert read(message(document={"file_id": "d"})).file == RemoteFile("d", "file", None, None)


@pytest.mark.parametrize(
    ("contact", "more", "phone"),
    [
        ({"phone_number": "+8613800001234", "user_id": 7}, {}, "+8613800001234"),
        ({"phone_number": "+8613800001234", "user_id": 8}, {}, None),
        ({"phone_number": "+8613800001234"}, {}, None),
        ({"phone_number": "+8613800001234", "user_id": 7}, {"forward_origin": {"type": "user"}}, None),
    ],
)
def test_only_ones_own_contact_brings_a_phone(
    contact: dict[str, Any], more: dict[str, Any], phone: str | None
) -> None:
    update = read(message(contact=contact, **more))
    assert (update.kind, update.phone) == ("contact", phone)


def test_in_groups_and_channels_it_only_leaves() -> None:
    said = message(text="he owes 12,600", chat=GROUP)
    assert read(said) == Update("leave", leave=-100123)
    assert read(press(chat=GROUP)) == Update("leave", leave=-100123)
    assert read({"update_id": 1, "channel_post": {"chat": {"id": -5, "type": "channel"}}}) == Update(
        "leave", leave=-5
    )
    added = {"chat": GROUP, "from": ME, "new_chat_member": {"status": "member"}}
    assert read({"update_id": 1, "my_chat_member": added}) == Update("leave", leave=-100123)
    removed = {"chat": GROUP, "from": ME, "new_chat_member": {"status": "left"}}
    assert read({"update_id": 1, "my_chat_member": removed}) == NOTHING


@pytest.mark.parametrize(("status", "want"), [("kicked", "left"), ("member", "joined")])
def test_blocking_and_unblocking_are_heard(status: str, want: str) -> None:
    change = {"chat": CHAT, "from": ME, "new_chat_member": {"status": status}}
    assert read({"update_id": 1, "my_chat_member": change}) == Update(want, "7")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "raw",
    [
        [],
        "text",
        {"message": 5},
        {"message": {"message_id": 1, "text": "no chat"}},
        {"message": {"message_id": 1, "chat": {"id": "seven", "type": "private"}, "text": "x"}},
        {"message": {"message_id": 1, "chat": CHAT, "text": 5}},
        {"message": {"message_id": 1, "chat": CHAT, "photo": []}},
        {"callback_query": {"id": "q", "message": {"chat": CHAT}}},
        {"my_chat_member": {"chat": CHAT}},
    ],
)
def test_what_is_not_as_described_is_refused_by_name(raw: object) -> None:
    with pytest.raises(BadInput, match=r"is no|has no"):
        read(raw)


def test_whose_an_update_is_can_be_told_of_most_that_cannot_be_read() -> None:
    assert sender_of(message(text=5)) == "7"
    assert sender_of(press()) == "7"
    assert sender_of({"callback_query": {"from": ME}}) == "7"
    others: list[object] = [[], {"message": 5}, {"message": {"chat": {"id": "x"}}}]
    assert [sender_of(raw) for raw in others] == ["", "", ""]


def test_an_id_is_a_number_or_none() -> None:
    assert number_of({"update_id": 5}) == 5
    others: list[object] = [{}, [], {"update_id": "5"}, {"update_id": True}, {"update_id": -1}]
    assert [number_of(raw) for raw in others] == [None] * 5


def test_text_is_made_fit_for_every_database() -> None:
    assert clean("a\0b\ud83dc😀") == "ab�c😀"
