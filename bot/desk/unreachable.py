"""A borrower has blocked the chat, or is gone: a person decides how else to reach them, if at all."""

from collections.abc import Sequence
from datetime import datetime

from bot.conversations.store import Conversation
from bot.desk.handoffs import open_case
from bot.desk.routing import route
from bot.desk.store import DeskWork
from bot.lending.policy import Policies
from bot.record.events import NewEvent


class Unreachable:
    """Implements conversations' Lost. Of a chat in which nobody was known there is nothing to tell."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies

    def __call__(self, work: DeskWork, conversation: Conversation, now: datetime) -> Sequence[NewEvent]:
        borrower = work.lending.borrower(conversation.borrower_id) if conversation.borrower_id else None
        if borrower is None:
            return ()
        return open_case(
            work,
            conversation,
            reason="request",
            wants="unreachable",
            card={},
            at=now,
            route=route(self._policies, conversation, borrower.creditor, "request", "unreachable", now),
            creditor=borrower.creditor,
        ).events
