"""After a press the keyboard goes and the choice stands in the message, whatever the press brings with it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from bot.channels.telegram_api import Api, NotTaken, TooFast, Unavailable
from bot.channels.telegram_presses import show_choice, shown_already, title_of
from bot.channels.telegram_text import LONGEST
from bot.channels.telegram_updates import Press

KEYBOARD = {
    "inline_keyboard": [[{"text": "Yes", "callback_data": "4-1"}], [{"text": "No", "callback_data": "4-2"}]]
}


@dataclass
class Edits:
    """Notes what is edited; fails with each of `errors` first."""

    errors: list[Exception] = field(default_factory=list)
    done: list[tuple[Any, ...]] = field(default_factory=list)

    def _do(self, *what: Any) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.done.append(what)

    async def edit_text(self, chat: int, message: int, text: str, entities: Sequence[Mapping[str, Any]]) -> None:
        self._do("text", message, text, list(entities))

    async def edit_caption(self, chat: int, message: int, text: str, entities: Sequence[Mapping[str, Any]]) -> None:
        self._do("caption", message, text, list(entities))

    async def take_keyboard(self, chat: int, message: int) -> None:
        self._do("keyboard", message)


def show(edits: Edits, message: Mapping[str, Any] | None, data: str = "4-1", title: str | None = None) -> None:
    asyncio.run(show_choice(cast(Api, edits), 7, Press("q", data, message), title))


def message(**content: Any) -> dict[str, Any]:
    return {"message_id": 3, "text": "Sure?", "reply_markup": KEYBOARD, **content}


def test_the_choice_is_written_below_the_words_and_their_markup_stays() -> None:
    edits, pre = Edits(), {"type": "pre", "offset": 0, "length": 5}
    show(edits, message(entities=[pre]))
    assert edits.done == [("text", 3, "Sure?\n\n✓ Yes", [pre])]


def test_a_documents_choice_is_written_into_its_caption() -> None:
    edits = Edits()
    show(edits, {"message_id": 3, "caption": "Here", "reply_markup": KEYBOARD}, "4-2")
    assert edits.done == [("caption", 3, "Here\n\n✓ No", [])]


def test_a_press_without_its_keyboard_is_told_by_the_record() -> None:
    edits = Edits()
    show(edits, {"message_id": 3, "text": "Sure?"}, title="Yes")
    assert edits.done == [("text", 3, "Sure?\n\n✓ Yes", [])]


@pytest.mark.parametrize("pressed", [message(text="x" * LONGEST), {"message_id": 3, "reply_markup": KEYBOARD}])
def test_where_the_choice_has_no_room_the_keyboard_goes_all_the_same(pressed: dict[str, Any]) -> None:
    edits = Edits()
    show(edits, pressed)
    assert edits.done == [("keyboard", 3)]


def test_an_unknown_button_only_takes_the_keyboard_away() -> None:
    edits = Edits()
    show(edits, message(), "9-9")
    assert edits.done == [("keyboard", 3)]


@pytest.mark.parametrize("pressed", [None, {"message_id": 3, "text": "Sure?\n\n✓ Yes"}])
def test_a_message_too_old_or_answered_before_is_let_be(pressed: dict[str, Any] | None) -> None:
    edits = Edits()
    show(edits, pressed)
    assert edits.done == []


def test_a_second_press_that_changes_nothing_is_no_error() -> None:
    show(Edits([NotTaken("Bad Request: message is not modified")]), message())
    with pytest.raises(NotTaken):
        show(Edits([NotTaken("Bad Request: message can't be edited")]), message())


def test_a_429_is_waited_for_and_a_long_one_is_not() -> None:
    edits = Edits([TooFast(0.01)])
    show(edits, message())
    assert len(edits.done) == 1
    slow = Edits([TooFast(3600)])
    show(slow, message())
    assert slow.done == []


def test_other_trouble_is_whoever_asked_for_its() -> None:
    with pytest.raises(Unavailable):
        show(Edits([Unavailable("no answer")]), message())


def test_titles_and_answers_are_found_where_they_stand() -> None:
    assert [title_of(message(), data) for data in ("4-1", "4-2", "4-3")] == ["Yes", "No", None]
    assert [shown_already(message()), shown_already({"text": "a\n\n✓ b"})] == [False, True]
