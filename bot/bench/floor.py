"""The floor under a turn: the rows of a real turn, in its two transactions, and nothing else.

T1 reads the conversation by its address and stores the input. T2 locks the conversation, takes the input with the
tracker, reads the message whose button was pressed and the borrower with their accounts, and writes what the
sampled turn wrote: its events, tracker, conversation, outbox, and the input marked as handled.
No understanding, no flow, no action, no hashing, no JSON, nothing decrypted.
"""

import itertools
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.storage.columns import literal, per_dialect
from bot.storage.engine import Database
from bot.storage.schema import conversations, events, inbox, outbox, trackers
from bot.storage.schema_lending import accounts, borrowers, parties

Row = dict[str, Any]

_FIND = sa.select(conversations.c.id).where(
    conversations.c.account == bindparam("account"), conversations.c.sender == bindparam("sender")
)
_STORE = sa.insert(inbox).returning(inbox.c.id)
_LOCK = sa.select(conversations).where(conversations.c.id == bindparam("id")).with_for_update(key_share=True)
_TAKE = (
    sa.select(inbox.c.id, inbox.c.incoming, trackers.c.state)
    .outerjoin(trackers, trackers.c.conversation_id == inbox.c.conversation_id)
    .where(inbox.c.conversation_id == bindparam("id"), inbox.c.state == literal("waiting"))
    .order_by(inbox.c.id)
    .limit(1)
)
_PRESSED = sa.select(events).where(
    events.c.conversation_id == bindparam("conversation"), events.c.seq == bindparam("number")
)
_BORROWER = (
    sa.select(*borrowers.c, *accounts.c, parties.c.role)
    .join(parties, parties.c.borrower_id == borrowers.c.id)
    .join(accounts, accounts.c.id == parties.c.account_id)
    .where(borrowers.c.id == bindparam("borrower"))
)
_EVENTS = sa.insert(events)
_TRACKER = per_dialect(
    lambda insert: (new := insert(trackers)).on_conflict_do_update(
        index_elements=["conversation_id"], set_={"state": new.excluded.state}
    )
)
_CONVERSATION = (
    sa.update(conversations)
    .where(conversations.c.id == bindparam("conversation"))
    .values(
        chain_length=bindparam("length"),
        chain_head=bindparam("head"),
        last_input_at=bindparam("at"),
        verified_until=bindparam("until"),
    )
)
_OUTBOX = sa.insert(outbox)
_HANDLED = (
    sa.update(inbox).where(inbox.c.id == bindparam("input")).values(state="handled", handled_at=bindparam("at"))
)


@dataclass(frozen=True, slots=True)
class Sample:
    """Every row that the last turn of a conversation wrote, with its chat's row and the message it pressed on."""

    conversation: Row
    input: Row
    pressed: int
    events: Sequence[Row]
    outbox: Sequence[Row]
    tracker: str

    @classmethod
    def of(cls, database: Database, conversation_id: str) -> "Sample":
        with database.engine.connect() as connection:

            def rows(table: sa.Table, key: sa.Column[Any], order: sa.Column[Any]) -> list[Row]:
                found = connection.execute(sa.select(table).where(key == conversation_id).order_by(order))
                return [dict(row._mapping) for row in found]

            written = rows(events, events.c.conversation_id, events.c.seq)
            start = max(number for number, event in enumerate(written) if event["kind"] == "user")
            last = written[start]["seq"]
            sent = rows(outbox, outbox.c.conversation_id, outbox.c.id)
            taken = rows(inbox, inbox.c.conversation_id, inbox.c.id)[-1]
            return cls(
                conversation=rows(conversations, conversations.c.id, conversations.c.id)[0],
                input=taken,
                pressed=int(taken["incoming"]["choice"].partition("-")[0]),
                events=[event for event in written[start:] if event["kind"] != "delivery"],
                outbox=[row for row in sent if row["seq"] > last],
                tracker=rows(trackers, trackers.c.conversation_id, trackers.c.conversation_id)[0]["state"],
            )


class CoreFloor:
    """Writes the sample's rows again and again, each worker into a conversation of its own.

    `reads`: the rows that a turn looks at are read too; without, only those that it locks and writes.
    """

    def __init__(self, database: Database, sample: Sample, workers: int, run: str, *, reads: bool) -> None:
        self._engine = database.engine
        self._dialect = database.dialect
        self._one_writer = threading.Lock() if self._dialect == "sqlite" else None
        self._sample = sample
        self._reads = reads
        self._run = run
        self._seqs = [itertools.count(1, 100) for _ in range(workers)]
        opened = [self._chat(worker) for worker in range(workers)]
        with self._engine.begin() as connection:
            connection.execute(sa.insert(conversations), opened)

    def _chat(self, worker: int) -> Row:
        return {**self._sample.conversation, "id": f"{self._run}-{worker}", "sender": f"{self._run}-{worker}"}

    def turn(self, worker: int) -> None:
        chat = f"{self._run}-{worker}"
        seq = next(self._seqs[worker])
        with self._begin() as connection:
            connection.execute(
                _FIND, {"account": self._sample.conversation["account"], "sender": chat}
            ).scalar_one()
            connection.execute(_STORE, self._input(chat, seq)).scalar_one()
        with self._begin() as connection:
            connection.execute(_LOCK, {"id": chat}).one()
            input_id = connection.execute(_TAKE, {"id": chat}).one()[0]
            if self._reads:
                self._read(connection)
            self._write(connection, chat, seq, input_id)

    def _read(self, connection: sa.Connection) -> None:
        chat = self._sample.conversation
        connection.execute(_PRESSED, {"conversation": chat["id"], "number": self._sample.pressed}).one()
        connection.execute(_BORROWER, {"borrower": chat["borrower_id"]}).all()

    def _write(self, connection: sa.Connection, chat: str, seq: int, input_id: int) -> None:
        sample = self._sample
        at = sample.events[0]["at"]
        said = [{**row, "conversation_id": chat, "seq": seq + n} for n, row in enumerate(sample.events)]
        connection.execute(_EVENTS, said)
        connection.execute(_TRACKER[self._dialect], {"conversation_id": chat, "state": sample.tracker})
        head = {"length": said[-1]["seq"], "head": said[-1]["hash"], "at": at, "until": at, "conversation": chat}
        connection.execute(_CONVERSATION, head)
        sent = [
            {**_without_id(row), "conversation_id": chat, "seq": seq + n, "state": "queued"}
            for n, row in enumerate(sample.outbox)
        ]
        connection.execute(_OUTBOX, sent)
        connection.execute(_HANDLED, {"input": input_id, "at": at})

    def _input(self, chat: str, seq: int) -> Row:
        fresh = {"conversation_id": chat, "update_id": f"{chat}/{seq}", "state": "waiting", "handled_at": None}
        return {**_without_id(self._sample.input), **fresh}

    @contextmanager
    def _begin(self) -> Iterator[sa.Connection]:
        if self._one_writer is None:
            with self._engine.begin() as connection:
                yield connection
        else:
            with self._one_writer, self._engine.begin() as connection:
                yield connection


def _without_id(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "id"}
