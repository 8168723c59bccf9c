"""Finding conversations: by words and facets, pages by cursor, and only what the reader's bounds allow."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.access import NotAllowed, Staff
from bot.errors import BadInput
from bot.review import search_words
from bot.review.documents import ALWAYS, facet_token
from bot.review.facts import FACETS
from bot.review.search_store import Cursor, Sought, Span
from bot.review.search_words import Likely, Words
from bot.review.snippets import Snippet, snippets
from bot.review.store import Found, ReviewWork

FIELDS = ("words", "reference", "since", "until", *FACETS)  # of an address
PAGE = 30
LONGEST_FIELD = 400  # characters; words have a limit of their own, which is told
MOST_LOOKED_AT = 300  # conversations whose text is read for one page; what is left is looked at from its cursor on
ALL_OF = frozenset({"flag"})  # facets of which every chosen value must be there; of the others, any
PRIVATE = frozenset({"hardship"})  # facets that tell of one person what only a reveal shows
NO_WORDS = Words(())


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody chose in the filters; None or empty where they left a field open. Days are inclusive."""

    words: Words = NO_WORDS
    reference: str | None = None
    since: date | None = None
    until: date | None = None
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Voice:
    """Whom a speaker speaks for, and where its desk is."""

    creditors: Sequence[str]
    time_zone: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A conversation that was found, what is known of it, and where the words stand in it."""

    found: Found
    facets: Mapping[str, Sequence[str]]
    snippets: tuple[Snippet, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """`next` may be there though the page is not full: there was too much to look at in one go."""

    rows: Sequence[Hit]
    next: Cursor | None


def asked(fields: Iterable[tuple[str, str]]) -> Asked:
    """Read the filters from an address's fields; BadInput names the field that cannot be read."""
    given: dict[str, list[str]] = {}
    for name, value in fields:
        if value.strip():
            given.setdefault(name, []).append(value.replace("\0", "").strip()[:LONGEST_FIELD])
    one = {name: values[0] for name, values in given.items()}
    return Asked(
        words=search_words.asked(one["words"]) if "words" in one else NO_WORDS,
        reference=one.get("reference"),
        since=day_of("since", one["since"]) if "since" in one else None,
        until=day_of("until", one["until"]) if "until" in one else None,
        facets={facet: tuple(dict.fromkeys(given[facet])) for facet in FACETS if facet in given},
    )


def search(
    work: ReviewWork, what: Asked, reader: Staff, speakers: Mapping[str, Voice], after: Cursor | None
) -> Page:
    """One page of conversations of these speakers, whose days are their own."""
    reader.require("review.view")
    wanted = sought(work, what, reader, speakers)
    if wanted is None:
        return Page((), None)
    rows: list[Hit] = []
    looked, place = 0, after
    while looked < MOST_LOOKED_AT:
        found = work.search.find(wanted, place, PAGE + 1)
        for hit, at in _hits(work, what.words, found[:PAGE]):
            if len(rows) == PAGE:
                return Page(rows, place)
            place = at
            rows += [hit] if hit else []
        if len(found) <= PAGE:
            return Page(rows, None)
        if len(rows) == PAGE:
            return Page(rows, place)
        looked += len(found)
    return Page(rows, place)


def require_visible(work: ReviewWork, speaker: str, borrower_id: str | None, reader: Staff) -> None:
    """Refuse a conversation outside the reader's speakers or creditors."""
    borrower = work.lending.borrower(borrower_id) if borrower_id else None
    if not reader.covers(speaker, borrower.creditor if borrower else None):
        raise NotAllowed(reader, f"conversation of {speaker}")


def cursor_text(cursor: Cursor) -> str:
    return f"{cursor.last_at.isoformat()}~{cursor.conversation_id}"


def cursor_of(text: str) -> Cursor:
    """Read a cursor back; BadInput for anything else."""
    at, _, conversation_id = text.partition("~")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError as problem:
        raise BadInput("after", "is not where a page ended") from problem
    if moment.tzinfo is None or not conversation_id or "\0" in conversation_id:
        raise BadInput("after", "is not where a page ended")
    return Cursor(moment, conversation_id)


def _hits(work: ReviewWork, words: Words, found: Sequence[Cursor]) -> Iterator[tuple[Hit | None, Cursor]]:
    """Each conversation with its place; None in the place of one in which the words don't stand after all."""
    ids = [each.conversation_id for each in found]
    told = work.review.rows(ids)
    said = work.search.said(ids, Likely.of(words.phrases)) if words.phrases else {}
    facets = work.search.facets(ids)
    for place in found:
        conversation_id = place.conversation_id
        shown: tuple[Snippet, ...] | None = ()
        if words.phrases:
            shown = snippets(words, said[conversation_id])
        hit = Hit(told[conversation_id], facets.get(conversation_id, {}), shown) if shown is not None else None
        yield hit, place


def sought(work: ReviewWork, what: Asked, reader: Staff, voices: Mapping[str, Voice]) -> Sought | None:
    """What storage shall look for; None when nothing can match, NotAllowed where the reader may not ask it."""
    if what.facets.keys() & PRIVATE:
        reader.require("review.reveal")
    among = voices.keys() if reader.speakers is None else voices.keys() & set(reader.speakers)
    if "speaker" in what.facets:
        among = among & set(what.facets["speaker"])
    borrowers = _borrowers(work, what, {creditor for each in among for creditor in voices[each].creditors})
    if not among or borrowers == ():
        return None
    return Sought(
        tokens=tuple(_tokens(what, reader)),
        threes=tuple(what.words.threes()),
        speakers=None if reader.speakers is None else tuple(sorted(among)),
        creditors=reader.creditors,
        borrower_ids=borrowers,
        spans=_spans(what, {speaker: voices[speaker].time_zone for speaker in among}),
    )


def _borrowers(work: ReviewWork, what: Asked, creditors: Collection[str]) -> tuple[str, ...] | None:
    if not what.reference:
        return None
    matches = (work.lending.borrower_by_reference([creditor], what.reference) for creditor in sorted(creditors))
    return tuple(borrower.id for borrower in matches if borrower)


def _tokens(what: Asked, reader: Staff) -> Iterator[tuple[str, ...]]:
    """Groups of tokens, of each of which one must be there. The reader's bounds are among them, to be quick."""
    for token in what.words.tokens():
        yield token, ALWAYS
    for facet, values in what.facets.items():
        tokens = tuple(facet_token(facet, value) for value in values)
        yield from ((token,) for token in tokens) if facet in ALL_OF else (tokens,)
    narrow = bool(what.words.phrases or what.facets)
    if narrow and reader.speakers is not None:
        yield tuple(facet_token("speaker", speaker) for speaker in reader.speakers)
    if narrow and reader.creditors is not None:
        yield tuple(facet_token("creditor", creditor) for creditor in (*reader.creditors, "none"))


def _spans(what: Asked, zones: Mapping[str, str]) -> tuple[Span, ...] | None:
    """The days asked for, as moments in each time zone; None when no day was given."""
    if what.since is None and what.until is None:
        return None
    return tuple(
        Span(
            tuple(sorted(speaker for speaker in zones if zones[speaker] == zone)),
            _start(what.since, zone) if what.since else None,
            _start(what.until + timedelta(days=1), zone) if what.until else None,
        )
        for zone in sorted(set(zones.values()))
    )


def day_of(field: str, text: str) -> date:
    """The day that was written; BadInput names the field."""
    try:
        day = date.fromisoformat(text)
    except ValueError as problem:
        raise BadInput(field, f"{text!r} is not a date like 2026-11-21") from problem
    if not 2000 <= day.year <= 9000:
        raise BadInput(field, f"{text!r} is not a likely date")
    return day


def _start(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)
