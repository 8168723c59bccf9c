"""Where the words that were looked for stand in a conversation: a line or two of it, with the words marked."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.lending.identity import Borrower
from bot.record.events import Event
from bot.review.documents import passages
from bot.review.search_words import Words, places

MOST = 2  # of one conversation
_BEFORE, _LENGTH = 30, 150  # characters


@dataclass(frozen=True, slots=True)
class Snippet:
    """`parts` are pieces of text in order, each with whether it is what was looked for."""

    seq: int
    kind: str
    parts: tuple[tuple[str, bool], ...]


def snippets(words: Words, events: Sequence[Event], borrower: Borrower | None) -> tuple[Snippet, ...] | None:
    """The passages with the most of the words first; None when the conversation does not have them all."""
    firsts = {phrase[0] for phrase in words.phrases}
    likely = [each for each in passages(events, borrower) if _may_hold(each[1], firsts)]
    found = places(words, [text for _, text in likely])
    if found is None:
        return None
    marked = [(event, text, hits) for (event, text), hits in zip(likely, found, strict=True) if hits]
    best = sorted(marked, key=lambda each: -len({each[1][start:end].casefold() for start, end in each[2]}))[:MOST]
    best.sort(key=lambda each: each[0].seq)
    return tuple(Snippet(event.seq, event.kind, tuple(_parts(text, hits))) for event, text, hits in best)


def _may_hold(text: str, firsts: set[str]) -> bool:
    """A quick look before a text is taken apart."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("'", "").replace("’", "")
    return any(first in folded for first in firsts)


def _parts(text: str, hits: Sequence[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    start = max(0, hits[0][0] - _BEFORE)
    end = min(len(text), start + _LENGTH)
    place = start
    if start:
        yield "…", False
    for first, last in hits:
        if first < place or first >= end:
            continue
        yield text[place:first], False
        yield text[first:last], True
        place = last
    yield text[place : max(end, place)], False
    if max(end, place) < len(text):
        yield "…", False
