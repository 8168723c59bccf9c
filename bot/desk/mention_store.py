"""What mentions of colleagues need saved."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Mention:
    """Who was named in which of a case's events, by whom; `read_at` None: they have not opened the case since."""

    staff_id: str
    case_id: str
    number: int
    by_id: str
    at: datetime
    read_at: datetime | None = None


class MentionStore(Protocol):
    def add(self, mention: Mention) -> None: ...
    def unread(self, staff_id: str) -> int:
        """In how many cases there is something that they have not read."""
        ...

    def newest(self, staff_id: str, limit: int = 100) -> list[Mention]:
        """Newest first, one for each case: the newest of it."""
        ...

    def read(self, staff_id: str, case_id: str, at: datetime) -> None: ...
