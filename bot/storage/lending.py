"""Everything that lending needs saved, put together of its parts."""

from bot.storage.checks import Checks
from bot.storage.disputes import Disputes
from bot.storage.holds import Holds
from bot.storage.payments import Payments
from bot.storage.people import People
from bot.storage.plans import Plans


class LendingRecords(People, Checks, Plans, Payments, Holds, Disputes):
    """Implements LendingStore."""
