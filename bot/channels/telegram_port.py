"""What the Telegram channel asks of the program behind it; every method is one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from bot.channels.telegram_updates import Update
from bot.conversations.channels import KeptUpdate
from bot.files.checks import MediaType


@dataclass(frozen=True, slots=True)
class Read:
    """What came of a chat's next updates; `fetch` is one whose file must be fetched before the chat goes on."""

    updates: tuple[Update, ...] = ()
    conversation_id: str | None = None
    held: bool = False  # a person has the chat
    fetch: tuple[KeptUpdate, Update] | None = None
    more: bool = False


class TelegramPort(Protocol):
    def open_account(self, account: str) -> None: ...
    def poll(self, account: str, who: str, lasts: timedelta) -> bool:
        """Whether this process is the one that fetches the account's updates."""
        ...

    def stop_polling(self, account: str, who: str) -> None: ...
    def keep(self, account: str, bot_id: str, bodies: Sequence[bytes]) -> list[str]:
        """Keep updates as they came, before anything reads them; the senders of those that are new."""
        ...

    def senders(self, account: str, limit: int = 1000) -> list[str]:
        """Senders with updates that wait, as after a kill."""
        ...

    def read(self, account: str, sender: str, limit: int = 50) -> Read:
        """Read the chat's next updates into the inbox, up to one whose file must be fetched first."""
        ...

    def keep_file(self, kept: KeptUpdate, update: Update, media_type: MediaType, content: bytes) -> str:
        """Keep a file that was checked, as an input; the conversation's id."""
        ...

    def refuse_file(self, kept: KeptUpdate, update: Update, what: str) -> str:
        """Tell the borrower that a file is not taken, and why; the conversation's id."""
        ...

    def try_again(self, kept: KeptUpdate, wait: timedelta, error: str) -> None: ...
    def failed(self, account: str, sender: str, error: str) -> None:
        """The chat's next update can't be read in: count it, and in the end put it aside."""
        ...

    def title(self, account: str, sender: str, choice: str) -> str | None:
        """What stands on the button with this choice's id, by the record."""
        ...

    def forget(self, account: str) -> int:
        """Remove what is left of updates that were read long ago; how many."""
        ...

    def conversation_id(self, account: str, sender: str) -> str | None: ...
