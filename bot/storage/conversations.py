"""Conversations and their trackers."""

import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.conversations.store import Conversation
from bot.dialogue.tracker import Tracker, from_json, to_json
from bot.errors import BotError
from bot.record.chain import canonical
from bot.storage.columns import per_dialect
from bot.storage.schema import conversations, trackers
from bot.storage.session import Head, Session

_COLUMNS: tuple[Any, ...] = (
    conversations.c.id,
    conversations.c.account,
    conversations.c.sender,
    conversations.c.speaker,
    conversations.c.locale,
    conversations.c.locale_chosen,
    conversations.c.borrower_id,
    conversations.c.verified_until,
    conversations.c.last_input_at,
    conversations.c.held_by,
)
_FIELDS = len(_COLUMNS)
_GET = sa.select(*_COLUMNS).where(conversations.c.id == bindparam("id"))
_FIND = sa.select(*_COLUMNS).where(
    conversations.c.account == bindparam("account"), conversations.c.sender == bindparam("sender")
)
_OF_BORROWER = (
    sa.select(*_COLUMNS)
    .where(conversations.c.borrower_id == bindparam("borrower"))
    .order_by(conversations.c.last_at.desc(), conversations.c.id)
)
# NO KEY UPDATE: new input refers to the conversation and must be stored while a turn holds it.
_LOCK = (
    sa.select(*_COLUMNS, conversations.c.chain_length, conversations.c.chain_head)
    .where(conversations.c.id == bindparam("id"))
    .with_for_update(key_share=True)
)
_SAVED = ("speaker", "locale", "locale_chosen", "borrower_id", "verified_until", "last_input_at", "held_by")
_SAVE = (
    sa.update(conversations)
    .where(conversations.c.id == bindparam("conversation"))
    .values({name: bindparam(name) for name in _SAVED})
    .values(
        last_at=sa.func.coalesce(
            bindparam("last_input_at", type_=conversations.c.last_at.type), conversations.c.last_at
        )
    )
)
_SAVE_WITH_HEAD = _SAVE.values(chain_length=bindparam("length"), chain_head=bindparam("head"))
_TRACKER = sa.select(trackers.c.state).where(trackers.c.conversation_id == bindparam("id"))
_SAVE_TRACKER = per_dialect(
    lambda insert: (new := insert(trackers)).on_conflict_do_update(
        index_elements=["conversation_id"], set_={"state": new.excluded.state}
    )
)


class NoSuchConversation(BotError):
    """No conversation has this id."""


class Conversations:
    """Implements ConversationStore."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._connection = session.connection

    def find(self, account: str, sender: str) -> Conversation | None:
        row = self._connection.execute(_FIND, {"account": account, "sender": sender}).first()
        return Conversation(*row) if row else None

    def get(self, conversation_id: str) -> Conversation | None:
        row = self._connection.execute(_GET, {"id": conversation_id}).first()
        return Conversation(*row) if row else None

    def lock(self, conversation_id: str) -> Conversation:
        row = self._connection.execute(_LOCK, {"id": conversation_id}).first()
        if row is None:
            raise NoSuchConversation(f"there is no conversation {conversation_id}")
        if conversation_id not in self._session.heads:
            self._session.heads[conversation_id] = Head(row[_FIELDS], row[_FIELDS + 1])
        return Conversation(*row[:_FIELDS])

    def of_borrower(self, borrower_id: str) -> list[Conversation]:
        return [Conversation(*row) for row in self._connection.execute(_OF_BORROWER, {"borrower": borrower_id})]

    def save(self, conversation: Conversation) -> None:
        values: dict[str, Any] = {name: getattr(conversation, name) for name in _SAVED}
        values["conversation"] = conversation.id
        head = self._session.heads.get(conversation.id)
        if head is None or not head.moved:
            self._connection.execute(_SAVE, values)
            return
        values["length"], values["head"] = head.length, head.hash
        self._connection.execute(_SAVE_WITH_HEAD, values)
        head.moved = False

    def tracker(self, conversation_id: str) -> Tracker | None:
        state = self._connection.execute(_TRACKER, {"id": conversation_id}).scalar()
        return tracker_of(state)

    def save_tracker(self, tracker: Tracker) -> None:
        self._connection.execute(
            _SAVE_TRACKER[self._session.dialect],
            {"conversation_id": tracker.conversation_id, "state": canonical(to_json(tracker)).decode()},
        )


def tracker_of(state: str | None) -> Tracker | None:
    """A tracker from its column."""
    return from_json(json.loads(state)) if state else None
