"""Erasing a borrower or one conversation on request: what it would take, what keeps it, and doing it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from bot.access import NotAllowed, Staff
from bot.errors import BotError
from bot.review.protection_store import DataRequest, HeldKind, Kept
from bot.review.retention import StillNeeded, UnderLegalHold, erase_words, keeps
from bot.review.search import require_visible
from bot.review.store import ReviewWork


class NobodyByThat(BotError):
    """No conversation has this id, and no borrower this reference."""

    def __init__(self, whom: str) -> None:
        super().__init__(f"{whom}: no conversation has this id, and no borrower this reference")


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose data: a borrower with all their conversations, or one conversation."""

    kind: HeldKind
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True)
class Extent:
    """What an erasure would take, and what still keeps it: a code as `retention.keeps` gives it."""

    conversations: tuple[str, ...]
    kept_by: str | None


@dataclass(frozen=True, slots=True)
class Erased:
    """How much went: conversations, events that lost their content, requests that are answered by it."""

    conversations: int
    events: int
    answered: int


def subject_of(work: ReviewWork, creditors: Sequence[str], whom: str) -> Subject:
    """Whom a reference or a conversation's id means; NobodyByThat."""
    if work.conversations.get(whom):
        return Subject("conversation", whom)
    borrower = work.lending.borrower_by_reference(creditors, whom)
    if borrower is None:
        raise NobodyByThat(whom)
    return Subject("borrower", borrower.id)


def require_theirs(work: ReviewWork, subject: Subject, reader: Staff) -> None:
    """Refuse whom the reader's bounds do not cover; NobodyByThat where there is nobody."""
    if subject.kind == "conversation":
        conversation = work.conversations.get(subject.id)
        if conversation is None:
            raise NobodyByThat(subject.id)
        require_visible(work, conversation.speaker, conversation.borrower_id, reader)
        return
    borrower = work.lending.borrower(subject.id)
    if borrower is None:
        raise NobodyByThat(subject.id)
    # Who speaks for a creditor may change; a reader bounded by speakers is bounded by creditors for this.
    if reader.speakers is not None or not reader.covers("", borrower.creditor):
        raise NotAllowed(reader, f"data of a borrower of {borrower.creditor}")


def extent(work: ReviewWork, subject: Subject, at: datetime) -> Extent:
    """What erasing it would take, as things stand."""
    if subject.kind == "conversation":
        found = work.conversations.get(subject.id)
        if found is None:
            raise NobodyByThat(subject.id)
        left = () if work.protection.is_erased(subject.id) else (subject.id,)
        return Extent(left, keeps(work, Kept(subject.id, subject.id, found.borrower_id, found.speaker, at)))
    chats = tuple(work.protection.conversations_of(subject.id))
    kept = [Kept(subject.id, chat, subject.id, None, at) for chat in (*chats, None)]
    return Extent(chats, next((why for one in kept if (why := keeps(work, one))), None))


def require_free(subject: Subject, found: Extent) -> None:
    """Refuse what something still keeps; UnderLegalHold, StillNeeded."""
    if found.kept_by == "legal_hold":
        raise UnderLegalHold(str(subject))
    if found.kept_by:
        raise StillNeeded(f"{subject}: {found.kept_by.replace('_', ' ')}")


def erase(work: ReviewWork, subject: Subject, reason: str, at: datetime, by: str | None = None) -> Erased:
    """Erase on request, and answer their open requests by it; UnderLegalHold, StillNeeded, NobodyByThat."""
    for conversation_id in extent(work, subject, at).conversations:
        work.conversations.lock(conversation_id)
    if subject.kind == "borrower":
        work.lending.lock_borrower(subject.id)
    found = extent(work, subject, at)  # anew, now that nothing of it changes any more
    require_free(subject, found)
    answered = [one.id for one in work.protection.open_requests() if _asked_by(one, subject)]
    events = sum(erase_words(work, conversation_id, at) for conversation_id in found.conversations)
    if subject.kind == "borrower":
        work.protection.erase_person(subject.id)
    for request_id in answered:
        work.lending.settle_dispute(request_id, "upheld", at)
    erased = Erased(len(found.conversations), events, len(answered))
    work.audit.append("erase", str(subject), by, {"why": "request", "reason": reason, **asdict(erased)}, at)
    return erased


def _asked_by(request: DataRequest, subject: Subject) -> bool:
    return subject.id == (request.borrower_id if subject.kind == "borrower" else request.conversation_id)
