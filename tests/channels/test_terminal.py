import asyncio
import io
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from rich.console import Console

from bot.channels.terminal import run
from bot.clock import FixedClock
from tests.channels.memory import MemoryBackend


def reader(*lines: str) -> Callable[[str], Awaitable[str]]:
    """Gives the lines one after the other, then ends as a closed terminal does."""
    left = list(lines)

    async def read(prompt: str) -> str:
        if not left:
            raise EOFError
        return left.pop(0)

    return read


def chat(
    *lines: str, speaker: str = "harbour", link: str | None = None, locale: str = "en"
) -> tuple[str, MemoryBackend]:
    backend = MemoryBackend(FixedClock(datetime(2026, 11, 21, 4, tzinfo=UTC)), delay=0.001)
    backend.links["a-good-link"] = "swiftlend"
    output = io.StringIO()
    console = Console(file=output, width=100, no_color=True)
    asyncio.run(run(backend, speaker, link=link, locale=locale, console=console, read_line=reader(*lines)))
    return output.getvalue(), backend


def test_a_number_presses_the_button_of_that_number() -> None:
    output, backend = chat("1\n")
    (room,) = backend.rooms.values()
    assert [(i.kind, i.choice) for i in room.inputs] == [("start", None), ("button", "4-1")]
    assert "1 Start" in output
    assert "¥12,600.00" in output


def test_typed_words_and_a_number_that_is_no_choice_are_text() -> None:
    _, backend = chat("hello", "500", "")
    (room,) = backend.rooms.values()
    assert [i.text for i in room.inputs] == [None, "hello", "500"]


def test_the_chat_begins_in_the_wished_language() -> None:
    output, _ = chat(locale="zh_Hant")
    assert "找真人" in output


def test_words_that_look_like_markup_or_escape_codes_do_nothing() -> None:
    output, backend = chat("[red]x[/nothing]", "\x1b[2J")
    assert len(next(iter(backend.rooms.values())).inputs) == 3
    assert "\x1b[2J" not in output


def test_a_link_opens_its_own_chat_and_a_bad_one_only_says_so() -> None:
    output, backend = chat("hello", link="a-good-link")
    assert "Swiftlend" in output
    assert {address.account for address in backend.rooms} == {"terminal:swiftlend"}
    output, _ = chat(link="spent")
    assert "can't be used" in output
    assert "Harbour Bank" in output


def test_an_unknown_lender_is_named_with_those_that_there_are() -> None:
    output, backend = chat(speaker="nobody")
    assert "harbour, swiftlend" in output
    assert not backend.rooms
