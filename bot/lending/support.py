"""What somebody told of themselves that is to be considered, noted with their consent, and what would help."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

# What was told, as far as words name it; `other` is something that a colleague reads in the chat.
Need = Literal[
    "health", "mental_health", "disability", "pregnancy", "caring", "abuse_at_home", "addiction", "hearing",
    "sight", "reading", "age", "other",
]  # fmt: skip
Help = Literal["more_time", "helper", "call", "none"]
NEEDS: tuple[Need, ...] = get_args(Need)
# Of health and the like: for those alone whose work it is. The others say how to write and call.
PERSONAL: frozenset[Need] = frozenset(
    {"health", "mental_health", "disability", "pregnancy", "abuse_at_home", "addiction"}
)


@dataclass(frozen=True, slots=True)
class Support:
    """Kept only with consent; the newest note of a borrower stands."""

    borrower_id: str
    needs: tuple[Need, ...]
    help: Help | None  # what they chose of what was offered
    noted_at: datetime
