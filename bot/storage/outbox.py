"""The outbox: what was said and is to be sent, claimed by conversation so that its order holds."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.conversations.store import Outgoing
from bot.storage.columns import literal
from bot.storage.schema import conversations, outbox
from bot.storage.session import Session

# A worker that died while it was sending is taken for dead after this long.
LEASE = timedelta(minutes=2)
_LONGEST_ERROR = 2000

_PUT = sa.insert(outbox)
_IS_OPEN = outbox.c.state.in_([literal("queued"), literal("sending")])
_LOCK = sa.select(conversations.c.id).where(conversations.c.id == bindparam("id")).with_for_update(key_share=True)
_READY = (
    sa.select(
        outbox.c.id,
        outbox.c.seq,
        outbox.c.unasked,
        outbox.c.state,
        outbox.c.attempts,
        outbox.c.not_before,
        outbox.c.claimed_until,
    )
    .where(outbox.c.conversation_id == bindparam("conversation"), _IS_OPEN)
    # An answer need not wait until a reminder may go.
    .where(sa.not_(sa.and_(outbox.c.unasked, outbox.c.not_before > bindparam("now"))))
    .order_by(outbox.c.id)
)
_CLAIM = (
    sa.update(outbox)
    .where(outbox.c.id == bindparam("outgoing"))
    .values(state="sending", attempts=outbox.c.attempts + 1, claimed_until=bindparam("until"))
)
_SENT = (
    sa.update(outbox)
    .where(outbox.c.id == bindparam("outgoing"))
    .values(state="sent", sent_at=bindparam("at"), remote_id=bindparam("remote"), claimed_until=None, error=None)
)
_FAILED = (
    sa.update(outbox)
    .where(outbox.c.id == bindparam("outgoing"))
    .values(state="failed", error=bindparam("problem"), claimed_until=None)
)
_RETRY = (
    sa.update(outbox)
    .where(outbox.c.id == bindparam("outgoing"))
    .values(state="queued", error=bindparam("problem"), not_before=bindparam("at"), claimed_until=None)
    .returning(outbox.c.conversation_id)
)
# What was claimed together with a message that must wait goes back behind it.
_RELEASE = (
    sa.update(outbox)
    .where(
        outbox.c.conversation_id == bindparam("conversation"),
        outbox.c.id > bindparam("outgoing"),
        outbox.c.state == literal("sending"),
    )
    .values(state="queued", claimed_until=None, attempts=outbox.c.attempts - 1)
)
_CANCEL = (
    sa.update(outbox)
    .where(
        outbox.c.conversation_id == bindparam("conversation"),
        outbox.c.state == literal("queued"),
        outbox.c.unasked,
    )
    .values(state="cancelled")
)
# Whatever chat of theirs it waits in.
_CANCEL_OF = (
    sa.update(outbox)
    .where(
        outbox.c.conversation_id.in_(
            sa.select(conversations.c.id).where(conversations.c.borrower_id == bindparam("borrower"))
        ),
        outbox.c.state == literal("queued"),
        outbox.c.unasked,
    )
    .values(state="cancelled")
)
_CANCEL_ONE = (
    sa.update(outbox)
    .where(outbox.c.id == bindparam("outgoing"))
    .values(state="cancelled", error=bindparam("problem"))
)
_POSTPONE = sa.update(outbox).where(outbox.c.id == bindparam("outgoing")).values(not_before=bindparam("at"))
_UNASKED_SENT = (
    sa.select(outbox.c.sent_at)
    .join(conversations, conversations.c.id == outbox.c.conversation_id)
    .where(conversations.c.borrower_id == bindparam("borrower"), outbox.c.unasked)
    .where(outbox.c.sent_at >= bindparam("since"))
    .order_by(outbox.c.sent_at)
)
_UNFETCHED = (
    sa.select(outbox.c.id)
    .where(outbox.c.conversation_id == bindparam("conversation"), _IS_OPEN, outbox.c.seq <= bindparam("up_to"))
    .limit(1)
)
_FETCHED = (
    sa.update(outbox)
    .where(outbox.c.conversation_id == bindparam("conversation"), _IS_OPEN, outbox.c.seq <= bindparam("up_to"))
    .values(state="sent", sent_at=bindparam("at"), claimed_until=None)
    .returning(outbox.c.seq)
)
_WAITING = (
    sa.select(outbox.c.conversation_id)
    .where(
        _IS_OPEN,
        outbox.c.not_before <= bindparam("now"),
        sa.or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until <= bindparam("now")),
    )
    .group_by(outbox.c.conversation_id)
    .order_by(sa.func.min(outbox.c.id))
    .limit(bindparam("limit"))
)


class Outbox:
    """Implements OutboxStore."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection

    def put(self, conversation_id: str, seqs: Sequence[int], *, unasked: bool, at: datetime) -> None:
        if not seqs:
            return
        common: dict[str, Any] = {
            "conversation_id": conversation_id,
            "unasked": unasked,
            "state": "queued",
            "attempts": 0,
            "queued_at": at,
            "not_before": at,
        }
        self._connection.execute(_PUT, [{**common, "seq": seq} for seq in seqs])

    def waiting(self, now: datetime, limit: int) -> list[str]:
        """Conversations that may have something to send, longest waiting first; `claim` has the last word."""
        return list(self._connection.execute(_WAITING, {"now": now, "limit": limit}).scalars())

    def claim(self, conversation_id: str, now: datetime) -> list[Outgoing]:
        self.lock(conversation_id)
        return self.take(self.ready(conversation_id, now), now + LEASE)

    def lock(self, conversation_id: str) -> None:
        self._connection.execute(_LOCK, {"id": conversation_id})

    def ready(self, conversation_id: str, now: datetime, limit: int | None = None) -> list[Outgoing]:
        found: list[Outgoing] = []
        wanted = {"conversation": conversation_id, "now": now}
        for row in self._connection.execute(_READY.limit(limit), wanted):
            busy = row.claimed_until is not None and row.claimed_until > now
            if busy or row.not_before > now:
                break  # what comes after it may not overtake it
            found.append(Outgoing(row.id, conversation_id, row.seq, row.unasked, row.state, row.attempts))
        return found

    def take(self, ready: Sequence[Outgoing], until: datetime) -> list[Outgoing]:
        if ready:
            self._connection.execute(_CLAIM, [{"outgoing": each.id, "until": until} for each in ready])
        return [replace(each, state="sending", attempts=each.attempts + 1) for each in ready]

    def postpone(self, outgoing_id: int, until: datetime) -> None:
        self._connection.execute(_POSTPONE, {"outgoing": outgoing_id, "at": until})

    def cancel(self, outgoing_id: int, why: str) -> None:
        self._connection.execute(_CANCEL_ONE, {"outgoing": outgoing_id, "problem": why})

    def unasked_sent(self, borrower_id: str, since: datetime) -> list[datetime]:
        wanted = {"borrower": borrower_id, "since": since}
        return list(self._connection.execute(_UNASKED_SENT, wanted).scalars())

    def sent(self, outgoing_id: int, at: datetime, remote_id: str | None = None) -> None:
        self._connection.execute(_SENT, {"outgoing": outgoing_id, "at": at, "remote": remote_id})

    def failed(self, outgoing_id: int, error: str, retry_at: datetime | None) -> None:
        shown = error[:_LONGEST_ERROR].replace("\0", "")
        if retry_at is None:
            self._connection.execute(_FAILED, {"outgoing": outgoing_id, "problem": shown})
            return
        change = {"outgoing": outgoing_id, "problem": shown, "at": retry_at}
        conversation_id = self._connection.execute(_RETRY, change).scalar()
        self._connection.execute(_RELEASE, {"conversation": conversation_id, "outgoing": outgoing_id})

    def unfetched(self, conversation_id: str, up_to: int) -> bool:
        wanted = {"conversation": conversation_id, "up_to": up_to}
        return self._connection.execute(_UNFETCHED, wanted).first() is not None

    def fetched(self, conversation_id: str, up_to: int, at: datetime) -> list[int]:
        wanted = {"conversation": conversation_id, "up_to": up_to, "at": at}
        return sorted(self._connection.execute(_FETCHED, wanted).scalars())

    def cancel_unasked_of(self, borrower_id: str) -> int:
        return self._connection.execute(_CANCEL_OF, {"borrower": borrower_id}).rowcount

    def cancel_unasked(self, conversation_id: str) -> int:
        return self._connection.execute(_CANCEL, {"conversation": conversation_id}).rowcount
