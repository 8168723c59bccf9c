"""Channels that fetch (web page, terminal): what a page has shown is marked as delivered, on the record."""

from datetime import datetime

from bot.conversations.store import Database, W
from bot.record.events import NewEvent


def acknowledge(database: Database[W], conversation_id: str, up_to: int, at: datetime) -> bool:
    """The borrower's page has everything up to event `up_to`; true when that was news."""
    with database.reading() as work:
        if not work.outbox.unfetched(conversation_id, up_to):
            return False
    with database.transaction() as work:
        work.conversations.lock(conversation_id)
        seqs = work.outbox.fetched(conversation_id, up_to, at)
        if seqs:
            work.record.append(conversation_id, [NewEvent("delivery", {"state": "delivered", "seqs": seqs})], at)
    return bool(seqs)
