"""A conversation's events as the lines of a transcript: who spoke, what they said, what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from bot.access import Staff
from bot.conversations.inputs import STALE, places
from bot.record.events import Event, RecordStore
from bot.web.private_lines import private, proofs

Side = Literal["borrower", "bot", "staff", "notice", "note", "event"]
Mark = Literal["", "delivered", "failed"]
_SIDES: Mapping[str, Side] = {"user": "borrower", "bot": "bot", "agent": "staff", "notice": "notice"}
_MARKS: Mapping[str, Mark] = {"delivered": "delivered", "sent": "delivered", "failed": "failed"}
# Of a case, these stand elsewhere: on the lines themselves, or nowhere since the borrower's line tells it.
_TOLD_ELSEWHERE = frozenset({"answered", "message"})

PROOF = "proof"  # how a line that proves who somebody is was meant
# What of the checks of who writes a collector is told; its events have no words of anybody.
_CHECKS = frozenset({"verified", "failed", "locked", "lapsed"})

PAGE = 200  # events; some eighty of them are lines
# How far behind a line its edit, its mark of delivery or the press of its button is looked for.
AFTERWARDS = 300


@dataclass(frozen=True, slots=True)
class Offered:
    """A button as it was shown; `pressed`: the borrower chose it."""

    title: str
    pressed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """`how` says what kind of input it was (text, button, file …) or which event of the case."""

    seq: int
    at: datetime
    side: Side
    text: str
    how: str = ""
    who: str = ""  # the name that the borrower saw, or of an event the id of whoever did it
    buttons: tuple[Offered, ...] = ()
    erased: bool = False  # nothing is left of it
    hidden: bool = False  # something personal that this reader's role does not show
    caption: str = ""  # what was written beside a file
    file: str = ""  # the id of a kept file
    mark: Mark = ""
    locale: str = ""  # of words that were written in one: the bot's, and neutral lines
    changed: Literal["", "edited", "deleted"] = ""  # what the borrower did with it later
    about: int | None = None  # seq of the line that this one edits, deletes or presses a button of
    stale: bool = False  # a button of a question that was over: nothing came of the press
    plans: tuple[Mapping[str, Any], ...] = ()  # cards that a page drew instead of the text
    detail: Mapping[str, Any] | None = None  # of an event of the case

    @property
    def delivered(self) -> bool:
        """The borrower's page has fetched it, or their app was sent it."""
        return self.mark == "delivered"


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines in order; `earlier` is what to ask for next to read on towards the beginning, None at it."""

    lines: list[Line]
    earlier: int | None
    cursor: int  # seq of the newest event read; 0 where nothing was said yet


def page_of(record: RecordStore, conversation_id: str, reader: Staff, before: int | None = None) -> Page:
    """The newest lines, or the newest of those before an event; a long conversation costs no more than a short."""
    events = record.newest(conversation_id, PAGE, before)
    if not events:
        return Page([], None, 0)
    first, last = events[0].seq, events[-1].seq
    later: Sequence[Event] = ()
    if before is not None:
        later = record.events(conversation_id, last, AFTERWARDS, ["user", "turn", "delivery"])
    shown = lines(events, reader, later)
    return Page(shown, first if first > 1 else None, last)


def lines(events: Sequence[Event], reader: Staff, later: Sequence[Event] = ()) -> list[Line]:
    """What a collector reads; how the bot came to its words is for review. `later` tells what became of them."""
    known = [*events, *later]
    became = _Became(
        known, proofs(known), frozenset() if reader.may("desk.sensitive") else private(known, reader.id)
    )
    return [became.of(line) for event in events if (line := _line(event))]


def marks(events: Sequence[Event]) -> dict[int, Mark]:
    """What became of messages, as these events tell it, by their seq."""
    bodies = (event.body for event in events if event.kind == "delivery" and event.body)
    return {
        seq: mark for body in bodies if (mark := _MARKS.get(body.get("state", ""))) for seq in body.get("seqs", ())
    }


def delivered(events: Sequence[Event]) -> list[int]:
    """Which messages these events mark as fetched by the borrower's page, or sent to their app."""
    return [seq for seq, mark in marks(events).items() if mark == "delivered"]


def changed(events: Sequence[Event]) -> dict[int, Literal["edited", "deleted"]]:
    """Which of the borrower's lines these events edit or delete, by their seq."""
    edits = (event.body for event in events if event.kind == "user" and event.body and "edits" in event.body)
    return {body["edits"]: "deleted" if body.get("kind") == "deleted" else "edited" for body in edits}


class _Became:
    """What later events tell of lines: delivered, edited, pressed, stale; and which are not for this reader."""

    def __init__(self, events: Sequence[Event], proofs: frozenset[int], hidden: frozenset[int]) -> None:
        self._proofs = proofs
        self._marks = marks(events)
        self._changed = changed(events)
        self._stale = _stale(events)
        self._hidden = hidden
        self._pressed = {
            places(str(event.body["choice"]))
            for event in events
            # That a sensitive answer was chosen is hidden where it was offered as well.
            if event.kind == "user" and event.body and "choice" in event.body and event.seq not in hidden
        }

    def of(self, line: Line) -> Line:
        if line.seq in self._proofs and not line.erased:
            return replace(line, text="", file="", about=None, hidden=True, how=PROOF)
        if line.seq in self._hidden and not line.erased:
            return replace(line, text="", file="", about=None, hidden=True, mark=self._marks.get(line.seq, ""))
        buttons = tuple(
            replace(button, pressed=(line.seq, position) in self._pressed)
            for position, button in enumerate(line.buttons, start=1)
        )
        return replace(
            line,
            buttons=buttons,
            mark=self._marks.get(line.seq, ""),
            changed=self._changed.get(line.seq, ""),
            stale=line.seq in self._stale,
        )


def _stale(events: Sequence[Event]) -> frozenset[int]:
    """The presses to which the bot had to say that their question is over."""
    inputs = {
        event.body.get("input")
        for event in events
        if event.kind == "turn"
        and event.body
        and any(command.get("flow") == STALE for command in event.body.get("commands", ()))
    }
    return frozenset(
        event.seq for event in events if event.kind == "user" and event.body and event.body.get("input") in inputs
    )


def _line(event: Event) -> Line | None:
    if event.kind == "case":
        return _case_line(event)
    if event.kind == "access":
        what = str((event.body or {}).get("what", ""))
        return Line(event.seq, event.at, "event", "", how=f"identity_{what}") if what in _CHECKS else None
    side = _SIDES.get(event.kind)
    if side is None:
        return None
    if event.body is None:
        return Line(event.seq, event.at, side, "", erased=True)
    body, file = event.body, event.body.get("file") or {}
    return Line(
        seq=event.seq,
        at=event.at,
        side=side,
        text=str(file.get("name") or body.get("text") or ""),
        caption=str(body.get("text") or "") if file else "",
        how=_how(body),
        who=str(body.get("name", "")),
        buttons=tuple(Offered(button["title"]) for button in body.get("buttons", ())),
        file=str(file.get("id", "")),
        locale=str(body.get("locale", "")),
        about=body.get("edits") or _button_of(body),
        plans=tuple((body.get("card") or {}).get("plans", ())),
    )


def _how(body: Mapping[str, Any]) -> str:
    """The kind of an input; of what staff sent, whether it is a file."""
    return str(body.get("kind") or ("file" if body.get("file") else ""))


def _button_of(body: Mapping[str, Any]) -> int | None:
    """The message whose button was pressed."""
    return places(str(body["choice"]))[0] or None if "choice" in body else None


def _case_line(event: Event) -> Line | None:
    body = event.body or {}
    kind, by = str(body.get("event", "")), str(body.get("staff") or "")
    if kind == "note":
        how = "sensitive" if body.get("sensitive") else ""
        return Line(event.seq, event.at, "note", str(body.get("text", "")), how=how, who=by, detail=body)
    if not kind or kind in _TOLD_ELSEWHERE:
        return None
    return Line(event.seq, event.at, "event", str(body.get("line", "")), how=kind, who=by, detail=body)
