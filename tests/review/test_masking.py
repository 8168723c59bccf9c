"""What is covered and what stays readable."""

from collections.abc import Mapping

import pytest

from bot.lending.identity import Borrower
from bot.record.events import Event, EventKind
from bot.review.masking import COVER, Mask
from tests.desk.stage import NOW

LIN = Borrower(
    "1", "harbour", "HB-1001", "林伟", NOW.date(), "4417", "cn", "Asia/Shanghai", "lender", phone="13800138000"
)


@pytest.mark.parametrize("text", [
    "I am 林伟", "ref hb-1001", "ring 13800138000", "ring 138 0013 8000", "+44 7700 900123", "a.b@example.org",
    "born 1990-05-17", "1990年5月17日", "17.05.1990", "card 6222 0210 0123 4567",
])  # fmt: skip
def test_covered(text: str) -> None:
    assert COVER in Mask(LIN).text(text)


@pytest.mark.parametrize("text", [
    "¥12,600.00 since 7 Oct, 45 days", "525.00 × 24", "12600.00",
    "I can pay 800 a month", "每月能还800", "call 12356",
])  # fmt: skip
def test_left_readable(text: str) -> None:
    assert Mask(LIN).text(text) == text


def test_nobody_known_still_covers_what_looks_personal() -> None:
    assert Mask(None).text("ring 13800138000, 林伟") == f"ring {COVER}, 林伟"


def event(seq: int, kind: EventKind, body: Mapping[str, object]) -> Event:
    return Event("c", seq, kind, NOW, body, b"", b"", b"")


def test_a_message_that_answers_who_they_are_is_covered_whole_with_what_was_read_in_it() -> None:
    events = [
        event(1, "user", {"kind": "text", "input": 7, "text": "it's the one from the seventeenth of May"}),
        event(2, "turn", {
            "input": 7,
            "commands": [{"command": "SetSlot", "name": "identity_birth_date", "value": "17 May"}],
            "understood": {"intents": [["inform", 0.9]], "entities": ["17 May"], "answer": "17 May"},
            "trace": [{"event": "slot", "name": "identity_birth_date", "value": "17 May"}],
        }),
        event(3, "user", {"kind": "text", "input": 8, "text": "what do I owe in May?"}),
    ]  # fmt: skip
    bodies = [body for _, body in Mask(None).events(events)]
    assert "May" not in str(bodies[:2])
    assert bodies[0] == {"kind": "text", "input": 7, "text": COVER}
    assert bodies[2] == events[2].body


def test_an_erased_event_stays_erased() -> None:
    erased = Event("c", 1, "user", NOW, None, None, b"", b"")
    assert Mask(LIN).events([erased]) == [(erased, None)]


def test_our_own_ids_and_times_are_no_personal_data() -> None:
    body = {
        "case": "opened",
        "answer_by": "2026-11-23T02:30:00+00:00",
        "account": "09bcae2a8d4a4279b0facaf86a7da683",
        "text": "4417441744174417441744174417ab12",
    }
    shown = Mask(None).events([Event("c1", 1, "case", NOW, body, b"", b"", b"")])[0][1]
    assert shown is not None
    assert {key: shown[key] for key in ("answer_by", "account")} == {
        key: body[key] for key in ("answer_by", "account")
    }
    assert COVER in shown["text"]


def test_a_name_that_is_no_word_is_covered_like_any_value() -> None:
    body = {"response": "utter_who", "args": {"name": {"names": {"by_locale": {"en": "林伟 & Co"}}}, "value": 1}}
    assert Mask(LIN).events([event(1, "bot", body)])[0][1] == {
        "response": "utter_who",
        "args": {"name": {"names": {"by_locale": {"en": f"{COVER} & Co"}}}, "value": 1},
    }
