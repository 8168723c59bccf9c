"""`review export`: what a search finds as a file, by the same code as the page, and on the trail like it."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO
from urllib.parse import parse_qsl, urlencode

from bot.access import Staff
from bot.assembly import Ground
from bot.commands import opened
from bot.errors import BadInput
from bot.lending.policy import Policies
from bot.locale import Catalogues
from bot.review import exporting, search, sendings
from bot.review.search_store import Cursor
from bot.review.sendings import Export, Form, Meter, State
from bot.review.two_people import LEAST_REASON, NoReason
from bot.settings import Settings
from bot.two_people_commands import Who, named
from bot.web import paper_view
from bot.web.rendering import Renderer, environment
from bot.web.review_showing import voices

_BESIDE = frozenset({"after", "by"})  # may stand in an address, and narrow nothing


@dataclass(frozen=True, slots=True)
class Wanted:
    """`search` is what stands in the address of a search, or all of the address."""

    search: str
    form: Form
    to: Path
    unmasked: bool


@dataclass(frozen=True, slots=True)
class Written:
    """How far it is; the digest of the file once it is whole."""

    conversations: int
    lines: int
    sha256: str = ""
    more: bool = False  # on paper: there were more than one file takes


@dataclass(frozen=True, slots=True)
class _Printer:
    """What a record on paper is made with."""

    policies: Policies
    renderer: Renderer


@dataclass(frozen=True, slots=True)
class _Chunk:
    """What is written at once, and how much it is of."""

    content: bytes
    conversations: int = 0
    lines: int = 0
    more: bool = False


def export(settings: Settings, wanted: Wanted, who: Who) -> Iterator[Written]:
    """Yields how far it is, and at last what was written; the file appears when it is whole."""
    fields = _fields(wanted.search)
    asked = search.asked(fields)
    _check(wanted, who)
    with opened(settings) as ground:
        staff = named(ground, who)
        staff.require("review.export")
        with ground.database.transaction() as work:
            run = sendings.start(
                work.audit,
                staff,
                wanted.form,
                urlencode(fields),
                who.why.strip(),
                unmasked=wanted.unmasked,
                at=ground.clock.now(),
            )
        catalogues = partial(Catalogues.load, settings.locales)
        yield from _Run(ground, catalogues, staff, run, asked, who.why.strip()).write(wanted.to)


def told(done: Written, to: Path) -> str:
    """What was written, for whoever gave the command."""
    more = "; there were more: narrow the search" if done.more else ""
    return f"{to}: {done.conversations:,} conversations, {done.lines:,} lines, SHA-256 {done.sha256}{more}"


def _fields(text: str) -> list[tuple[str, str]]:
    """The filters of an address; BadInput for one that is none, which a page would pass over."""
    given = [(name, value.strip()) for name, value in parse_qsl(text.rpartition("?")[2]) if value.strip()]
    if text.strip() and not given:
        raise BadInput("--search", f"{text!r} is not like speaker=harbour&since=2026-10-01")
    for name, _ in given:
        if name not in search.FIELDS and name not in _BESIDE:
            raise BadInput("--search", f"{name!r} is no filter; there are {', '.join(search.FIELDS)}")
    return [(name, value) for name, value in given if name in search.FIELDS]


def _check(wanted: Wanted, who: Who) -> None:
    """What can be refused before anybody is asked for a password."""
    if len(who.why.strip()) < LEAST_REASON:
        raise NoReason
    if wanted.form == "csv" and wanted.unmasked:
        raise BadInput("--unmasked", "a CSV holds nobody's words or name; choose --form jsonl or pdf")
    if wanted.to.exists():
        raise BadInput(str(wanted.to), "is there already; nothing is overwritten")
    if not wanted.to.parent.is_dir():
        raise BadInput(str(wanted.to.parent), "is no folder")


@dataclass(frozen=True, slots=True)
class _Run:
    """One export under way, and for whom."""

    ground: Ground
    catalogues: Callable[[], Catalogues]
    staff: Staff
    export: Export
    asked: search.Asked
    reason: str

    def write(self, to: Path) -> Iterator[Written]:
        meter, digest = Meter(), hashlib.sha256()
        state: State = "broken"
        more = False
        try:
            with _whole(to, self.export.id) as file:
                for chunk in self._chunks():
                    file.write(chunk.content)
                    digest.update(chunk.content)
                    more = chunk.more
                    if meter.add(chunk.conversations, chunk.lines):
                        self._note(meter, "under_way")
                    yield Written(meter.conversations, meter.lines)
            state = "finished"
        finally:
            self._note(meter, state, **({"sha256": digest.hexdigest()} if state == "finished" else {}))
        yield Written(meter.conversations, meter.lines, digest.hexdigest(), more)

    def _chunks(self) -> Iterator[_Chunk]:
        if self.export.form == "pdf":
            yield self._paper()
            return
        yield _Chunk(exporting.first(self.export.form).encode())
        lines = self._lines()
        place: Cursor | None = None
        while True:
            with self.ground.database.reading() as work:
                page, found = exporting.page(work, self.asked, self.staff, voices(self.ground), place, lines)
            yield _Chunk("".join(found).encode(), len(page.rows), len(found))
            place = page.next
            if place is None:
                return

    def _lines(self) -> exporting.Lines:
        if self.export.form == "jsonl":
            return exporting.event_lines(masked=not self.export.unmasked)
        with self.ground.database.reading() as work:
            return exporting.csv_lines(work)

    def _paper(self) -> _Chunk:
        with self.ground.database.reading() as work:
            ids, more = exporting.for_paper(work, self.asked, self.staff, voices(self.ground))
            sheets = paper_view.read(work, ids)
        if not sheets.told:
            raise BadInput("--search", "nothing was found, and an empty PDF proves nothing")
        words = self.catalogues()
        printer = _Printer(self.ground.policies, Renderer(words.localizer, words.languages, environment()))
        asked = paper_view.Asked(self.staff, self.reason, self.export.unmasked, self.ground.clock.now(), more)
        content = paper_view.made(printer, sheets, asked)
        return _Chunk(content, len(sheets.told), sum(len(told.events) for told in sheets.told), more)

    def _note(self, meter: Meter, state: State, **more: str) -> None:
        with self.ground.database.transaction() as work:
            sendings.note(work.audit, self.export, self.staff, meter, state, self.ground.clock.now(), **more)


@contextmanager
def _whole(to: Path, name: str) -> Iterator[BinaryIO]:
    """A file that only its owner may read, and that stands under its name when all of it has reached the disk."""
    part = to.with_name(f".{to.name}.{name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(to)
    except OSError as error:
        raise BadInput(str(to), error.strerror or str(error)) from error
    finally:
        part.unlink(missing_ok=True)
