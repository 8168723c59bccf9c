"""Text as Telegram counts it: nothing is lost in splitting, nothing becomes markup, figures stand in line."""

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram_text import LONGEST, html, length, plan_table, rows_of, split, width


def test_length_is_in_utf16_units() -> None:
    assert [length(text) for text in ("abc", "四川", "😀", "")] == [3, 2, 2, 0]


@given(st.text(max_size=400), st.integers(10, 60))
def test_a_split_text_loses_nothing_but_space_and_every_piece_fits(text: str, longest: int) -> None:
    pieces = split(text, longest)
    assert all(0 < length(piece) <= longest for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("One two. Three four. Five six.", ["One two. Three four.", "Five six."]),
        (
            "第一句话说完了。第二句话也说完了。第三句话还没有说完。",
            ["第一句话说完了。第二句话也说完了。", "第三句话还没有说完。"],
        ),
        ("x" * 50, ["x" * 22, "x" * 22, "x" * 6]),
    ],
)
def test_a_text_is_split_where_a_reader_pauses(text: str, pieces: list[str]) -> None:
    assert split(text, 22) == pieces


def test_amounts_are_not_taken_for_the_end_of_a_sentence() -> None:
    assert split("We agreed 1,234.56 a month", 19)[0] == "We agreed 1,234.56"


def test_a_message_may_be_as_long_as_telegram_allows() -> None:
    assert split("a" * LONGEST) == ["a" * LONGEST]
    assert [length(piece) for piece in split("😀" * LONGEST)] == [LONGEST, LONGEST]


@given(st.text())
def test_nothing_that_anybody_writes_is_markup(text: str) -> None:
    marked = html(text)
    assert "<" not in marked
    assert unescape(marked) == text or "&" in text


def test_the_figures_of_plans_stand_under_each_other() -> None:
    plans = [
        {"label": "A", "amount": "¥1,050.00", "count": 12, "last": "10 Nov 2027"},
        {"label": "B", "amount": "¥700.00", "count": 18, "last": "10 May 2028"},
        {"label": "C", "amount": "¥525.00", "count": 6, "last": "2028年5月10日"},
    ]
    table = plan_table(plans).split("\n")
    assert table == [
        "A  ¥1,050.00 × 12  10 Nov 2027",
        "B    ¥700.00 × 18  10 May 2028",
        "C    ¥525.00 ×  6  2028年5月10日",
    ]
    assert max(width(line) for line in table) <= 32  # as many columns as a narrow phone shows


def test_two_short_buttons_share_a_row_and_a_long_one_stands_alone() -> None:
    titles = ["A", "B", "C", "I'm having a hard time just now", "转人工", "看方案"]
    assert list(rows_of(titles)) == [[0, 1], [2], [3], [4, 5]]
