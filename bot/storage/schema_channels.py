"""Tables of channels that are sent to: their bots, their chats, and what they deliver before it is read."""

import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from bot.storage.columns import Instant, RowId, literal, metadata

channel_accounts = Table(
    "channel_accounts",
    metadata,
    Column("id", Text, primary_key=True),  # "<channel>:<public id>", as Incoming.account
    Column("speaker", Text, nullable=False),
    Column("next_send_at", Instant, nullable=False),  # the account's own pace, over all processes
    Column("poller", Text),  # the process that fetches its updates, until `polled_until`
    Column("polled_until", Instant),
)

channel_addresses = Table(
    "channel_addresses",
    metadata,
    Column("account", Text, primary_key=True),
    Column("sender", Text, primary_key=True),
    # One person has several addresses, and one phone may be shared by several people.
    Column("borrower_id", Text, ForeignKey("borrowers.id"), primary_key=True),
    Column("consent", Text, nullable=False),  # none, replies, reminders
    Column("consent_at", Instant),
    Column("phone_proved_at", Instant),  # the channel vouched that this address has the borrower's phone number
    Index("ix_channel_addresses_borrower_id", "borrower_id"),
)

channel_chats = Table(
    "channel_chats",
    metadata,
    Column("conversation_id", Text, ForeignKey("conversations.id"), primary_key=True),
    Column("account", Text, nullable=False),
    Column("next_send_at", Instant, nullable=False),
    Column("unreachable_since", Instant),  # the borrower has blocked the bot, or is gone
    Index("ix_channel_chats_account", "account"),
)

channel_updates = Table(
    "channel_updates",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("account", Text, nullable=False),
    Column("key", Text, nullable=False),  # the channel's own id of the update
    Column("sender", Text, nullable=False),
    Column("number", BigInteger, nullable=False),  # orders the updates of one sender
    Column("body", LargeBinary),  # as it came, sealed; null once what it says is in the inbox
    Column("received_at", Instant, nullable=False),
    Column("state", Text, nullable=False),  # waiting, done, ignored, aside
    Column("tries", Integer, nullable=False),
    Column("claimed_until", Instant),
    Column("error", Text),
    sa.UniqueConstraint("account", "key"),
    sqlite_autoincrement=True,
)
Index(
    "ix_channel_updates_waiting",
    channel_updates.c.account,
    channel_updates.c.sender,
    channel_updates.c.number,
    sqlite_where=channel_updates.c.state == literal("waiting"),
    postgresql_where=channel_updates.c.state == literal("waiting"),
)
