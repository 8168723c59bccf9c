"""Bots, the chats that they send to with their pace, and whose phone an address was shown to have."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.conversations.channels import SentChat
from bot.storage.columns import literal, per_dialect
from bot.storage.schema import outbox
from bot.storage.schema_channels import channel_accounts as accounts
from bot.storage.schema_channels import channel_addresses as addresses
from bot.storage.schema_channels import channel_chats as chats
from bot.storage.session import Session

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

_OPEN_ACCOUNT = per_dialect(
    lambda insert: (new := insert(accounts)).on_conflict_do_update(
        index_elements=["id"], set_={"speaker": new.excluded.speaker}
    )
)
_FREE_AT = sa.select(accounts.c.next_send_at).where(accounts.c.id == bindparam("account"))
_LOCK_ACCOUNT = _FREE_AT.with_for_update()
_SET_ACCOUNT = (
    sa.update(accounts).where(accounts.c.id == bindparam("account")).values(next_send_at=bindparam("free_at"))
)
_POLL = (
    sa.update(accounts)
    .where(accounts.c.id == bindparam("account"))
    .where(
        sa.or_(
            accounts.c.poller.is_(None),
            accounts.c.poller == bindparam("who"),
            accounts.c.polled_until <= bindparam("now"),
        )
    )
    .values(poller=bindparam("who"), polled_until=bindparam("until"))
)
_STOP_POLLING = (
    sa.update(accounts)
    .where(accounts.c.id == bindparam("account"), accounts.c.poller == bindparam("who"))
    .values(poller=None, polled_until=None)
)
_OPEN_CHAT = per_dialect(
    lambda insert: insert(chats).on_conflict_do_update(
        index_elements=["conversation_id"],
        set_={"unreachable_since": None},
        where=chats.c.unreachable_since.is_not(None),
    )
)
_CHAT = sa.select(chats).where(chats.c.conversation_id == bindparam("conversation"))
_SET_CHAT = (
    sa.update(chats)
    .where(chats.c.conversation_id == bindparam("conversation"))
    .values(next_send_at=bindparam("free_at"))
)
_UNREACHABLE = (
    sa.update(chats)
    .where(chats.c.conversation_id == bindparam("conversation"), chats.c.unreachable_since.is_(None))
    .values(unreachable_since=bindparam("at"))
)
_WAITING = (
    sa.select(outbox.c.conversation_id)
    .join(chats, chats.c.conversation_id == outbox.c.conversation_id)
    .where(
        chats.c.account == bindparam("account"),
        chats.c.unreachable_since.is_(None),
        outbox.c.state.in_([literal("queued"), literal("sending")]),
        outbox.c.not_before <= bindparam("now"),
        sa.or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until <= bindparam("now")),
    )
    .group_by(outbox.c.conversation_id)
    .order_by(sa.func.min(outbox.c.id))
    .limit(bindparam("limit"))
)
_PROVE = per_dialect(
    lambda insert: (new := insert(addresses)).on_conflict_do_update(
        index_elements=["account", "sender", "borrower_id"],
        set_={"phone_proved_at": new.excluded.phone_proved_at},
    )
)
_UNPROVE = (
    sa.update(addresses)
    .where(addresses.c.account == bindparam("whose"), addresses.c.sender == bindparam("from"))
    .values(phone_proved_at=None)
)
_PROVED = (
    sa.select(addresses.c.borrower_id)
    .where(addresses.c.account == bindparam("account"), addresses.c.sender == bindparam("sender"))
    .where(addresses.c.phone_proved_at >= bindparam("since"))
    .order_by(addresses.c.borrower_id)
)


class Channels:
    """Implements ChannelStore."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._dialect = session.dialect

    def open_account(self, account: str, speaker: str, at: datetime) -> None:
        row = {"id": account, "speaker": speaker, "next_send_at": at}
        self._connection.execute(_OPEN_ACCOUNT[self._dialect], row)

    def poll(self, account: str, who: str, now: datetime, lasts: timedelta) -> bool:
        wanted = {"account": account, "who": who, "now": now, "until": now + lasts}
        return bool(self._connection.execute(_POLL, wanted).rowcount)

    def stop_polling(self, account: str, who: str) -> None:
        self._connection.execute(_STOP_POLLING, {"account": account, "who": who})

    def open_chat(self, conversation_id: str, account: str, at: datetime) -> None:
        row = {"conversation_id": conversation_id, "account": account, "next_send_at": at}
        self._connection.execute(_OPEN_CHAT[self._dialect], row)

    def chat(self, conversation_id: str) -> SentChat | None:
        row = self._connection.execute(_CHAT, {"conversation": conversation_id}).first()
        return SentChat(*row) if row else None

    def reserve(self, chat: SentChat, now: datetime, *, chat_gap: timedelta, account_gap: timedelta) -> datetime:
        account_free = self._connection.execute(_LOCK_ACCOUNT, {"account": chat.account}).scalar() or _LONG_AGO
        slot = max(now, chat.next_send_at, account_free)
        self._connection.execute(_SET_ACCOUNT, {"account": chat.account, "free_at": slot + account_gap})
        self.pause(chat.conversation_id, slot + chat_gap)
        return slot

    def account_free_at(self, account: str) -> datetime:
        return self._connection.execute(_FREE_AT, {"account": account}).scalar() or _LONG_AGO

    def rest(self, account: str, until: datetime) -> None:
        free_at = self._connection.execute(_LOCK_ACCOUNT, {"account": account}).scalar() or _LONG_AGO
        if free_at < until:
            self._connection.execute(_SET_ACCOUNT, {"account": account, "free_at": until})

    def pause(self, conversation_id: str, until: datetime) -> None:
        self._connection.execute(_SET_CHAT, {"conversation": conversation_id, "free_at": until})

    def unreachable(self, conversation_id: str, at: datetime) -> bool:
        return bool(self._connection.execute(_UNREACHABLE, {"conversation": conversation_id, "at": at}).rowcount)

    def waiting(self, account: str, now: datetime, limit: int) -> list[str]:
        wanted = {"account": account, "now": now, "limit": limit}
        return list(self._connection.execute(_WAITING, wanted).scalars())

    def prove_phone(self, account: str, sender: str, borrower_ids: Sequence[str], at: datetime) -> None:
        self._connection.execute(_UNPROVE, {"whose": account, "from": sender})
        rows = [
            {
                "account": account,
                "sender": sender,
                "borrower_id": borrower_id,
                "consent": "replies",
                "consent_at": at,
                "phone_proved_at": at,
            }
            for borrower_id in borrower_ids
        ]
        if rows:
            self._connection.execute(_PROVE[self._dialect], rows)

    def phone_proved(self, account: str, sender: str, since: datetime) -> list[str]:
        wanted = {"account": account, "sender": sender, "since": since}
        return list(self._connection.execute(_PROVED, wanted).scalars())
