"""The transaction as staff pages see it: the desk's stores and the review's."""

from typing import Protocol

from bot.desk.store import DeskWork
from bot.review.store import ReviewWork


class StaffWork(DeskWork, ReviewWork, Protocol):
    """Everything that a staff page may read and write."""
