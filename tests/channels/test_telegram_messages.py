"""What recorded words look like as Telegram messages."""

from typing import Any

from bot.channels.backend import Document
from bot.channels.documents import announced
from bot.channels.telegram_messages import pieces, together
from bot.channels.telegram_text import LONGEST, length
from bot.conversations.sending import Event
from bot.record.events import EventKind
from tests.storage.samples import NOW

PLANS = {"type": "plans", "plans": [{"label": "A", "amount": "¥700.00", "count": 18, "last": "10 May 2028"}]}
BUTTONS = [{"title": "See plans", "payload": "/request_plan"}, {"title": "A person", "payload": "/request_human"}]


def event(seq: int, text: str = "Hello.", kind: EventKind = "bot", **body: Any) -> Event:
    return Event("c1", seq, kind, NOW, {"text": text, **body}, b"", b"", b"")


def test_the_words_of_a_turn_leave_together_up_to_the_first_buttons() -> None:
    events = [event(1), event(2), event(3, buttons=BUTTONS), event(4)]
    assert [together(events), together(events[3:])] == [3, 1]


def test_a_persons_words_and_notices_leave_by_themselves() -> None:
    assert together([event(1), event(2, kind="agent")]) == 1
    assert together([event(1, kind="notice"), event(2)]) == 1


def test_what_needs_a_message_of_its_own_gets_one() -> None:
    assert together([event(1), event(2, card={"type": "end_contact"}), event(3)]) == 1
    assert together([event(2, card={"type": "end_contact"}), event(3, buttons=BUTTONS)]) == 1


def test_words_leave_together_only_as_far_as_a_message_holds_them() -> None:
    long = "x" * (LONGEST // 2)
    assert together([event(1, long), event(2, long), event(3)]) == 1


def test_buttons_stand_under_the_last_words_with_ids_of_their_choices() -> None:
    (piece,) = pieces([event(5, "One."), event(6, "Two?", buttons=BUTTONS)], protect_figures=False)
    assert piece.html == "One.\n\nTwo?"
    assert piece.keyboard == ((("See plans", "6-1"), ("A person", "6-2")),)
    assert all(len(data.encode()) <= 64 for row in piece.keyboard for _, data in row)


def test_a_name_full_of_markup_is_harmless() -> None:
    (piece,) = pieces([event(1, "Dear <b>_*[ & co", kind="agent", name="<i>Ana")], protect_figures=False)
    assert piece.html == "<b>&lt;i&gt;Ana</b>\nDear &lt;b&gt;_*[ &amp; co"


def test_a_long_text_becomes_several_messages_with_the_buttons_under_the_last() -> None:
    made = pieces([event(1, "A sentence. " * 800, buttons=BUTTONS)], protect_figures=False)
    assert len(made) == 3
    assert all(length(piece.html) <= LONGEST for piece in made)
    assert [bool(piece.keyboard) for piece in made] == [False, False, True]


def test_plans_are_drawn_before_the_words() -> None:
    (piece,) = pieces([event(1, "Miss one: 5 days.", card=PLANS, buttons=BUTTONS)], protect_figures=False)
    assert piece.html == "<pre>A  ¥700.00 × 18  10 May 2028</pre>\n\nMiss one: 5 days."


def test_only_messages_with_amounts_are_protected_and_only_if_wished() -> None:
    owed = event(1, "¥12,600.00", args={"total": {"money": ["12600.00", "CNY"]}})
    inside = event(2, "600", args={"row": {"label": {"args": {"amount": {"figure": {"money": []}}}}}})
    hello = event(3, args={"speaker": {"names": {"by_locale": {}}}})
    for told, wished, protected in (
        (owed, True, True), (inside, True, True), (event(4, card=PLANS), True, True), (hello, True, False),
        (owed, False, False),
    ):  # fmt: skip
        assert pieces([told], protect_figures=wished)[0].protect == protected


def test_a_phone_number_is_asked_for_below_the_text_field_and_the_button_goes_again() -> None:
    (asked,) = pieces([event(1, card={"type": "ask_contact", "button": "Share"})], protect_figures=False)
    (done,) = pieces([event(2, card={"type": "end_contact"})], protect_figures=False)
    assert (asked.ask_contact, asked.end_contact) == ("Share", False)
    assert (done.ask_contact, done.end_contact) == (None, True)


def test_the_borrowers_own_record_goes_as_a_document_that_can_be_saved() -> None:
    record = event(1, "Here it is.", card={"type": "record"}, buttons=BUTTONS)
    file = Document("chat.html", "text/html", b"<html>")
    (piece,) = pieces([record], protect_figures=True, document=file)
    assert announced(record.body) == {"type": "record"}
    assert (piece.document, piece.html, bool(piece.keyboard), piece.protect) == (file, "Here it is.", True, False)


def test_what_was_erased_is_not_sent() -> None:
    assert pieces([Event("c1", 1, "bot", NOW, None, None, b"", b"")], protect_figures=True) == []
