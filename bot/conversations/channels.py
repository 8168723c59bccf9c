"""What channels that are sent to need saved: updates before they are read, chats with their pace, addresses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from bot.conversations.store import OutboxStore, Outgoing, Work

UpdateState = Literal["done", "ignored", "aside"]


@dataclass(frozen=True, slots=True)
class NewUpdate:
    """An update as a channel delivered it. `key` is the channel's own id, `number` orders those of a sender."""

    key: str
    number: int
    sender: str
    body: bytes


@dataclass(frozen=True, slots=True)
class KeptUpdate:
    """An update that waits to be read; `tries` counts what was begun with it before."""

    id: int
    account: str
    key: str
    sender: str
    body: bytes
    tries: int


@dataclass(frozen=True, slots=True)
class SentChat:
    """A chat whose words are sent, not fetched."""

    conversation_id: str
    account: str
    next_send_at: datetime
    unreachable_since: datetime | None


class UpdateStore(Protocol):
    """Everything that a channel delivers, kept as it came before anything reads it."""

    def keep(self, account: str, updates: Sequence[NewUpdate], at: datetime) -> list[str]:
        """Keep updates, each once by its key; the senders of those that are new."""
        ...

    def senders(self, account: str, now: datetime, limit: int) -> list[str]:
        """Senders with updates that wait and that nobody is working on."""
        ...

    def next(self, account: str, sender: str, now: datetime, limit: int) -> list[KeptUpdate]:
        """The sender's waiting updates in order, none from one on that somebody is working on; locks them."""
        ...

    def claim(self, update_id: int, until: datetime) -> None:
        """Work on this update outside any transaction, at most until then."""
        ...

    def release(self, update_id: int, until: datetime, error: str) -> None:
        """It failed, and is tried again from then on."""
        ...

    def settle(self, update_id: int, state: UpdateState, error: str | None = None) -> None:
        """It is read; only what was put aside keeps its body."""
        ...

    def forget(self, account: str, before: datetime) -> int:
        """Remove the rows of updates that were read and came before then; how many."""
        ...


class ChannelStore(Protocol):
    """Bots, the chats that they send to, and whose these are. All moments are those of the sender's own clock."""

    def open_account(self, account: str, speaker: str, at: datetime) -> None: ...
    def poll(self, account: str, who: str, now: datetime, lasts: timedelta) -> bool:
        """Be, or stay, the one process that fetches this account's updates; false while another one is."""
        ...

    def stop_polling(self, account: str, who: str) -> None: ...
    def open_chat(self, conversation_id: str, account: str, at: datetime) -> None:
        """Remember that this chat is sent to, and that its borrower can be reached."""
        ...

    def chat(self, conversation_id: str) -> SentChat | None: ...
    def reserve(self, chat: SentChat, now: datetime, *, chat_gap: timedelta, account_gap: timedelta) -> datetime:
        """Take the chat's and the account's next moment to send at; both are free again a gap later."""
        ...

    def account_free_at(self, account: str) -> datetime: ...
    def rest(self, account: str, until: datetime) -> None:
        """Send nothing from this account before then."""
        ...

    def pause(self, conversation_id: str, until: datetime) -> None:
        """Send nothing in this chat before then."""
        ...

    def unreachable(self, conversation_id: str, at: datetime) -> bool:
        """The borrower can't be written to any more; true when that is news."""
        ...

    def waiting(self, account: str, now: datetime, limit: int) -> list[str]:
        """Reachable chats of the account that have something to send, longest waiting first."""
        ...

    def prove_phone(self, account: str, sender: str, borrower_ids: Sequence[str], at: datetime) -> None:
        """The channel vouched that this address has the phone number of these borrowers."""
        ...

    def phone_proved(self, account: str, sender: str, since: datetime) -> list[str]:
        """Borrowers whose phone number this address was shown to have, not before `since`."""
        ...


class SentOutbox(OutboxStore, Protocol):
    """The outbox as a sender sees it: looked at first, and taken once it may be sent."""

    def lock(self, conversation_id: str) -> None: ...
    def ready(self, conversation_id: str, now: datetime, limit: int | None = None) -> list[Outgoing]:
        """What may be sent next, oldest first; nothing while an earlier one is being sent."""
        ...

    def take(self, ready: Sequence[Outgoing], until: datetime) -> list[Outgoing]:
        """Have them sent by nobody else until then."""
        ...

    def postpone(self, outgoing_id: int, until: datetime) -> None:
        """Nothing before then; answers need not wait for it."""
        ...

    def cancel(self, outgoing_id: int, why: str) -> None: ...
    def unasked_sent(self, borrower_id: str, since: datetime) -> list[datetime]:
        """When this borrower was sent something unasked, in any chat."""
        ...


class ChannelWork(Work, Protocol):
    """The transaction as channels that are sent to see it."""

    @property
    def outbox(self) -> SentOutbox: ...

    @property
    def updates(self) -> UpdateStore: ...
    @property
    def channels(self) -> ChannelStore: ...
