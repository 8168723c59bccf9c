"""A conversation's events as the lines of a transcript: who spoke, what they said, what happened in between."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from bot.record.events import Event

Side = Literal["borrower", "bot", "staff", "notice", "note", "event"]
_SIDES: Mapping[str, Side] = {"user": "borrower", "bot": "bot", "agent": "staff", "notice": "notice"}


@dataclass(frozen=True, slots=True)
class Line:
    """`how` says what kind of input it was (text, button, file) or which event; `erased`: nothing is left of it."""

    seq: int
    at: datetime
    side: Side
    text: str
    how: str = ""
    who: str = ""
    buttons: tuple[str, ...] = ()
    erased: bool = False
    file: str = ""  # the id of a kept file
    delivered: bool = False  # the borrower's page has fetched it, or their app was sent it


def lines(events: Sequence[Event]) -> list[Line]:
    """What a collector reads; how the bot came to its words is for review."""
    there = set(delivered(events))
    made = (_line(event) for event in events)
    return [replace(line, delivered=line.seq in there) for line in made if line]


def delivered(events: Sequence[Event]) -> list[int]:
    """Which messages these events mark as fetched by the borrower's page."""
    marks = (event.body for event in events if event.kind == "delivery" and event.body)
    return [seq for mark in marks if mark.get("state") in ("delivered", "sent") for seq in mark.get("seqs", ())]


def _line(event: Event) -> Line | None:
    if event.kind == "case":
        return _case_line(event)
    side = _SIDES.get(event.kind)
    if side is None:
        return None
    if event.body is None:
        return Line(event.seq, event.at, side, "", erased=True)
    body = event.body
    return Line(
        seq=event.seq,
        at=event.at,
        side=side,
        text=str(body.get("text") or _file_name(body)),
        how=str(body.get("kind", "")),
        who=str(body.get("name", "")),
        file=str((body.get("file") or {}).get("id", "")),
        buttons=tuple(button["title"] for button in body.get("buttons", ())),
    )


def _case_line(event: Event) -> Line | None:
    body = event.body or {}
    if body.get("event") == "note":
        return Line(event.seq, event.at, "note", str(body.get("text", "")), who=str(body.get("staff", "")))
    if body.get("event") in ("lifted", "settled"):
        told = str(body.get("reason") or body.get("kind") or "")
        return Line(event.seq, event.at, "event", told, how=str(body["event"]), who=str(body.get("outcome", "")))
    if body.get("event") in ("opened", "raised"):
        return Line(event.seq, event.at, "event", str(body.get("reason", "")), how=str(body["event"]))
    return None


def _file_name(body: Mapping[str, Any]) -> str:
    file = body.get("file")
    return str(file["name"]) if file else ""
