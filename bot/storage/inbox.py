"""The inbox: every input stored once by its own id, then handled once."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.conversations.store import Received, StoredInput, Taken
from bot.dialogue.messages import FileRef, Incoming
from bot.errors import BadInput
from bot.record.chain import GENESIS
from bot.storage.columns import literal, per_dialect
from bot.storage.conversations import tracker_of
from bot.storage.schema import conversations, inbox, trackers
from bot.storage.session import Session

_LONGEST_ID = 200
_LONGEST_ERROR = 2000

_CONVERSATION = sa.select(conversations.c.id).where(
    conversations.c.account == bindparam("account"), conversations.c.sender == bindparam("sender")
)
_OPEN = per_dialect(
    lambda insert: insert(conversations).on_conflict_do_nothing(index_elements=["account", "sender"])
)
_STORE = per_dialect(
    # No target is named: the unique index may gain a column when the table is partitioned.
    lambda insert: insert(inbox).on_conflict_do_nothing().returning(inbox.c.id)
)
# One statement for a chat that is there already, as nearly every input's is.
_COLUMNS = ("account", "update_id", "incoming", "received_at", "state", "failures")
_STORE_IN_CHAT = per_dialect(
    lambda insert: (
        insert(inbox)
        .from_select(
            ["conversation_id", *_COLUMNS],
            sa.select(conversations.c.id, *(bindparam(name, type_=inbox.c[name].type) for name in _COLUMNS)).where(
                conversations.c.account == bindparam("account"), conversations.c.sender == bindparam("sender")
            ),
        )
        .on_conflict_do_nothing()
        .returning(inbox.c.id, inbox.c.conversation_id)
    )
)
_STORED = sa.select(inbox.c.id, inbox.c.conversation_id).where(
    inbox.c.account == bindparam("account"), inbox.c.update_id == bindparam("update_id")
)
_OLDEST = (
    sa.select(inbox.c.id, inbox.c.incoming, inbox.c.received_at, inbox.c.failures)
    .where(inbox.c.conversation_id == bindparam("conversation"), inbox.c.state == literal("waiting"))
    .order_by(inbox.c.id)
    .limit(1)
)
# Read after the lock, in a statement of its own: what is joined to the row that waits for a lock would be stale.
_TAKE = (
    sa.select(inbox.c.id, inbox.c.incoming, inbox.c.received_at, inbox.c.failures, trackers.c.state)
    .outerjoin(trackers, trackers.c.conversation_id == inbox.c.conversation_id)
    .where(inbox.c.conversation_id == bindparam("conversation"), inbox.c.state == literal("waiting"))
    .order_by(inbox.c.id)
    .limit(2)
)
_HANDLED = (
    sa.update(inbox).where(inbox.c.id == bindparam("input")).values(state="handled", handled_at=bindparam("at"))
)
_FAILED = (
    sa.update(inbox)
    .where(inbox.c.id == bindparam("input"))
    .values(failures=inbox.c.failures + 1, error=bindparam("error"), state=bindparam("new_state"))
)
_WAITING = (
    sa.select(inbox.c.conversation_id)
    .where(inbox.c.state == literal("waiting"))
    .group_by(inbox.c.conversation_id)
    .order_by(sa.func.min(inbox.c.id))
    .limit(bindparam("limit"))
)


class Inbox:
    """Implements InboxStore."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._connection = session.connection

    def receive(self, incoming: Incoming, speaker: str, locale: str, at: datetime) -> Received:
        _check(incoming)
        row = {
            "account": incoming.account,
            "update_id": incoming.update_id,
            "incoming": _written(incoming),
            "received_at": at,
            "state": "waiting",
            "failures": 0,
        }
        in_chat = {**row, "sender": incoming.sender}
        stored = self._connection.execute(_STORE_IN_CHAT[self._session.dialect], in_chat).first()
        if stored is not None:
            return Received(stored.conversation_id, stored.id, duplicate=False)
        conversation_id = self._conversation(incoming, speaker, locale, at)
        row["conversation_id"] = conversation_id
        input_id = self._connection.execute(_STORE[self._session.dialect], row).scalar()
        if input_id is not None:
            return Received(conversation_id, input_id, duplicate=False)
        return self._duplicate(incoming, conversation_id)

    def _conversation(self, incoming: Incoming, speaker: str, locale: str, at: datetime) -> str:
        key = {"account": incoming.account, "sender": incoming.sender}
        found = self._connection.execute(_CONVERSATION, key).scalar()
        if found is not None:
            return str(found)
        new = {
            **key,
            "id": uuid.uuid4().hex,
            "speaker": speaker,
            "locale": locale,
            "locale_chosen": False,
            "opened_at": at,
            "last_at": at,
            "chain_length": 0,
            "chain_head": GENESIS,
        }
        self._connection.execute(_OPEN[self._session.dialect], new)
        # Another process may have opened it at the same moment.
        return str(self._connection.execute(_CONVERSATION, key).scalar_one())

    def _duplicate(self, incoming: Incoming, conversation_id: str) -> Received:
        key = {"account": incoming.account, "update_id": incoming.update_id}
        stored = self._connection.execute(_STORED, key).one()
        if stored.conversation_id != conversation_id:
            raise BadInput(f"update {incoming.update_id}", "another sender has already used this id")
        return Received(conversation_id, stored.id, duplicate=True)

    def oldest_unhandled(self, conversation_id: str) -> StoredInput | None:
        row = self._connection.execute(_OLDEST, {"conversation": conversation_id}).first()
        return _stored(conversation_id, row) if row else None

    def take(self, conversation_id: str) -> Taken | None:
        rows = self._connection.execute(_TAKE, {"conversation": conversation_id}).all()
        if not rows:
            return None
        *stored, state = rows[0]
        return Taken(_stored(conversation_id, stored), tracker_of(state), more=len(rows) > 1)

    def handled(self, input_id: int, at: datetime) -> None:
        self._connection.execute(_HANDLED, {"input": input_id, "at": at})

    def failed(self, input_id: int, error: str, *, put_aside: bool) -> None:
        state = "aside" if put_aside else "waiting"
        shown = error[:_LONGEST_ERROR].replace("\0", "")
        self._connection.execute(_FAILED, {"input": input_id, "error": shown, "new_state": state})

    def waiting(self, limit: int) -> list[str]:
        return list(self._connection.execute(_WAITING, {"limit": limit}).scalars())


def _check(incoming: Incoming) -> None:
    for name in ("account", "sender", "update_id"):
        text = getattr(incoming, name)
        if not text or len(text) > _LONGEST_ID or not text.isprintable():
            raise BadInput(f"input.{name}", f"it must be 1 to {_LONGEST_ID} printable characters")


def _written(incoming: Incoming) -> dict[str, Any]:
    """Only what is there: most inputs are a text or a press."""
    body = {
        name: value
        for name in Incoming.__slots__
        if name != "file" and (value := getattr(incoming, name)) is not None
    }
    if incoming.file is not None:
        body["file"] = {name: getattr(incoming.file, name) for name in FileRef.__slots__}
    return body


def _stored(conversation_id: str, row: Sequence[Any]) -> StoredInput:
    input_id, body, received_at, failures = row
    return StoredInput(input_id, conversation_id, _read(body), received_at, failures)


def _read(body: dict[str, Any]) -> Incoming:
    file = body.pop("file", None)
    incoming = Incoming(**body)
    return replace(incoming, file=FileRef(**file)) if file else incoming
