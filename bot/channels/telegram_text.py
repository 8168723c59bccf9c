"""Text as Telegram counts, splits and marks it up."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

# "Text of the message to be sent, 1-4096 characters after entities parsing"; "0-1024 characters" for a caption.
LONGEST, LONGEST_CAPTION = 4096, 1024
# Where a long text may be cut, the best place first: paragraphs, lines, sentences, words.
_CUTS = tuple(
    re.compile(pattern) for pattern in (r"\n{2,}", r"\n", r"[。！？；]|[.!?;](?=\s)", r"\s", r"[，、：,:]")
)


def length(text: str) -> int:
    """How long Telegram finds a text: in UTF-16 units, of which an emoji takes two."""
    return len(text.encode("utf-16-le", "replace")) // 2


def split(text: str, longest: int = LONGEST) -> list[str]:
    """The text in pieces that Telegram takes, cut where a reader would pause; none of an empty one."""
    pieces = []
    rest = text.strip()
    while length(rest) > longest:
        head = _head(rest, longest)
        cut = _cut(head)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [piece for piece in [*pieces, rest] if piece]


def _head(text: str, longest: int) -> str:
    """As much of the text as fits, never half of a character."""
    units = text.encode("utf-16-le", "replace")[: longest * 2]
    return units.decode("utf-16-le", "ignore")


def _cut(head: str) -> int:
    """Where to end the piece: after the last good place in its second half, or at its end."""
    for pattern in _CUTS:
        ends = [match.end() for match in pattern.finditer(head) if match.end() > len(head) // 2]
        if ends:
            return ends[-1]
    return len(head)


def html(text: str) -> str:
    """Plain text for parse_mode HTML: nothing in it is taken for markup."""
    return escape(text, quote=False)


def preformatted(text: str) -> str:
    return f"<pre>{html(text)}</pre>"


def plan_table(plans: Sequence[Mapping[str, Any]]) -> str:
    """Plan offers as lines whose numbers stand under each other: A  ¥700.00 × 18  10 May 2028."""
    rows = [
        (str(plan.get("label", "")), str(plan.get("amount", "")), str(plan.get("count", "")), _until(plan))
        for plan in plans
    ]
    widths = [max(width(row[column]) for row in rows) for column in range(3)]
    return "\n".join(_line(row, widths) for row in rows)


def _until(plan: Mapping[str, Any]) -> str:
    return str(plan.get("last") or plan.get("first") or "")


def _line(row: tuple[str, str, str, str], widths: Sequence[int]) -> str:
    label, amount, count, last = row
    return f"{label:<{widths[0]}}  {_right(amount, widths[1])} × {_right(count, widths[2])}  {last}".rstrip()


def _right(text: str, columns: int) -> str:
    return " " * (columns - width(text)) + text


def width(text: str) -> int:
    """Columns of a fixed-width face: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def rows_of(titles: Sequence[str], columns: int = 28) -> Iterator[list[int]]:
    """Positions of buttons in rows: two short ones share one, a long one stands alone."""
    row: list[int] = []
    for position, title in enumerate(titles):
        wide = width(title) > columns // 2
        if row and (wide or width(titles[row[0]]) > columns // 2 or len(row) == 2):
            yield row
            row = []
        row.append(position)
    if row:
        yield row
