"""The queue as it is read: once for all readers who see the same, since every change makes each open page ask."""

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from markupsafe import Markup

from bot.access import Staff
from bot.desk import queue
from bot.desk.queue import Counts
from bot.desk.queue_store import Bounds, QueueFilter
from bot.desk.store import CaseState
from bot.web.work import StaffWork

PAGE = 100  # cases of the queue at a time
KEPT = 300  # panes; then all are read anew
FRESH = 20  # seconds for which counts of what is late, and the names of colleagues, do
# What a ticket shows of its case: an event that changes none of it is no news to the queue.
ON_TICKET = (
    "id", "speaker", "reason", "urgency", "wants", "locale", "status", "holder", "team", "waiting_since", "quiet",
    "callback_at", "answered_at", "answer_by", "answer_warn", "resolve_by", "resolve_warn",
)  # fmt: skip
Key = tuple[Bounds, QueueFilter, int]


@dataclass(frozen=True, slots=True)
class Pane:
    """The first cases of what is asked for; `held` counts for everybody what they hold of it all.

    `drawn` keeps what was made of it for readers of one language: see `desk_queue`.
    """

    cases: tuple[CaseState, ...]
    more: bool  # there are further ones
    counts: Counts
    wanted: QueueFilter
    names: Mapping[str, str]  # of colleagues, by id
    held: Mapping[str, int]
    version: str  # another one whenever it shows something else
    drawn: dict[object, tuple[Markup, ...]] = field(default_factory=dict, compare=False, repr=False)

    def counts_of(self, staff_id: str) -> Counts:
        return replace(self.counts, mine=self.held.get(staff_id, 0))


class Panes:
    """The panes that this process has read, each as good as the queue's pulse says."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # whoever asks while a pane is being read takes that one
        self._kept: dict[Key, tuple[object, Pane]] = {}

    def of(self, work: StaffWork, staff: Staff, wanted: QueueFilter, now: datetime, pages: int = 1) -> Pane:
        """What `staff` sees of the queue, but for what is theirs alone."""
        reader = staff if staff.teams is not None or wanted.mine else replace(staff, id="")
        key = (queue.bounds_of(reader), wanted, pages)
        with self._lock:
            state = (work.pulse.queues(), int(now.timestamp()) // FRESH)
            known = self._kept.get(key)
            if known and known[0] == state:
                return known[1]
            if len(self._kept) >= KEPT:
                self._kept.clear()
            pane = _read(work, reader, wanted, now, pages)
            self._kept[key] = (state, pane)
            return pane


def on_ticket(case: CaseState) -> tuple[object, ...]:
    return tuple(getattr(case, name) for name in ON_TICKET)


def _read(work: StaffWork, reader: Staff, wanted: QueueFilter, now: datetime, pages: int) -> Pane:
    page = queue.read(work, reader, wanted, limit=PAGE * pages)
    counts, names = queue.counts(work, reader, wanted, now), work.staff.names()
    held = {load.staff: load.held for load in work.queue.loads(queue.bounds_of(reader))}
    shown = [(on_ticket(case), names.get(case.holder or "")) for case in page.cases]
    version = hashlib.sha256(repr((shown, page.next is None, replace(counts, mine=0))).encode()).hexdigest()[:16]
    return Pane(page.cases, page.next is not None, counts, wanted, names, held, version)
