"""A conversation as the search index keeps it: its tokens and facets, of the text as it is shown masked."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.lending.identity import Borrower
from bot.record.events import Event
from bot.review import search_words
from bot.review.facts import FACETS, Facets, Known, fold
from bot.review.masking import COVER, Mask, private_inputs
from bot.review.search_words import JOIN

MOST_TOKENS = 40_000  # of one conversation: beyond, it is kept among those whose text is always looked at
MOST_BYTES = 900_000  # of them; PostgreSQL takes a megabyte
LONG = 400  # events; of a longer conversation three neighbouring words are tokens too, as far as there is room
LONG_ONE = f"{JOIN}long"
ALWAYS = f"{JOIN}always"
SPOKEN = frozenset({"user", "bot", "agent", "notice"})
WRITTEN = ("text", "note", "line", "agreed")  # where a case's event holds what a colleague wrote


@dataclass(frozen=True, slots=True)
class Material:
    """All that a conversation's document is made of."""

    conversation_id: str
    length: int  # of its chain, when it was read
    indexed: int  # as far as the index knew it then
    known: Known
    borrower: Borrower | None
    events: Sequence[Event]


@dataclass(frozen=True, slots=True)
class Said:
    """Who the borrower is, and what may hold the words that are looked for; also turns that told something private.

    Newest first, in stretches; the older ones of a long conversation are read when somebody comes to them.
    """

    borrower: Borrower | None
    stretches: Iterable[Iterable[Event]]


@dataclass(frozen=True, slots=True)
class Document:
    """`tokens` of words, facets and time; `length` says which state of the record it was made of.

    `indexed` is what the index knew when it was made: who finds another number there has something newer.
    """

    conversation_id: str
    length: int
    indexed: int
    last_at: datetime
    speaker: str
    creditor: str | None
    borrower_id: str | None
    facets: Facets
    tokens: frozenset[str]


def document(material: Material) -> Document:
    known, borrower = material.known, material.borrower
    facets = fold(known, material.events)
    said = [passage for _, passage in passages(material.events, borrower)]
    words = _words(said, long=len(material.events) > LONG)
    places = {facet_token(facet, value) for facet, value in facets if facet in FACETS}
    return Document(
        conversation_id=material.conversation_id,
        length=material.length,
        indexed=material.indexed,
        last_at=known.last_at,
        speaker=known.speaker,
        creditor=known.creditor,
        borrower_id=borrower.id if borrower else None,
        facets=facets,
        tokens=frozenset({*words, *places, day_token(known.last_at), month_token(known.last_at)}),
    )


def _words(said: Iterable[str], *, long: bool) -> Collection[str]:
    """The tokens of what was said; ALWAYS where there is no room for them."""
    told = set(said)
    words = frozenset[str]().union(*map(search_words.indexed, told))
    if long:
        more = words.union({LONG_ONE}, *map(search_words.threes, told))
        if _fits(more):
            return more
    return words if _fits(words) else {ALWAYS}


def _fits(tokens: Collection[str]) -> bool:
    return len(tokens) <= MOST_TOKENS and sum(len(token.encode()) for token in tokens) <= MOST_BYTES


def passages(events: Sequence[Event], borrower: Borrower | None) -> list[tuple[Event, str]]:
    """What can be found by its words, in order: as it is shown masked, without what the mask covers.

    What a reader may not see is thus in no index, and no search tells whether it is there.
    """
    mask, private = Mask(borrower), private_inputs(events)
    said = [(event, words_of(event)) for event in events if not is_private(event, private)]
    return [(event, part) for event, text in said for part in parts(text, mask)]


def parts(text: str, mask: Mask) -> list[str]:
    """What is left of a text beside what the mask covers."""
    return [part for part in mask.text(text).split(COVER) if part.strip()] if text else []


def is_private(event: Event, inputs: Collection[Any]) -> bool:
    """Whether this is what the borrower typed as one of these inputs, or a note about health or the like."""
    if event.body is None:
        return False
    if event.kind == "case":
        return bool(event.body.get("sensitive"))
    return event.kind == "user" and event.body.get("input") in inputs


def facet_token(facet: str, value: str) -> str:
    """A token that no word can be."""
    plain = "".join(letter if letter.isalnum() else JOIN for letter in value)
    return f"{JOIN}{facet}{JOIN}{plain}"


def day_token(at: datetime) -> str:
    return f"{JOIN}d{at:%Y%m%d}"


def month_token(at: datetime) -> str:
    return f"{JOIN}m{at:%Y%m}"


def day_tokens(first: datetime, last: datetime) -> list[str]:
    """The days from `first` to `last`, both included."""
    days = (last.date() - first.date()).days
    return [day_token(first + timedelta(days=number)) for number in range(days + 1)]


def month_tokens(first: datetime, last: datetime) -> list[str]:
    months = (last.year - first.year) * 12 + last.month - first.month
    numbers = (first.month - 1 + number for number in range(months + 1))
    return [f"{JOIN}m{first.year + number // 12:04d}{number % 12 + 1:02d}" for number in numbers]


def words_of(event: Event) -> str:
    """What somebody said or wrote by it, if anything."""
    body = event.body or {}
    if event.kind in SPOKEN:
        file = body.get("file")
        return str(body.get("text") or (file["name"] if file else "") or "")
    if event.kind == "case":
        return "\n".join(str(body[name]) for name in WRITTEN if body.get(name))
    return ""
