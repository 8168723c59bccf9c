"""The due-table's port: work added in a transaction is done after it, at least once, at its time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Job:
    id: str
    kind: str
    key: str
    due: datetime
    attempt: int  # 1 for the first
    payload: Mapping[str, Any]


class JobStore(Protocol):
    def add(self, kind: str, key: str, due: datetime, payload: Mapping[str, Any]) -> None:
        """Add work; (kind, key) is unique among work not done, and adding it again moves its due time."""
        ...

    def cancel(self, kind: str, key: str) -> bool:
        """Take work back that is not done; whether there was such work."""
        ...

    def claim(self, now: datetime, lease: timedelta, limit: int) -> list[Job]:
        """Take due work for `lease`; another worker sees it again only when the lease has run out."""
        ...

    def done(self, job: Job) -> bool:
        """Finish it; False when the lease was lost to another attempt in between."""
        ...

    def retry(self, job: Job, due: datetime, error: str) -> None: ...
    def next_due(self) -> datetime | None:
        """When the earliest work is ready; None when there is none."""
        ...
