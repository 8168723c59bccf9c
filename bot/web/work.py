"""Transactions as the pages see them: the borrower's files and lending, the desk's stores and the review's."""

from typing import Protocol

from bot.conversations.store import Work
from bot.desk.pulse import Pulse
from bot.desk.store import DeskWork
from bot.files.store import FileStore
from bot.lending.store import LendingStore
from bot.review.store import ReviewWork


class ChatWork(Work, Protocol):
    """What the borrower's side of the chat reads and writes beside its turns."""

    @property
    def lending(self) -> LendingStore: ...
    @property
    def files(self) -> FileStore: ...


class StaffWork(DeskWork, ReviewWork, Protocol):
    """Everything that a staff page may read and write."""

    @property
    def pulse(self) -> Pulse: ...
