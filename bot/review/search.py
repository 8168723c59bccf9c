"""Finding conversations: filters, pages by cursor, and only what the reader's bounds allow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.access import NotAllowed, Staff
from bot.errors import BadInput
from bot.review.store import Cursor, Filter, Found, ReviewWork, Span

PAGE = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody typed into the filters; None where they left a field empty. Days are inclusive."""

    reference: str | None = None
    speaker: str | None = None
    locale: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Voice:
    """Whom a speaker speaks for, and where its desk is."""

    creditors: Sequence[str]
    time_zone: str


@dataclass(frozen=True, slots=True)
class Page:
    rows: Sequence[Found]
    next: Cursor | None


def asked(fields: Mapping[str, str]) -> Asked:
    """Read the filters from form fields; BadInput names the field that cannot be read."""
    return Asked(
        reference=fields.get("reference", "").strip() or None,
        speaker=fields.get("speaker") or None,
        locale=fields.get("locale") or None,
        since=_day(fields, "since"),
        until=_day(fields, "until"),
    )


def search(
    work: ReviewWork, what: Asked, reader: Staff, speakers: Mapping[str, Voice], after: Cursor | None
) -> Page:
    """One page of conversations of these speakers, whose days are their own."""
    reader.require("review.view")
    wanted = _filter(work, what, reader, speakers)
    if wanted is None:
        return Page((), None)
    found = list(work.review.find(wanted, after, PAGE + 1))
    rows = found[:PAGE]
    last = rows[-1] if len(found) > PAGE else None
    return Page(rows, Cursor(last.last_at, last.conversation_id) if last else None)


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
    if moment.tzinfo is None or not conversation_id:
        raise BadInput("after", "is not where a page ended")
    return Cursor(moment, conversation_id)


def _filter(work: ReviewWork, what: Asked, reader: Staff, voices: Mapping[str, Voice]) -> Filter | None:
    """The filter for storage; None when nothing can match."""
    speakers = _speakers(what, reader)
    if speakers == ():
        return None
    among = voices.keys() if speakers is None else voices.keys() & speakers
    borrowers = None
    if what.reference:
        spoken_for = {creditor for speaker in among for creditor in voices[speaker].creditors}
        matches = (
            work.lending.borrower_by_reference([creditor], what.reference) for creditor in sorted(spoken_for)
        )
        borrowers = tuple(borrower.id for borrower in matches if borrower)
        if not borrowers:
            return None
    return Filter(
        speakers=speakers,
        borrower_ids=borrowers,
        locale=what.locale,
        creditors=reader.creditors,
        spans=_spans(what, {speaker: voices[speaker].time_zone for speaker in among}),
    )


def _speakers(what: Asked, reader: Staff) -> tuple[str, ...] | None:
    if what.speaker is None:
        return reader.speakers
    return (what.speaker,) if reader.covers(what.speaker) else ()


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


def _day(fields: Mapping[str, str], name: str) -> date | None:
    text = fields.get(name)
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as problem:
        raise BadInput(name, f"{text!r} is not a date like 2026-11-21") from problem
    if not 2000 <= day.year <= 9000:
        raise BadInput(name, f"{text!r} is not a likely date")
    return day


def _start(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)
