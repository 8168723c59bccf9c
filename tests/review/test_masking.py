"""What is covered and what stays readable."""

import pytest

from bot.lending.identity import Borrower
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
