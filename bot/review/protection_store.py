"""What data protection needs saved: what is old enough to go, what a legal hold keeps, and erasure itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

HeldKind = Literal["conversation", "borrower"]


@dataclass(frozen=True, slots=True)
class LegalHold:
    """Nothing of its subject is erased while it stands: for a court, a regulator, a claim."""

    id: str
    subject_kind: HeldKind
    subject: str  # a conversation's or borrower's id
    reason: str
    placed_by: str | None  # staff id; None: the command line
    placed_at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """Something with an age. `subject`: a conversation's id, a file's, or of details a borrower's."""

    subject: str
    conversation_id: str | None
    borrower_id: str | None
    speaker: str | None
    since: datetime  # the last input, the upload, or when it was told


@dataclass(frozen=True, slots=True)
class DataRequest:
    """Somebody asked for a copy of their data, a correction or erasure, and waits for the answer."""

    id: str
    borrower_id: str | None  # None: asked before anybody proved who they are
    conversation_id: str | None  # that it was asked in; None: it is erased
    words: str  # what the borrower wrote
    raised_at: datetime
    answer_by: date  # by the law's or the policy's days


class ProtectionStore(Protocol):
    """Each list is in the order of its subjects, from those after `after`. Implemented by `storage`."""

    def idle(self, before: datetime, after: str, limit: int = 200) -> Sequence[Kept]:
        """Conversations whose last input is older, that are not erased and have no open case."""
        ...

    def old_files(self, before: datetime, after: str, limit: int = 200) -> Sequence[Kept]:
        """Files kept before, of conversations without an open case."""
        ...

    def old_details(self, before: datetime, after: str, limit: int = 200) -> Sequence[Kept]:
        """Health and similar details that were last told before."""
        ...

    def erase_conversation(self, conversation_id: str, at: datetime) -> int:
        """Take away all words, files, addresses and links to a person; how many events lost their content.

        The chain still verifies: digests stay. Numbers and codes of its closed cases stay, their words go.
        """
        ...

    def erase_file(self, file_id: str) -> None: ...
    def erase_details(self, borrower_id: str) -> None: ...
    def place_legal_hold(self, hold: LegalHold) -> None: ...
    def lift_legal_holds(self, kind: HeldKind, subject: str) -> int: ...
    def legal_holds(self, subjects: Sequence[tuple[HeldKind, str]] | None = None) -> list[LegalHold]:
        """Those on any of the subjects, or all; oldest first."""
        ...

    def is_erased(self, conversation_id: str) -> bool: ...
    def conversations_of(self, borrower_id: str) -> list[str]:
        """Ids of a borrower's conversations that are not erased, in their own order."""
        ...

    def erase_person(self, borrower_id: str) -> None:
        """Take away what a borrower told beside their conversations: hardship, health, wishes, disputes' words."""
        ...

    def open_requests(self) -> list[DataRequest]:
        """Those without an answer, the earliest deadline first."""
        ...
