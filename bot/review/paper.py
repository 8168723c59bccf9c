"""What a record on paper consists of, whoever sets it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: number, time and speaker; what was said; what is known of it in small print."""

    who: str
    said: str = ""
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One conversation: facts as label and value, then its events."""

    title: str
    facts: Sequence[tuple[str, str]]
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Paper:
    """`foot` stands on every page before its number; the locale says whose glyphs are preferred."""

    title: str
    facts: Sequence[tuple[str, str]]
    parts: Sequence[Part]
    foot: str
    locale: str
    made_at: datetime
