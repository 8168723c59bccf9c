"""Exports on the trail: begun for a reason, how far each is, and how much had left the house when it ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import uuid4

from bot.access import Staff
from bot.record.audit import AuditStore

Form = Literal["csv", "jsonl", "pdf"]
FORMS: tuple[Form, ...] = get_args(Form)
State = Literal["under_way", "finished", "broken"]
_BEGUN, _SENT = "export", "export_sent"
_FIRST, _STEP = 300, 1.25  # noted after so many conversations, then each time that they are a quarter more
_SHOWN, _READ = 20, 600  # exports on the page, and entries read for them


@dataclass(frozen=True, slots=True)
class Export:
    """One file of a search's conversations. `query` is what stands in the address of the search's page."""

    id: str
    form: Form
    query: str
    unmasked: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an export is: conversations and lines that were handed to the connection, when last noted."""

    export: Export
    began_at: datetime
    noted_at: datetime
    conversations: int
    lines: int
    state: State


@dataclass(slots=True)
class Meter:
    """Counts what is sent; says when it is time to note it: the trail grows by the logarithm of what is sent."""

    conversations: int = 0
    lines: int = 0
    _next: float = _FIRST

    def add(self, conversations: int, lines: int) -> bool:
        self.conversations += conversations
        self.lines += lines
        if self.conversations < self._next:
            return False
        self._next = self.conversations * _STEP
        return True


def start(
    audit: AuditStore, staff: Staff, form: Form, query: str, reason: str, *, unmasked: bool, at: datetime
) -> Export:
    """Note an export before anything of it is sent; personal data only for whoever may reveal it."""
    if unmasked:
        staff.require("review.reveal")
    export = Export(uuid4().hex, form, query, unmasked)
    detail = {"reason": reason, "form": form, "query": query, "unmasked": unmasked}
    audit.append(_BEGUN, f"export:{export.id}", staff.id, detail, at)
    return export


def note(
    audit: AuditStore,
    export: Export,
    staff: Staff,
    meter: Meter,
    state: State,
    at: datetime,
    **more: Any,
) -> None:
    """Note how far an export is, or how it ended; `more` may hold what the file is known by."""
    detail = {"conversations": meter.conversations, "lines": meter.lines, "state": state, **more}
    audit.append(_SENT, f"export:{export.id}", staff.id, detail, at)


def own(audit: AuditStore, staff: Staff) -> list[Progress]:
    """The last exports of searches by one of the staff, newest first."""
    notes: dict[str, tuple[datetime, Mapping[str, Any]]] = {}
    for entry in audit.newest(None, _READ, staff=staff.id, action=_SENT):
        notes.setdefault(entry.subject, (entry.at, entry.detail))
    begun = audit.newest(None, _SHOWN, staff=staff.id, action=_BEGUN)
    found = []
    for entry in begun:
        kind, _, id = entry.subject.partition(":")
        if kind == "export":
            at, said = notes.get(entry.subject, (entry.at, {}))
            detail = entry.detail
            export = Export(id, detail["form"], detail["query"], detail["unmasked"])
            sent = said.get("conversations", 0), said.get("lines", 0)
            found.append(Progress(export, entry.at, at, *sent, said.get("state", "under_way")))
    return found
