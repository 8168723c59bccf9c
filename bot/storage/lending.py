"""Everything that lending needs saved, put together of its parts."""

from bot.storage.checks import Checks
from bot.storage.holds import Holds
from bot.storage.people import People
from bot.storage.plans import Plans
from bot.storage.session import Session


class LendingRecords(People, Checks, Plans, Holds):
    """Implements LendingStore."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._connection = session.connection
        self._fields = session.fields
