"""What search needs kept: documents, what is not yet among them, and saved searches. Implemented by `storage`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.review.documents import Document, Material, Said
from bot.review.search_words import Likely


@dataclass(frozen=True, slots=True)
class Span:
    """Times of the last input, `until` exclusive, for these speakers: a day begins where the lender is."""

    speakers: tuple[str, ...]
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the last row's time and id."""

    last_at: datetime
    conversation_id: str


@dataclass(frozen=True, slots=True)
class Sought:
    """What to look for. `tokens`: of each group at least one; the others are bounds, None leaves a side open.

    `threes`: tokens that a long conversation must have as well, by the token LONG_ONE.
    `creditors`: only of these, and conversations of which nobody knows yet whose they are. `spans`: within any.
    """

    tokens: tuple[tuple[str, ...], ...] = ()
    threes: tuple[str, ...] = ()
    speakers: tuple[str, ...] | None = None
    creditors: tuple[str, ...] | None = None
    borrower_ids: tuple[str, ...] | None = None
    spans: tuple[Span, ...] | None = None


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """`query` is what stands in the address of the page."""

    id: str
    staff_id: str
    name: str
    query: str
    saved_at: datetime


class SearchStore(Protocol):
    def find(self, what: Sought, after: Cursor | None, limit: int) -> Sequence[Cursor]:
        """Newest first by (last_at, conversation_id), each found conversation as the place where it stands."""
        ...

    def unindexed(self, limit: int) -> Sequence[str]:
        """Conversations whose record has moved since they were last indexed."""
        ...

    def material(self, conversation_ids: Sequence[str]) -> list[Material]: ...
    def said(self, conversation_ids: Sequence[str], likely: Likely) -> Mapping[str, Said]:
        """By id: what marking words needs, which is less than what the index is made of.

        Of a long conversation the older events are read only when somebody goes back to them.
        """
        ...

    def keep(self, documents: Sequence[Document]) -> None:
        """Put documents in the place of those of the same conversations."""
        ...

    def index_anew(self, borrower_ids: Collection[str]) -> None:
        """Have the conversations of these borrowers indexed anew: what stands beside their record has changed."""
        ...

    def forget(self, conversation_ids: Collection[str]) -> None:
        """Take conversations out of the index, and have them indexed anew as they are now: part of an erasure."""
        ...

    def forget_all(self, limit: int) -> int:
        """Take out up to `limit` conversations, to build the index anew; how many it were."""
        ...

    def facets(self, conversation_ids: Sequence[str]) -> Mapping[str, Mapping[str, Sequence[str]]]:
        """What is known of conversations: by id, the values of each facet."""
        ...

    def saved(self, staff_id: str) -> list[SavedSearch]:
        """By name."""
        ...

    def save(self, search: SavedSearch) -> None:
        """In the place of this colleague's search of the same name."""
        ...

    def remove(self, staff_id: str, search_id: str) -> None: ...
