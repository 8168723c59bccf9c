"""What channels deliver, kept sealed as it came until it was read."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.conversations.channels import KeptUpdate, NewUpdate, UpdateState
from bot.storage.columns import literal, per_dialect
from bot.storage.schema_channels import channel_updates as updates
from bot.storage.session import Session

_LONGEST_ERROR = 2000
_IS_WAITING = updates.c.state == literal("waiting")

_KEEP = per_dialect(lambda insert: insert(updates).on_conflict_do_nothing().returning(updates.c.id))
_SENDERS = (
    sa.select(updates.c.sender)
    .where(updates.c.account == bindparam("account"), _IS_WAITING)
    .where(sa.or_(updates.c.claimed_until.is_(None), updates.c.claimed_until <= bindparam("now")))
    .group_by(updates.c.sender)
    .order_by(sa.func.min(updates.c.id))
    .limit(bindparam("limit"))
)
_NEXT = (
    sa.select(updates.c.id, updates.c.key, updates.c.body, updates.c.tries, updates.c.claimed_until)
    .where(updates.c.account == bindparam("account"), updates.c.sender == bindparam("sender"), _IS_WAITING)
    .order_by(updates.c.number, updates.c.id)
    .limit(bindparam("limit"))
    .with_for_update()
)
_CLAIM = (
    sa.update(updates)
    .where(updates.c.id == bindparam("update"))
    .values(claimed_until=bindparam("until"), tries=updates.c.tries + 1)
)
_RELEASE = (
    sa.update(updates)
    .where(updates.c.id == bindparam("update"))
    .values(claimed_until=bindparam("until"), error=bindparam("problem"))
)
_SETTLE = (
    sa.update(updates)
    .where(updates.c.id == bindparam("update"))
    .values(state=bindparam("new_state"), claimed_until=None, error=bindparam("problem"))
)
_SETTLE_WITHOUT_BODY = _SETTLE.values(body=None)
_FORGET = sa.delete(updates).where(
    updates.c.account == bindparam("account"),
    updates.c.received_at < bindparam("before"),
    updates.c.state.in_([literal("done"), literal("ignored")]),
)


class Updates:
    """Implements UpdateStore."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._dialect = session.dialect
        self._fields = session.fields

    def keep(self, account: str, updates: Sequence[NewUpdate], at: datetime) -> list[str]:
        return list(dict.fromkeys(update.sender for update in updates if self._keep(account, update, at)))

    def _keep(self, account: str, update: NewUpdate, at: datetime) -> bool:
        row = {
            "account": account,
            "key": update.key,
            "sender": update.sender,
            "number": update.number,
            "body": self._fields.seal_bytes(_place(account, update.key), update.body),
            "received_at": at,
            "state": "waiting",
            "tries": 0,
        }
        return self._connection.execute(_KEEP[self._dialect], row).first() is not None

    def senders(self, account: str, now: datetime, limit: int) -> list[str]:
        wanted = {"account": account, "now": now, "limit": limit}
        return list(self._connection.execute(_SENDERS, wanted).scalars())

    def next(self, account: str, sender: str, now: datetime, limit: int) -> list[KeptUpdate]:
        found = []
        for row in self._connection.execute(_NEXT, {"account": account, "sender": sender, "limit": limit}):
            if row.claimed_until is not None and row.claimed_until > now:
                break  # what comes after it may not overtake it
            body = self._fields.open_bytes(_place(account, row.key), row.body)
            found.append(KeptUpdate(row.id, account, row.key, sender, body, row.tries))
        return found

    def claim(self, update_id: int, until: datetime) -> None:
        self._connection.execute(_CLAIM, {"update": update_id, "until": until})

    def release(self, update_id: int, until: datetime, error: str) -> None:
        change = {"update": update_id, "until": until, "problem": _shown(error)}
        self._connection.execute(_RELEASE, change)

    def settle(self, update_id: int, state: UpdateState, error: str | None = None) -> None:
        change = {"update": update_id, "new_state": state, "problem": _shown(error) if error else None}
        self._connection.execute(_SETTLE if state == "aside" else _SETTLE_WITHOUT_BODY, change)

    def forget(self, account: str, before: datetime) -> int:
        return self._connection.execute(_FORGET, {"account": account, "before": before}).rowcount


def _place(account: str, key: str) -> str:
    return f"channel_updates.body:{account}:{key}"


def _shown(error: str) -> str:
    return error[:_LONGEST_ERROR].replace("\0", "")
