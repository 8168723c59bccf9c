"""The record of conversations: events appended under the conversation's lock, each chained to the one before."""

import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.record.chain import SALT_BYTES, canonical, content_digest, link_hash
from bot.record.events import Event, EventKind, NewEvent
from bot.storage.conversations import NoSuchConversation
from bot.storage.schema import conversations, events
from bot.storage.session import Head, Session

_APPEND = sa.insert(events)
_HEAD = sa.select(conversations.c.chain_length, conversations.c.chain_head).where(
    conversations.c.id == bindparam("id")
)
_LOCK_HEAD = _HEAD.with_for_update(key_share=True)
_EVENT = sa.select(events).where(
    events.c.conversation_id == bindparam("conversation"), events.c.seq == bindparam("number")
)
_EVENTS = (
    sa.select(events)
    .where(events.c.conversation_id == bindparam("conversation"), events.c.seq > bindparam("after"))
    .order_by(events.c.seq)
)
_OF_KINDS = _EVENTS.where(events.c.kind.in_(bindparam("kinds", expanding=True)))
_LIMIT = bindparam("most", type_=sa.Integer)
_EVENTS_LIMITED, _OF_KINDS_LIMITED = _EVENTS.limit(_LIMIT), _OF_KINDS.limit(_LIMIT)
_NEWEST = (
    sa.select(events)
    .where(events.c.conversation_id == bindparam("conversation"), events.c.seq < bindparam("before"))
    .order_by(events.c.seq.desc())
    .limit(_LIMIT)
)
_BEYOND = 2**31 - 1  # above any seq
_ERASE = (
    sa.update(events)
    .where(events.c.conversation_id == bindparam("conversation"), events.c.seq == bindparam("number"))
    .values(body=None, salt=None)
)


class Record:
    """Implements RecordStore."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._connection = session.connection

    def append(self, conversation_id: str, new: Sequence[NewEvent], at: datetime) -> list[Event]:
        if not new:
            return []
        head = self._locked(conversation_id)
        salts = os.urandom(SALT_BYTES * len(new))
        appended, rows = [], []
        for number, event in enumerate(new):
            body = canonical(event.body)
            salt = salts[number * SALT_BYTES : (number + 1) * SALT_BYTES]
            digest = content_digest(salt, body)
            seq = head.length + 1
            made = link_hash(conversation_id, seq, event.kind, at, digest, head.hash)
            appended.append(Event(conversation_id, seq, event.kind, at, event.body, salt, digest, made))
            rows.append(
                {
                    "conversation_id": conversation_id,
                    "seq": seq,
                    "kind": event.kind,
                    "at": at,
                    "body": body.decode(),
                    "salt": salt,
                    "digest": digest,
                    "hash": made,
                }
            )
            head.length, head.hash, head.moved = seq, made, True
        self._connection.execute(_APPEND, rows)
        return appended

    def _locked(self, conversation_id: str) -> Head:
        head = self._session.heads.get(conversation_id)
        if head is None:
            row = self._connection.execute(_LOCK_HEAD, {"id": conversation_id}).first()
            if row is None:
                raise NoSuchConversation(f"there is no conversation {conversation_id}")
            head = self._session.heads[conversation_id] = Head(row[0], row[1])
        return head

    def events(
        self,
        conversation_id: str,
        after: int = 0,
        limit: int | None = None,
        kinds: Sequence[EventKind] | None = None,
    ) -> list[Event]:
        values: dict[str, Any] = {"conversation": conversation_id, "after": after}
        statement = _EVENTS if kinds is None else _OF_KINDS
        if kinds is not None:
            values["kinds"] = list(kinds)
        if limit is not None:
            statement = _EVENTS_LIMITED if kinds is None else _OF_KINDS_LIMITED
            values["most"] = limit
        return [_read(row) for row in self._connection.execute(statement, values)]

    def newest(self, conversation_id: str, limit: int, before: int | None = None) -> list[Event]:
        values = {"conversation": conversation_id, "before": before or _BEYOND, "most": limit}
        return [_read(row) for row in self._connection.execute(_NEWEST, values)][::-1]

    def marked(
        self, conversation_id: str, marks: Mapping[EventKind, Sequence[str]], limit: int, after: int = 0
    ) -> list[Event]:
        meant = [
            sa.and_(
                events.c.kind == kind, sa.or_(*(events.c.body.contains(text, autoescape=True) for text in texts))
            )
            if texts
            else events.c.kind == kind
            for kind, texts in marks.items()
        ]
        statement = _NEWEST.where(events.c.seq > after, sa.or_(*meant))
        values = {"conversation": conversation_id, "before": _BEYOND, "most": limit}
        return [_read(row) for row in self._connection.execute(statement, values)][::-1]

    def event(self, conversation_id: str, seq: int) -> Event | None:
        row = self._connection.execute(_EVENT, {"conversation": conversation_id, "number": seq}).first()
        return _read(row) if row else None

    def head(self, conversation_id: str) -> tuple[int, bytes]:
        known = self._session.heads.get(conversation_id)
        if known is not None:
            return known.length, known.hash
        row = self._connection.execute(_HEAD, {"id": conversation_id}).first()
        if row is None:
            raise NoSuchConversation(f"there is no conversation {conversation_id}")
        return row[0], row[1]

    def erase(self, conversation_id: str, seqs: Sequence[int]) -> None:
        """Take away content and salt for good; the chain still verifies, and the digest tells nobody anything."""
        self._locked(conversation_id)
        if seqs:
            self._connection.execute(_ERASE, [{"conversation": conversation_id, "number": seq} for seq in seqs])


def _read(row: Any) -> Event:
    conversation_id, seq, kind, at, body, salt, digest, made = row
    return Event(conversation_id, seq, kind, at, json.loads(body) if body is not None else None, salt, digest, made)
