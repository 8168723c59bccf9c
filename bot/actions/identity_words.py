"""What somebody types while they prove who they are: dates in numerals, a reference set right, none at hand."""

import re

from bot.dialogue.understanding.fold import narrow, simplified
from bot.dialogue.understanding.numerals import chinese
from bot.dialogue.understanding.phrases import written

NO_REFERENCE = "unknown"  # the choice of whoever has none at hand
_NUMERALS = re.compile(r"[零〇一二两三四五六七八九十廿]+(?=\s*[年月日号號]|$)")


def in_digits(text: str) -> str:
    """Numerals of a date as digits: 九零年五月十七 is 90年5月17."""
    return _NUMERALS.sub(lambda row: str(chinese(simplified(row.group())) or row.group()), text)


def another_reference(text: str, known: object) -> str | None:
    """A reference where another detail was asked for: "oops, HB-1001"; None when it is the one that is known."""
    reference = written(narrow(text))
    return reference if reference and reference != known else None
