"""A borrower has blocked the chat, or is gone: a person decides how else to reach them, if at all."""

from collections.abc import Sequence
from datetime import datetime

from bot.conversations.store import Conversation
from bot.desk.handoffs import open_case
from bot.desk.store import DeskWork
from bot.record.events import NewEvent


def tell(work: DeskWork, conversation: Conversation, now: datetime) -> Sequence[NewEvent]:
    """Implements conversations' Lost. Of a chat in which nobody was known there is nothing to tell."""
    borrower = work.lending.borrower(conversation.borrower_id) if conversation.borrower_id else None
    if borrower is None:
        return ()
    return open_case(
        work.desk,
        conversation,
        reason="request",
        wants="unreachable",
        card={},
        at=now,
        creditor=borrower.creditor,
    ).events
