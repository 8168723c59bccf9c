"""The audit trail: who among the staff saw or changed what, append-only and chained."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.record.chain import Link


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """`number` counts from 1 in one chain over the installation."""

    number: int
    at: datetime
    staff: str | None  # id; None: nobody was signed in (a failed sign-in), or the command line
    action: str  # sign_in, view_conversation, reveal, search …
    subject: str  # what it was done to, as "<kind>:<id>", or ""
    detail: Mapping[str, Any]  # JSON values; the reason given, the filters used


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries somebody looks for; what is left out is not asked."""

    staff: str | None = None
    nobody: bool = False  # only what no member of staff did: the command line, a failed sign-in
    action: str | None = None
    subjects: Sequence[str] | None = None  # any of them
    since: datetime | None = None
    until: datetime | None = None  # not included


class AuditStore(Protocol):
    def append(
        self, action: str, subject: str, staff: str | None, detail: Mapping[str, Any], at: datetime
    ) -> AuditEntry: ...

    def newest(
        self, before: int | None = None, limit: int = 100, *, staff: str | None = None, action: str | None = None
    ) -> Sequence[AuditEntry]:
        """Entries with a number below `before`, newest first."""
        ...

    def found(self, wanted: AuditFilter, before: int | None = None, limit: int = 100) -> Sequence[AuditEntry]:
        """As `newest`, of those that somebody looks for."""
        ...

    def chain(self) -> Iterable[Link]:
        """The whole trail in order, as `bot.record.chain.verify` takes it."""
        ...

    def head(self) -> tuple[int, bytes]:
        """Length and last hash of the trail as they are kept apart from it."""
        ...
