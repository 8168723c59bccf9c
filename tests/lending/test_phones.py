"""A number shared by a network is found on a lender's record however it was written there."""

import pytest

from bot.lending.phones import digits, forms, same

CODES = ("86", "886", "1", "44", "91")


@pytest.mark.parametrize(
    ("shared", "on_file", "code", "is_same"),
    [
        ("8613800138000", "+86 138-0013-8000", "86", True),
        ("+8613800138000", "138 0013 8000", "86", True),
        ("+8613800138000", "008613800138000", "86", True),
        ("+886912345678", "0912-345-678", "886", True),
        ("+886912345678", "０９１２３４５６７８", "886", True),
        ("+447700900123", "07700 900123", "44", True),
        ("+12025550123", "(202) 555-0123", "1", True),
        ("+8613800138000", "138 0013 8000", "886", False),  # somebody with these digits who lives elsewhere
        ("+713800138000", "+86 138 0013 8000", "86", False),
        ("+13021234567", "130 2123 4567", "86", False),  # the same digits, in Delaware and in China
        ("+13021234567", "130 2123 4567", "1", True),
        ("+13021234567", "130 2123 4567", "", False),
        ("+8613800138000", "", "86", False),
        ("", "", "86", False),
    ],
)
def test_a_number_is_the_same_however_it_was_written(shared: str, on_file: str, code: str, is_same: bool) -> None:
    assert same(shared, on_file, code) is is_same
    if is_same:
        assert digits(on_file) in forms(shared, CODES)


def test_a_number_is_looked_for_in_few_forms() -> None:
    assert forms("+447700900123", CODES) == ["447700900123", "7700900123", "07700900123"]
