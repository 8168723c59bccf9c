"""However long and odd a text is, it is read in moments: nobody holds up the others by what they type."""

import time
from datetime import date

import pytest

from bot.dialogue.understanding import Awaiting
from bot.dialogue.understanding.engine import LocalUnderstanding

_MOST_SECONDS = 10.0  # a quiet machine takes less than one; a pattern that tries every division takes for ever
_ROWS = ("1", "1,", "1 ", "1.", "一", "十", "一个", "3月", "twenty ", "half ", "分期", "(", "every ", "１")


@pytest.mark.parametrize("row", _ROWS)
@pytest.mark.parametrize("kind", [None, "money"])
def test_a_long_row_of_the_same_is_read_in_moments(
    understanding: LocalUnderstanding, row: str, kind: str | None
) -> None:
    awaiting = Awaiting("means_safe", kind) if kind else None
    began = time.perf_counter()
    understood = understanding.understand(row * 2000, locale="zh_Hans", today=date(2026, 11, 21), awaiting=awaiting)
    assert time.perf_counter() - began < _MOST_SECONDS
    assert understood.band in ("act", "ask", "reject")
