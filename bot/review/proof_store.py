"""What runs of verification need saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

BATCH = 500  # chains in one transaction


@dataclass(frozen=True, slots=True)
class ProofRun:
    """`since` and `until` (exclusive) bound what is verified; None: everything, with checkpoints and audit trail.

    `broken` names the first chains that do not hold, each with the place and what is wrong.
    """

    id: str
    started_by: str
    started_at: datetime
    since: datetime | None
    until: datetime | None
    after: str = ""  # the last conversation that was verified
    chains: int = 0
    events: int = 0
    broken_chains: int = 0
    broken: tuple[tuple[str, int, str], ...] = ()
    finished_at: datetime | None = None


class ProofStore(Protocol):
    """Implemented by `storage`."""

    def save(self, run: ProofRun) -> None: ...
    def run(self, run_id: str) -> ProofRun | None: ...
    def newest(self, limit: int = 10) -> list[ProofRun]: ...
    def under_way(
        self, since: datetime | None, until: datetime | None, after: str = "", limit: int = BATCH
    ) -> Sequence[str]:
        """Ids of conversations opened before `until` in which something happened since `since`, in their order.

        Without either: of all conversations.
        """
        ...
