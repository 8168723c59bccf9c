"""What a colleague puts before the borrower with buttons: an offer, the wish to know who writes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.access import Staff
from bot.conversations.store import Conversation
from bot.desk import watches
from bot.desk.handoffs import add_event
from bot.desk.settling import put_on_case
from bot.desk.store import CaseState, DeskWork
from bot.record.events import NewEvent


def put_before(
    work: DeskWork,
    conversation: Conversation,
    state: CaseState,
    events: Sequence[NewEvent],
    by: Staff,
    told: Mapping[str, Any],
    at: datetime,
) -> int:
    """Send what has buttons in the last of `events`, and put `told` on the case; the seq of that last one."""
    seqs = [event.seq for event in work.record.append(conversation.id, events, at)]
    work.outbox.put(conversation.id, seqs, unasked=False, at=at)
    _offered(work, conversation.id, seqs[-1], events[-1])
    answered, _ = add_event(work.desk, state, "answered", by, {"seq": seqs[-1]}, at)
    watches.spoken(work.jobs, answered, at)
    put_on_case(work, conversation, answered, "acted", by, told, at)
    return seqs[-1]


def _offered(work: DeskWork, conversation_id: str, seq: int, event: NewEvent) -> None:
    """What is typed as a button's title counts as its press, as with the bot's own messages."""
    tracker = work.conversations.tracker(conversation_id)
    if tracker:
        buttons = (event.body or {}).get("buttons", ())
        tracker.offered = seq
        tracker.buttons = [(button["title"], button["payload"]) for button in buttons]
        tracker.turn += 1  # a text that is just being read against the state before is read again
        work.conversations.save_tracker(tracker)
