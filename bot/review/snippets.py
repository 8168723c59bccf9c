"""Where the words that were looked for stand in a conversation: a line or two of it, with the words marked."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.record.events import Event
from bot.review.documents import Said, is_private, parts, words_of
from bot.review.masking import Mask, private_inputs
from bot.review.search_words import Likely, Units, Words, places

MOST = 2  # of one conversation
_COMPARED = 40  # passages with some of the words, out of which the best are chosen
_BEFORE, _LENGTH = 30, 150  # characters


@dataclass(frozen=True, slots=True)
class Snippet:
    """`parts` are pieces of text in order, each with whether it is what was looked for."""

    seq: int
    kind: str
    parts: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class _Marked:
    """A passage, which of the phrases stand in it, and where."""

    event: Event
    text: str
    phrases: frozenset[Units]
    hits: Sequence[tuple[int, int]]


def snippets(words: Words, said: Said) -> tuple[Snippet, ...] | None:
    """The passages with the most of the words; None when the conversation does not have them all."""
    search, private = _Search(words.phrases), set[Any]()
    mask = Mask(said.borrower)
    for stretch in said.stretches:
        for event, text in _open(stretch, private):
            if search.likely(text):
                search.look(event, parts(text, mask))
            if search.has_plenty():
                break
        if not search.missing:
            return tuple(map(_snippet, search.best()))
    return None


def _open(events: Iterable[Event], private: set[Any]) -> Iterator[tuple[Event, str]]:
    """What was said, without what is private: the turn by which that was told comes after it, so before it here."""
    for event in events:
        if event.kind == "turn":
            private |= private_inputs([event])
        elif not is_private(event, private):
            yield event, words_of(event)


class _Search:
    """Goes back through a conversation until every phrase was found, and passages worth showing."""

    def __init__(self, phrases: Sequence[Units]) -> None:
        self._phrases = phrases
        self._marked: list[_Marked] = []
        self._whole = 0  # of the marked, those with every phrase
        self.missing = set(phrases)
        self.likely = Likely.of(phrases)

    def look(self, event: Event, passages: Iterable[str]) -> None:
        for text in passages:
            found = places(self._phrases, text)
            if found:
                hits = sorted({hit for each in found.values() for hit in each})
                self._marked.append(_Marked(event, text, frozenset(found), hits))
                self._whole += len(found) == len(self._phrases)
                self.missing -= found.keys()
        if len(self._marked) >= _COMPARED:
            self.likely = Likely.of(self.missing)

    def has_plenty(self) -> bool:
        return not self.missing and (self._whole >= MOST or len(self._marked) >= _COMPARED)

    def best(self) -> list[_Marked]:
        """The newest with the most of the phrases, then those that add most, in the order of the talk."""
        chosen: list[_Marked] = []
        told: set[Units] = set()
        while len(chosen) < MOST and len(chosen) < len(self._marked):
            left = [each for each in self._marked if each not in chosen]
            chosen.append(max(left, key=lambda each: (len(each.phrases - told), len(each.phrases))))
            told |= chosen[-1].phrases
        return sorted(chosen, key=lambda each: each.event.seq)


def _snippet(marked: _Marked) -> Snippet:
    return Snippet(marked.event.seq, marked.event.kind, tuple(_parts(marked.text, marked.hits)))


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
