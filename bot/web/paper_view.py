"""Conversations as they stand on paper: the words of the page beside them, as plain text, in one's own language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.access import Staff
from bot.record.chain import GENESIS
from bot.record.checkpoint import ChainHead, Checkpoint
from bot.review.documents import Material
from bot.review.masking import Mask
from bot.review.paper import Entry, Paper, Part
from bot.web.review_reading import Reading, Shown, readings
from bot.web.staff_pages import Printing
from bot.web.staff_showing import speaker_names, zone_of
from bot.web.work import StaffWork

_SAID = frozenset({"user", "bot", "agent", "notice"})


@dataclass(frozen=True, slots=True)
class Signed:
    """How much of a chain signed checkpoints cover, and the newest of all checkpoints."""

    covered: int
    newest: Checkpoint


@dataclass(frozen=True, slots=True)
class Sheets:
    """Everything that a paper is made of, read in one transaction."""

    told: Sequence[Material]
    heads: Mapping[str, ChainHead]
    signed: Mapping[str, Signed]
    names: Mapping[str, str]  # of staff, by id


@dataclass(frozen=True, slots=True)
class Asked:
    """Who wants it on paper, what for, and whether personal data is shown."""

    by: Staff
    reason: str
    unmasked: bool
    at: datetime
    more: bool = False  # there were more conversations than stand on it


def read(work: StaffWork, conversation_ids: Sequence[str]) -> Sheets:
    """In the order of the ids."""
    found = {each.conversation_id: each for each in work.search.material(conversation_ids)}
    told = [found[one] for one in conversation_ids if one in found]
    newest = work.checkpoints.newest()
    signed = {}
    for one in told:
        marks = work.checkpoints.marks(one.conversation_id)
        if newest and marks:
            signed[one.conversation_id] = Signed(marks[-1].length, newest)
    heads = {each.conversation_id: _head(each) for each in told}
    return Sheets(told, heads, signed, work.staff.names())


def _head(told: Material) -> ChainHead:
    """The last fingerprint; of a chat in which nothing was handled yet, that before the first event."""
    if not told.events:
        return ChainHead(told.conversation_id, 0, GENESIS)
    return ChainHead(told.conversation_id, told.events[-1].seq, told.events[-1].hash)


def made(pages: Printing, sheets: Sheets, asked: Asked) -> bytes:
    """The PDF, in the language of whoever asked; call it in a thread."""
    from bot.review.typesetting import pdf  # what it needs is slow to load

    return pdf(_Writer(pages, sheets, asked).paper())


class _Writer:
    """Fills the words of one template, whose macros give text and not markup."""

    def __init__(self, pages: Printing, sheets: Sheets, asked: Asked) -> None:
        self._pages, self._sheets, self._asked = pages, sheets, asked
        self._helpers = pages.renderer.helpers(asked.by.locale, asked.at)
        template = pages.renderer.templates.get_template("review/paper.html")
        self._words: Any = template.make_module({**self._helpers, "names": sheets.names})
        self._speakers = speaker_names(pages, asked.by.locale)

    def paper(self) -> Paper:
        told, asked = self._sheets.told, self._asked
        stamp = f"{self._helpers['moment'](asked.at)} UTC"
        return Paper(
            title=_text(self._words.title(len(told))),
            facts=_pairs(self._words.facts(asked, stamp, len(told))),
            parts=[self._part(each) for each in told],
            foot=f"{told[0].conversation_id[:8] if len(told) == 1 else stamp}",
            locale=asked.by.locale,
            made_at=asked.at,
        )

    def _part(self, told: Material) -> Part:
        mask = None if self._asked.unmasked else Mask(told.borrower)
        shown: Shown = mask.events(told.events) if mask else [(event, event.body) for event in told.events]
        zone = told.borrower.time_zone if told.borrower else zone_of(self._pages, told.known.speaker)
        reference = told.borrower.reference if told.borrower else ""
        facts = self._words.conversation(
            told,
            self._speakers.get(told.known.speaker, told.known.speaker),
            mask.text(reference) if mask else reference,
            zone,
            self._sheets.heads[told.conversation_id].hash.hex(),
            self._sheets.signed.get(told.conversation_id),
        )
        name = _text(self._words.heading(told.conversation_id))
        return Part(name, _pairs(facts), [self._entry(each, zone) for each in readings(shown)])

    def _entry(self, reading: Reading, zone: str) -> Entry:
        event, body = reading.event, reading.body
        local = event.at.astimezone(ZoneInfo(zone))
        when = f"{self._helpers['iso_day'](local.date().isoformat())} {local:%H:%M:%S}"
        notes = _lines(self._words.notes(reading, zone))
        return Entry(f"{event.seq} · {when} · {_text(self._words.who(event, body))}", _said(reading), notes)


def _said(reading: Reading) -> str:
    body = reading.body
    if body is None or reading.event.kind not in _SAID:
        return ""
    file = body.get("file") or {}
    return "\n".join(str(part) for part in (body.get("text"), file.get("name")) if part)


def _text(markup: str) -> str:
    """Without tags and entities, on one line."""
    return Markup(markup).striptags()  # noqa: S704 - of our own templates, which escape what they are given


def _lines(markup: str) -> list[str]:
    return [text for line in str(markup).split("\x1f") if (text := _text(line))]


def _pairs(markup: str) -> list[tuple[str, str]]:
    pairs = (line.partition("\x1e") for line in str(markup).split("\x1f"))
    return [(_text(label), _text(value)) for label, _, value in pairs if value.strip()]
